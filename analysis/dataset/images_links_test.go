package dataset

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

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
