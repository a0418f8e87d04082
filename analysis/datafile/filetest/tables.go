package filetest

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
)

// Reading is a row with a column of most types.
type Reading struct {
	A     int32    `parquet:"a"`
	B     float64  `parquet:"b"`
	C     float32  `parquet:"c,dict"`
	D     bool     `parquet:"d"`
	E     uint16   `parquet:"e"`
	Price int64    `parquet:"price,decimal(2:18)"`
	Day   int32    `parquet:"day,date"`
	When  int64    `parquet:"when,timestamp(microsecond)"`
	Gap   *float64 `parquet:"gap,optional"`
	Kind  string   `parquet:"kind,dict"`
	Lot   int64    `parquet:"lot"`
}

// Readings are n rows of numbers, dates and words, the same ones each time.
func Readings(n int) []Reading {
	start := time.Date(2026, 1, 2, 6, 0, 0, 0, time.UTC)
	out := make([]Reading, n)
	for i := range out {
		gap := float64(i) / 8
		out[i] = Reading{
			A: int32(-i), B: float64(i) / 3, C: float32(i % 7), D: i%3 == 0, E: uint16(i), Price: int64(i*100 + 25),
			Day: int32(i), When: start.Add(time.Duration(i) * time.Hour).UnixMicro(), Gap: &gap,
			Kind: []string{"good", "bad"}[i%2], Lot: int64(i / 10),
		}
	}
	return out
}

// Parquet writes rows with small pages and several row groups.
func Parquet[T any](t testing.TB, rows []T, options ...parquet.WriterOption) []byte {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[T](&b, append([]parquet.WriterOption{parquet.PageBufferSize(200), parquet.MaxRowsPerRowGroup(37)}, options...)...)
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// SparseLines makes n lines of two classes with two of w features each.
func SparseLines(n, w int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("%+d %d:%g %d:%g # line %d", i%2*2-1, i%w+1, float64(i)+0.5, w+1, -float64(i), i))
	}
	return out
}

// Coded is a table of 60 rows whose columns are made by row.
func Coded(columns ...func(i int) string) []byte {
	out := []string{"a,b,c,y"}
	for i := range 60 {
		var fields []string
		for _, c := range columns {
			fields = append(fields, c(i))
		}
		out = append(out, strings.Join(fields, ",")+fmt.Sprintf(",%d", i%2))
	}
	return Lines(out...)
}

// Column is a column of least to least+11 with another text in every tenth row.
func Column(least int, code string) func(i int) string {
	return func(i int) string {
		if code != "" && i%10 == 3 {
			return code
		}
		return fmt.Sprint(least + i*7%12)
	}
}
