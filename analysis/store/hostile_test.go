package store

import (
	"fmt"
	"github.com/sharewise/sharewise/analysis/layout"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestHostileKeys pulls objects and fetches data whose keys lead out of the folder, are
// locks, or begin with a slash: nothing is written but below the folder, and what is for one
// machine alone is not taken from a store.
func TestHostileKeys(t *testing.T) {
	b := newMemory()
	for i, key := range []string{
		"a/b/../../outside", "a/b/runs/../../../outside", "a/b//etc/outside", "a/b/runs/x/../../../../outside", "a/b/..", "a/b/", "a/b/runs/", "a/b/./inside",
		"a/b/.lock", "a/b/verification/.lock", "a/b/.custody.lock", "a/b/damaged/x", "a/b/report.html", "a/b/runs/r/done.json", "a/b/runs/r/../../../../../outside", "a/b/baseline/d/../../../../../outside", "a/b/runs/r/claim.1.json", "a/b/claim.1.json",
		"data/../../outside", "data/x.csv", "data//x.csv", "../outside", "/outside",
	} {
		if err := b.write(key, fmt.Append(nil, i), false); err != nil {
			t.Fatal(err)
		}
	}
	cache := t.TempDir()
	m, err := Open(b, Location{"s3://plants", "a/b"}, filepath.Join(cache, "deep", "er"))
	if err != nil {
		t.Fatal(err)
	}
	pull(t, m, everything)
	for _, dir := range []layout.RunFolder{m.Folder().Run("r"), m.Folder().Baseline("d")} {
		if err := m.Fetch(t.Context(), dir); err != nil {
			t.Error(err)
		}
	}
	d := NewData(func(string) (Bucket, error) { return b, nil }, filepath.Join(cache, "deep", "data"))
	for _, url := range []string{"s3://plants/data", "s3://plants/data/*.csv", "s3://plants/../outside"} {
		_, _ = d.Fetch(t.Context(), url) // only where it writes is looked at
	}
	err = filepath.WalkDir(cache, func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, _ := filepath.Rel(cache, file)
		if strings.Contains(name, "lock") || strings.Contains(name, "damaged") || strings.Contains(name, "claim") ||
			!strings.Contains(name, "/out/") && !strings.Contains(name, "/index/") {
			t.Errorf("%s was written", name)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(m.path("report.html")); err != nil {
		t.Errorf("what is in order was not pulled: %v", err)
	}
}
