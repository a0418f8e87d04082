package datafile

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// npyFile is an array of n 32-bit numbers, each 1.
func npyFile(n int) []byte {
	text := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%d,), }", n)
	text += strings.Repeat(" ", 117-len(text)) + "\n"
	return append([]byte("\x93NUMPY\x01\x00\x76\x00"+text), bytes.Repeat([]byte{0, 0, 0x80, 0x3f}, n)...)
}

// TestUnpackedBeyondMemory reads packed arrays that memory has no room for: they go to
// a temporary file, and next to nothing is allocated.
func TestUnpackedBeyondMemory(t *testing.T) {
	const n = 8 << 20
	dir := t.TempDir()
	plain := npyFile(n)
	var packed, archive bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(plain); err != nil {
		t.Fatal(err)
	}
	z.Close()
	w := zip.NewWriter(&archive)
	m, err := w.Create("x.npy")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Write(plain); err != nil {
		t.Fatal(err)
	}
	w.Close()
	for name, c := range map[string]struct {
		data  []byte
		array string
	}{"a.npy.gz": {packed.Bytes(), ""}, "a.npz": {archive.Bytes(), "x"}} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, c.data, 0o644); err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			f, _, err := OpenArrays(t.Context(), name, path, Room{Take: func(int64) bool { return false }})
			if err != nil {
				t.Fatal(err)
			}
			a, err := f.Read(c.array)
			if err != nil {
				t.Fatal(err)
			}
			one := make([]float32, 1)
			for _, i := range []int{0, n / 2, n - 1} {
				if a.Float32s(i, one); one[0] != 1 {
					t.Errorf("number %d is %g", i, one[0])
				}
			}
			runtime.ReadMemStats(&after)
			if took := after.TotalAlloc - before.TotalAlloc; took > 4*n/8 && !raceDetector { // which allocates as well
				t.Errorf("%d bytes were allocated for an array of %d", took, 4*n)
			}
			runtime.KeepAlive(f.Content)

			var l filelimit.Limits
			l[filelimit.Unpacked] = 4 * n / 2
			f, _, err = OpenArrays(t.Context(), name, path, Room{Limits: l})
			if err == nil {
				_, err = f.Read(c.array)
			}
			if err == nil || !strings.Contains(err.Error(), "limits.unpacked") {
				t.Errorf("error %v beyond the limit", err)
			}
		})
	}
	if _, err := (Room{}).unpack(io.LimitReader(zeros{}, 100), 200); err == nil {
		t.Error("what ends too early was unpacked")
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
