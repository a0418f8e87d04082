//go:build linux

package main

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sharewise/sharewise/analysis/losses"
)

// large are honest files near what the limits allow, or larger than what may be held in
// memory, with what reading them may take.
var large = []attack{
	{class: "image", name: "PNG of 11 000 by 11 000, 16 bits", plant: photos(func() []byte { return pngOf(11000, 11000, 16) }),
		args: readAll, megabytes: 1000},
	{class: "image", name: "PNG of 11 000 by 11 000, 8 bits, among a hundred small ones", plant: photos(func() []byte { return pngOf(11000, 11000, 8) }),
		args: readAll, megabytes: 600},
	{class: "IDX", name: "2 million images of 64 pixels", plant: idxLarge(2_000_000), args: readAll, megabytes: 400},
	{class: "arrays", name: "NPZ of 300 MB, of which 50 MB may be held", plant: npzLarge(300 << 20), args: []string{"plan", "study.yaml", "--memory", "50MB"}, megabytes: 250},
	{class: "text", name: "CSV of a million rows", plant: csvOf(func(w io.Writer) { countedRows(w, 1_000_000) }), args: readAll, megabytes: 250},
	{class: "text", name: "the same, of which 10 MB may be held", plant: csvOf(func(w io.Writer) { countedRows(w, 1_000_000) }), args: []string{"plan", "study.yaml", "--memory", "10MB"}, megabytes: 500},
	{class: "text", name: "svmlight of 300 000 rows", plant: svm(func(w io.Writer) {
		for i := range 300_000 {
			fmt.Fprintf(w, "%d 1:%d 2:0.5 7:%d\n", i%2, i%97, i%13)
		}
	}), args: readAll, megabytes: 200},
	{class: "Parquet", name: "loss table of 4 million rows", plant: lossesLarge, args: []string{"compare", "--independent", "a.parquet", "--arm", "b.parquet"}, megabytes: 900},
	{class: "study", name: "1 MB of comments", plant: func(t *testing.T, dir string) {
		honest(t, dir)
		file("s.yaml", []byte(csvStudy+strings.Repeat("# a comment\n", 1<<17/2)))(t, dir)
	}, args: []string{"dataset", "splits", "s.yaml"}, megabytes: 200},
	{class: "model", name: "weights of 400 MB", plant: file("m.onnx", nil), args: []string{"model", "inspect", "m.onnx"}, megabytes: 1300},
}

// TestMemory reads large honest files and measures what is taken at most. It takes two
// minutes, and a row of the table is what its log says.
func TestMemory(t *testing.T) {
	if os.Getenv("SHAREWISE_TESTS") != "exhaustive" && os.Getenv("SHAREWISE_MEMORY") == "" {
		t.Skip("SHAREWISE_MEMORY=1 measures it")
	}
	self, err := os.Executable()
	must(t, err)
	program := filepath.Join(t.TempDir(), "sharewise")
	must(t, os.Symlink(self, program))
	for _, a := range large {
		t.Run(a.class+"/"+a.name, func(t *testing.T) {
			dir := t.TempDir()
			a.plant(t, dir)
			if a.class == "model" {
				must(t, os.WriteFile(filepath.Join(dir, "m.onnx"), weights(400<<20), 0o644))
			}
			for name, text := range map[string]string{"study.yaml": studyFor(dir), "csv.yaml": csvStudy} {
				if a.args[0] == "plan" { // which takes two domains
					head, domain, _ := strings.Cut(text, "  - ")
					text = head + "  - " + domain + "  - " + strings.Replace(domain, "name: a", "name: b", 1)
				}
				must(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
			}
			began := time.Now()
			took, mapped := peakOf(t, dir, program, a.args)
			if took > a.megabytes {
				t.Errorf("took %d MB, %d are allowed", took, a.megabytes)
			}
			t.Logf("| %s | %s | %d MB | %d MB | %d MB | %.1f s |", a.class, a.name, sizeOf(t, dir)>>20, took, mapped, time.Since(began).Seconds())
		})
	}
}

// peakOf is the most that a command had in memory, in megabytes: of its own, and with
// pages of files that are mapped, which the system may drop.
func peakOf(t *testing.T, dir, program string, args []string) (own, mapped int64) {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOMAXPROCS=2", "NO_COLOR=1")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	must(t, cmd.Start())
	peak := watchMemory(cmd.Process.Pid)
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v\n%.600s", err, out.String())
	}
	return peak()
}

func sizeOf(t *testing.T, dir string) (n int64) {
	t.Helper()
	for _, data := range []string{"photos/yes/0.png", "a.images", "a.npz", "a.csv", "a.svm", "a.parquet", "s.yaml", "m.onnx"} {
		if info, err := os.Stat(filepath.Join(dir, data)); err == nil {
			n += info.Size()
		}
	}
	return n
}

