package dataset

import (
	"bufio"
	"context"
	"fmt"
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

// benchSize is a number from an environment variable, or a smaller one that
// suits make bench.
func benchSize(b *testing.B, name string, usual int) int {
	text := os.Getenv(name)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1000 {
		b.Fatalf("%s is %q, and must be a number of at least 1000", name, text)
	}
	return n
}

// peakMemory returns a function that tells the largest resident memory of the
// process since now, in MB; 0 where the system does not say.
func peakMemory() func() float64 {
	runtime.GC()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // resets the peak on Linux
	return func() float64 {
		text, err := os.ReadFile("/proc/self/status")
		if err != nil {
			return 0
		}
		_, after, _ := strings.Cut(string(text), "VmHWM:")
		fields := strings.Fields(after)
		if len(fields) == 0 {
			return 0
		}
		kb, _ := strconv.ParseFloat(fields[0], 64)
		return kb / 1e3
	}
}

// benchOpen reports the time from nothing to the first minibatch, the peak
// memory until then, and how fast minibatches are assembled in random order.
func benchOpen(b *testing.B, dir, text string, memory int64) {
	const batch = 256
	s := parse(b, dir, text)
	for b.Loop() {
		peak := peakMemory()
		start := time.Now()
		d, err := Open(context.Background(), s, s.Domains[0], Memory(memory))
		if err != nil {
			b.Fatal(err)
		}
		x := make([]float32, batch*d.Train.size)
		stream := NewStream(d.Train.Len(), 1)
		samples := make([]int, batch)
		gather := func() {
			stream.Next(samples)
			if err := d.Train.Gather(samples, x); err != nil {
				b.Fatal(err)
			}
		}
		gather()
		b.ReportMetric(time.Since(start).Seconds(), "s-to-first-batch")
		start = time.Now()
		rows := 0
		for time.Since(start) < 2*time.Second {
			gather()
			rows += batch
		}
		took := time.Since(start).Seconds()
		b.ReportMetric(float64(rows)/took, "rows/s")
		b.ReportMetric(float64(4*rows*d.Train.size)/took/1e6, "MB/s")
		b.ReportMetric(peak(), "peak-MB")
		runtime.KeepAlive(d)
	}
}

// benchColumns is the width of the tables that are read.
const benchColumns = 50

// benchRow makes the numbers of a row.
func benchRow(rng *rand.Rand, row []float32) {
	for j := range row {
		row[j] = float32(int(rng.NormFloat64()*1e4)) / 1e4
	}
}

func benchNames() []string {
	var names []string
	for j := range benchColumns {
		names = append(names, fmt.Sprintf("x%d", j+1))
	}
	return append(names, "y")
}

// BenchmarkOpenCSV reads a table of text. SHAREWISE_BENCH_ROWS sets its rows,
// 500 000 without it; inputs beyond 512 MB go to a temporary file.
func BenchmarkOpenCSV(b *testing.B) {
	rows := benchSize(b, "SHAREWISE_BENCH_ROWS", 500_000)
	dir := b.TempDir()
	f, err := os.Create(filepath.Join(dir, "a.csv"))
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	fmt.Fprintln(w, strings.Join(benchNames(), ","))
	rng := rand.New(rand.NewPCG(1, 1))
	row := make([]float32, benchColumns)
	var line []byte
	for i := range rows {
		benchRow(rng, row)
		line = line[:0]
		for _, v := range row {
			line = append(strconv.AppendFloat(line, float64(v), 'g', -1, 32), ',')
		}
		line = append(line, 'a'+byte(i%2), '\n')
		if _, err := w.Write(line); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	benchOpen(b, dir, tableStudy("columns: {label: y}"), 512<<20)
}

// BenchmarkOpenParquet reads the same table as Parquet.
func BenchmarkOpenParquet(b *testing.B) {
	rows := benchSize(b, "SHAREWISE_BENCH_ROWS", 500_000)
	dir := b.TempDir()
	group := parquet.Group{}
	names := benchNames()
	for _, n := range names[:benchColumns] {
		group[n] = parquet.Leaf(parquet.FloatType)
	}
	group["y"] = parquet.String()
	schema := parquet.NewSchema("table", group)
	at := map[string]int{}
	for i, c := range schema.Columns() {
		at[c[0]] = i
	}
	f, err := os.Create(filepath.Join(dir, "a.parquet"))
	if err != nil {
		b.Fatal(err)
	}
	w := parquet.NewGenericWriter[any](f, schema, parquet.Compression(&parquet.Snappy), parquet.MaxRowsPerRowGroup(100_000))
	rng := rand.New(rand.NewPCG(1, 1))
	row := make([]float32, benchColumns)
	record := make(parquet.Row, len(names))
	for i := range rows {
		benchRow(rng, row)
		for j, v := range row {
			record[at[names[j]]] = parquet.FloatValue(v).Level(0, 0, at[names[j]])
		}
		record[at["y"]] = parquet.ByteArrayValue([]byte{'a' + byte(i%2)}).Level(0, 0, at["y"])
		if _, err := w.WriteRows([]parquet.Row{record}); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	text := strings.NewReplacer("a.csv", "a.parquet", "b.csv", "b.parquet").Replace(tableStudy("columns: {label: y}"))
	benchOpen(b, dir, text, 512<<20)
}

// BenchmarkOpenImages reads a folder of PNG files of 32 by 32 in two classes.
// SHAREWISE_BENCH_IMAGES sets how many, 10 000 without it.
func BenchmarkOpenImages(b *testing.B) {
	n := benchSize(b, "SHAREWISE_BENCH_IMAGES", 10_000)
	dir := b.TempDir()
	rng := rand.New(rand.NewPCG(1, 1))
	var pictures [][]byte
	for range 64 {
		m := image.NewNRGBA(image.Rect(0, 0, 32, 32))
		for i := range m.Pix {
			m.Pix[i] = byte(rng.Uint32())
		}
		for i := 3; i < len(m.Pix); i += 4 {
			m.Pix[i] = 0xff
		}
		pictures = append(pictures, filetest.Encode(b, m))
	}
	for i := range n {
		filetest.Write(b, dir, fmt.Sprintf("a/%d/%06d.png", i%2, i), pictures[i%len(pictures)])
	}
	benchOpen(b, dir, imageStudy("image: [32, 32], channels: 3", ""), 512<<20)
}
