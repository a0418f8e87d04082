package train

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// mappedStudy has two domains of arrays, which stay mapped.
const mappedStudy = `version: 1
name: mapped
domains:
  - {name: a, data: {path: a.npy, labels: y.npy}}
  - {name: b, data: {path: b.npy, labels: y.npy}}
model: {trunk: mlp, widths: [0.02]}
training: {epochs: 4, batch: 8, rate: 0.02}
`

// floats are the bytes of samples of 4 numbers, of which one follows the class.
func floats(n int, sign float64) []byte {
	var out []byte
	for i := range 4 * n {
		v := math.Sin(float64(i))
		if i%4 == 0 {
			v += sign * float64(2*(i/4%2)-1)
		}
		out = binary.NativeEndian.AppendUint32(out, math.Float32bits(float32(v)))
	}
	return out
}

// TestOverwrittenData writes over mapped data while a run trains, stops the run then, puts the data back and
// goes on: nothing that was trained on the other samples may be in the result. Where the data are put back before it is
// stopped, or before it ends, it says so as well.
func TestOverwrittenData(t *testing.T) {
	const n = 100
	calmData := filetest.NPY("<f4", floats(n, 1), n, 4)
	otherData := filetest.NPY("<f4", floats(n, -1), n, 4)
	labels := make([]byte, n)
	for i := range labels {
		labels[i] = byte(i % 2)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "a.npy")
	hourAgo := time.Now().Add(-time.Hour)
	put := func(data []byte, in time.Time) {
		t.Helper()
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(data); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, in, in); err != nil {
			t.Fatal(err)
		}
	}
	put(calmData, hourAgo)
	filetest.Write(t, dir, "b.npy", calmData)
	filetest.Write(t, dir, "y.npy", filetest.NPY("|u1", labels, n))
	const perEpoch = 6
	newMapped := func() *Job { return jointJob(t, dir, mappedStudy, perEpoch) }
	calm := layout.RunFolder(filepath.Join(t.TempDir(), "run"))
	if _, err := Execute(t.Context(), reference.Backend(), newMapped(), calm, nil); err != nil {
		t.Fatal(err)
	}
	want := results(t, calm)
	const never = 100
	for _, c := range []struct{ write, back, stop int }{
		{2, never, 3}, {2, never, never}, {8, never, 9}, {2, 4, 5}, {8, 10, never}, {1, 2, never},
	} {
		t.Run(fmt.Sprintf("written %d, put back %d, stopped %d", c.write, c.back, c.stop), func(t *testing.T) {
			put(calmData, hourAgo)
			job := newMapped()
			run := layout.RunFolder(filepath.Join(t.TempDir(), "run"))
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			_, err := Execute(ctx, reference.Backend(), job, run, func(step int) {
				switch step {
				case c.write:
					put(otherData, time.Now())
				case c.back:
					put(calmData, time.Now())
				case c.stop:
					cancel()
				case 4:
					time.Sleep(2 * leastApart) // a checkpoint is due
				}
			})
			if err == nil || !strings.Contains(err.Error(), "a.npy: ") || !strings.Contains(err.Error(), "training may have seen other samples") {
				t.Fatalf("%v", err)
			}
			put(calmData, hourAgo)
			if _, err := Execute(t.Context(), reference.Backend(), newMapped(), run, nil); err != nil {
				t.Fatal(err)
			}
			if got := results(t, run); !reflect.DeepEqual(got, want) {
				t.Error("what was trained on other samples is in the results")
			}
		})
	}
}
