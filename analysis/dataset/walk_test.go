package dataset

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile"

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
	loops, err := datafile.Walk(filepath.Join(dir, "data"), func(n string, e fs.DirEntry) error {
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

// TestLinkedClassFolders reads class folders that are links as any other, and
// says what else is in a folder.
func TestLinkedClassFolders(t *testing.T) {
	dir := t.TempDir()
	for i := range 10 {
		filetest.Write(t, dir, fmt.Sprintf("store/cats/%d.png", i), filetest.Grey(t, 4, 4, byte(i)))
		filetest.Write(t, dir, fmt.Sprintf("store/dogs/%d.png", i), filetest.Grey(t, 4, 4, byte(i)))
	}
	filetest.Write(t, dir, "store/dogs/notes.txt", []byte("x"))
	filetest.Write(t, dir, "store/dogs/more.txt", []byte("x"))
	filetest.Write(t, dir, "store/cats/list", []byte("x"))
	filetest.Link(t, dir, "../store/cats", "a/cat")
	filetest.Link(t, dir, "../store/dogs", "a/dog")
	filetest.Link(t, dir, "../../a", "store/dogs/round")
	filetest.Link(t, dir, "none.png", "store/dogs/lost.png")
	if _, err := open(t, dir, imageStudy("image: [2, 2]", "")); err == nil || !strings.Contains(err.Error(), "a: dog/lost.png: no such file, or a link that leads nowhere") {
		t.Errorf("a link that leads nowhere: %v", err)
	}
	d := mustOpen(t, dir, imageStudy("image: [2, 2]", ", skip_bad: true"))
	want := []string{
		`files in a that are no images are left out: 2 .txt such as "dog/more.txt", "cat/list"`,
		`links in a that lead back to a folder they are in are not followed: "dog/round"`,
	}
	if n := d.Train.Len() + d.Val.Len() + d.Test.Len(); n != 20 || !slices.Equal(d.Notes, want) {
		t.Errorf("%d images, notes %q; want %q", n, d.Notes, want)
	}
	filetest.Link(t, dir, "none", "a/emu")
	if _, err := open(t, dir, imageStudy("image: [2, 2]", "")); err == nil || !strings.Contains(err.Error(), "a: emu: a link that leads nowhere, where a class folder may be meant") {
		t.Errorf("a class that leads nowhere: %v", err)
	}
}
