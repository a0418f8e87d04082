package drafting

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

// TestScanPassesOver names every file that is not used, follows links, and ends
// where they lead back.
func TestScanPassesOver(t *testing.T) {
	dir := t.TempDir()
	for i := range 10 {
		for _, class := range []string{"cat", "dog"} {
			filetest.Write(t, dir, fmt.Sprintf("store/%s/%d.png", class, i), filetest.Grey(t, 9, 9, byte(i)))
		}
	}
	filetest.Write(t, dir, "store/cat/notes.txt", []byte("x"))
	filetest.Link(t, dir, "../../store/cat", "data/a/cat")
	filetest.Link(t, dir, "../../store/dog", "data/a/dog")
	filetest.Link(t, dir, "../store", "data/b")
	filetest.Link(t, dir, "..", "data/round")
	filetest.Link(t, dir, "nowhere", "data/lost")
	filetest.Write(t, dir, "data/.cache", []byte("x"))
	filetest.Write(t, dir, "data/book.csv", filetest.Zip(t, "xl/workbook.xml", []byte("<workbook/>")))
	filetest.Write(t, dir, "data/table.csv", trialTable(40, nil))
	filetest.Write(t, dir, "data/empty.bin", nil)
	filetest.Write(t, dir, "data/loose.png", filetest.Grey(t, 9, 9, 0))
	draft, err := Scan(dir+"/data", Config{Name: "n", Base: dir, Least: 2})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"a: 20 images in 2 class folders",
		"b: 20 images in 2 class folders",
		`all: files in class folders that are no images are left out: "cat/notes.txt"`,
		`passed over ".cache": hidden`,
		`passed over "lost": a link that leads nowhere`,
		`passed over "book.csv": is an Excel workbook (.xlsx); save its sheet as CSV`,
		`passed over "empty.bin": an empty file`,
		`passed over "loose.png": images outside class folders, which no table lists`,
		`passed over "round": a link back to a folder that it is in`,
		`passed over "table.csv": tables, which cannot share a model with the images that most data here are`,
	}
	got := slices.Sorted(slices.Values(draft.Found))
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("found\n%q\nwant\n%q", got, want)
	}
}

// TestScanClutter takes neither what systems put among data nor copies that lie beside a file.
func TestScanClutter(t *testing.T) {
	dir := t.TempDir()
	for _, domain := range []string{"a", "b"} {
		for i := range 10 {
			for k, class := range []string{"ok", "worn"} {
				picture := filetest.Grey(t, 9, 9, byte(20*k+i))
				filetest.Write(t, dir, fmt.Sprintf("images/%s/%s/%d.png", domain, class, i), picture)
				filetest.Write(t, dir, fmt.Sprintf("images/%s/%s/@eaDir/%d.png/SYNOPHOTO_THUMB_M.jpg", domain, class, i), picture)
				filetest.Write(t, dir, fmt.Sprintf("images/__MACOSX/%s/%s/._%d.png", domain, class, i), []byte("\x00\x05\x16\x07"))
			}
		}
		table := trialTable(60, nil)
		for _, name := range []string{"", " (1)", " - Copy", " - Kopie", " - コピー"} {
			filetest.Write(t, dir, "tables/"+domain+name+".csv", table)
		}
		filetest.Write(t, dir, "tables/"+domain+" (2).csv", append(table, "0,1,no\n"...)) // which has another row
	}
	_, domains, _ := scan(t, filepath.Join(dir, "images"))
	if d := domains[0]; len(domains) != 2 || d.Train.Len()+d.Val.Len()+d.Test.Len() != 20 {
		t.Errorf("%d domains, of %d training samples", len(domains), d.Train.Len())
	}
	_, domains, draft := scan(t, filepath.Join(dir, "tables"))
	if got := names(domains); !slices.Equal(got, []string{"a-2", "a", "b-2", "b"}) || !strings.Contains(strings.Join(draft.Found, "\n"), `"a - コピー.csv": a copy of a.csv`) {
		t.Errorf("domains %q; %q", got, draft.Found)
	}
}
