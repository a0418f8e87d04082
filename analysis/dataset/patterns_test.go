package dataset

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

// TestFilesLikePatterns reads the file of that very name and none that it would stand for as a pattern, and patterns
// beside a study whose folder has such a name.
func TestFilesLikePatterns(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "plants [1]")
	lines := func(n int) []byte {
		out := []string{"x,y"}
		for i := range n {
			out = append(out, fmt.Sprintf("%d,%d", i*i%17, i%2))
		}
		return filetest.Lines(out...)
	}
	for name, n := range map[string]int{"a[1].csv": 40, "a1.csv": 50, "part-0.csv": 60, "part-1.csv": 70, "[b.csv": 80} {
		filetest.Write(t, dir, name, lines(n))
	}
	for data, want := range map[string]int{"a[1].csv": 40, "a1.csv": 50, "a[[]1].csv": 40, "a[0-9].csv": 50, "part-*.csv": 130, "[b.csv": 80, "./a[1].csv": 40} {
		d := mustOpen(t, dir, strings.ReplaceAll(tableStudy("columns: {label: y}"), "data: a.csv", fmt.Sprintf("data: %q", data)))
		if n := d.Train.Len() + d.Val.Len() + d.Test.Len(); n != want {
			t.Errorf("%s: %d samples, want %d", data, n, want)
		}
	}
	_, err := open(t, dir, strings.ReplaceAll(tableStudy("columns: {label: y}"), "data: a.csv", "data: 'c[1].csv'"))
	if err == nil || !strings.Contains(err.Error(), "c[1].csv: no file matches; relative paths start in the folder of the study file, and [ begins a set of characters in a pattern: [[] stands for itself") {
		t.Error(err)
	}
}