// pngOf is a grey image of pixels that hardly compress.
func pngOf(width, height, depth int) []byte {
	var b bytes.Buffer
	z, _ := zlib.NewWriterLevel(&b, zlib.NoCompression)
	row := make([]byte, 1+width*depth/8)
	for y := range height {
		for i := range row[1:] {
			row[1+i] = byte(i*y + i>>3)
		}
		_, _ = z.Write(row)
	}
	z.Close()
	return append(append(pngHead(width, height, depth, 0), chunk("IDAT", b.Bytes())...), chunk("IEND", nil)...)
}

// photos plants one image among small ones of two classes.
func photos(image func() []byte) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		for i := range 100 {
			data := pngOf(16, 16, 8)
			if i == 0 {
				data = image()
			}
			name := filepath.Join(dir, "photos", []string{"yes", "no"}[i%2], fmt.Sprintf("%d.png", i))
			must(t, os.MkdirAll(filepath.Dir(name), 0o755))
			must(t, os.WriteFile(name, data, 0o644))
		}
	}
}

func idxLarge(n int) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		labels, images := make([]byte, 8+n), make([]byte, 16+64*n)
		copy(labels, []byte{0, 0, 8, 1, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
		copy(images, []byte{0, 0, 8, 3, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n), 0, 0, 0, 8, 0, 0, 0, 8})
		for i := range n {
			labels[8+i] = byte(i % 2)
			images[16+64*i], images[16+64*i+9], images[16+64*i+17], images[16+64*i+25] = byte(i), byte(i>>8), byte(i>>16), byte(i%2*200)
		}
		idx(labels, images)(t, dir)
	}
}

func npzLarge(size int) func(*testing.T, string) {
	const width = 256
	n := size / 4 / width
	array := func(shape, kind string, data []byte) []byte {
		text := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': %s, }", kind, shape)
		text += strings.Repeat(" ", 117-len(text)) + "\n"
		return append([]byte("\x93NUMPY\x01\x00\x76\x00"+text), data...)
	}
	return npz(func(w *zip.Writer) error {
		for _, m := range []struct {
			name string
			data []byte
		}{
			{"x.npy", array(fmt.Sprintf("(%d, %d)", n, width), "<f4", bytes.Repeat([]byte{0, 0, 0x80, 0x3f, 1, 2, 3, 0x3f}, n*width/2))},
			{"y.npy", array(fmt.Sprintf("(%d,)", n), "|u1", bytes.Repeat([]byte{0, 1, 1, 0}, n/4+1)[:n])},
		} {
			f, err := w.Create(m.name)
			if err != nil {
				return err
			}
			if _, err := f.Write(m.data); err != nil {
				return err
			}
		}
		return nil
	})
}

// countedRows writes rows of a table.
func countedRows(w io.Writer, rows int) {
	for i := range rows {
		fmt.Fprintf(w, "%s,%d\n", []string{"yes", "no"}[i%2], i)
	}
}

func lossesLarge(t *testing.T, dir string) {
	for seed, name := range []string{"a.parquet", "b.parquet"} {
		table := &losses.Table{}
		for run := range 2 {
			for i := range 1_000_000 {
				table.Domain = append(table.Domain, "east")
				table.Seed = append(table.Seed, int64(10*seed+run))
				table.Sample = append(table.Sample, losses.SampleID{Number: int64(i)})
				table.Loss = append(table.Loss, float32(i%97)/97)
			}
		}
		must(t, losses.WriteFile(filepath.Join(dir, name), table))
	}
}

// weights is a model of one constant of so many bytes.
func weights(size int) []byte {
	raw := make([]byte, size)
	tensor := append([]byte{0x08}, binary.AppendUvarint(nil, uint64(size/4))...) // dims
	tensor = append(tensor, 0x10, 1)                                             // float32
	tensor = append(tensor, protobuf(8, []byte("w"))...)                         // name
	tensor = append(tensor, protobuf(9, raw)...)                                 // raw data
	value := append(protobuf(1, []byte("y")), protobuf(2, protobuf(1, []byte{0x08, 1}))...)
	node := append(append(protobuf(1, []byte("w")), protobuf(2, []byte("y"))...), protobuf(4, []byte("Identity"))...)
	graph := append(append(append(protobuf(1, node), protobuf(2, []byte("g"))...), protobuf(5, tensor)...), protobuf(12, value)...)
	return append(append([]byte{0x08, 8}, protobuf(7, graph)...), protobuf(8, []byte{0x10, 17})...)
}
