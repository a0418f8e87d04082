// Package published finds and reads, for tests, result tables that others published.
package published

import (
	"cmp"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Folder is the folder of the tables, for a test of a package two folders below the
// root. The test is skipped where it is not there;
// testdata/studies/affinity/README.md says where the tables are from.
func Folder(t *testing.T) string {
	t.Helper()
	data := cmp.Or(os.Getenv("SHAREWISE_DATA"), filepath.Join("..", "..", "..", "shared", "data"))
	dir := filepath.Join(data, "published")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("%s is not there: set SHAREWISE_DATA to the folder that holds published/", dir)
	}
	return dir
}

// Numbers reads rows of numbers between tabs, commas or blanks; an empty field is
// NaN.
func Numbers(t *testing.T, path string) [][]float64 {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out [][]float64
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\r\n")
		cut := strings.Fields
		for _, delimiter := range []string{",", "\t"} {
			if strings.Contains(line, delimiter) {
				cut = func(s string) []string { return strings.Split(s, delimiter) }
			}
		}
		var row []float64
		for _, f := range cut(line) {
			v := math.NaN()
			if f = strings.TrimSpace(f); f != "" {
				if v, err = strconv.ParseFloat(f, 64); err != nil {
					t.Fatal(err)
				}
			}
			row = append(row, v)
		}
		out = append(out, row)
	}
	return out
}
