package losses

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func BenchmarkWrite(b *testing.B) {
	t := example(1 << 19)
	var buf bytes.Buffer
	for b.Loop() {
		buf.Reset()
		if err := Write(&buf, t); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(t.Len())*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
	b.ReportMetric(float64(buf.Len())/float64(t.Len()), "B/row")
}

func BenchmarkRead(b *testing.B) {
	t := example(1 << 19)
	path := filepath.Join(b.TempDir(), "l.parquet")
	if err := WriteFile(path, t); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := ReadFile(path); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(t.Len())*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
}

func BenchmarkReadText(b *testing.B) {
	var text bytes.Buffer
	text.WriteString("domain,seed,sample,loss,correct\n")
	for range 200000 {
		text.WriteString("line 3,1,")
		text.WriteString("board/17.png")
		text.WriteString(",0.12345,1\n")
	}
	path := filepath.Join(b.TempDir(), "l.csv")
	if err := os.WriteFile(path, text.Bytes(), 0o644); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		for _, err := range Batches(path) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(200000*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
}
