package datafile

import (
	"io/fs"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

// TestWalkFollowsLinks goes into linked folders, twice where two links lead to
// one, and ends where they lead back.
func TestWalkFollowsLinks(t *testing.T) {
	dir := t.TempDir()
	filetest.Write(t, dir, "store/deep/1.png", nil)
	filetest.Write(t, dir, "data/own/2.png", nil)
	filetest.Link(t, dir, "../store", "data/a")
	filetest.Link(t, dir, "../store/deep", "data/b")
	filetest.Link(t, dir, "..", "data/own/up")
	filetest.Link(t, dir, "../data", "store/round")
	filetest.Link(t, dir, "none", "data/lost")
	var got []string
	loops, err := Walk(filepath.Join(dir, "data"), func(n string, e fs.DirEntry) error {
		if e.IsDir() {
			n += "/"
		}
		got = append(got, n)
		return nil
	})
	want := []string{"a/", "a/deep/", "a/deep/1.png", "b/", "b/1.png", "lost", "own/", "own/2.png"}
	if err != nil || !slices.Equal(got, want) || !slices.Equal(loops, []string{"a/round", "own/up"}) {
		t.Errorf("visited %q, loops %q, %v; want %q", got, loops, err, want)
	}
}
