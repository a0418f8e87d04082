package drafting

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
	"github.com/sharewise/sharewise/analysis/imagefile"
)

// TestScanUnread names what a folder of photographs holds instead.
func TestScanUnread(t *testing.T) {
	dir := t.TempDir()
	for _, class := range []string{"a/c", "a/d", "b/c", "b/d"} {
		filetest.Write(t, dir, class+"/1.heic", []byte("\x00\x00\x00\x18ftypheic"))
	}
	_, err := Scan(dir, Config{Base: dir, Name: "t", Least: 2})
	if want := "HEIC, which is not read; save it as PNG, TIFF or JPEG"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %s", err, want)
	}
}

// TestScanThermal goes from a folder of TIFF files to a study that is read.
func TestScanThermal(t *testing.T) {
	dir := t.TempDir()
	for i := range 12 {
		for k, class := range []string{"a/cold", "a/warm", "b/cold", "b/warm"} {
			filetest.Write(t, dir, fmt.Sprintf("%s/%02d.tiff", class, i), filetest.TIFF(t, filetest.Grey16(12, 9, uint16(7600+20*k+i)), nil))
		}
	}
	s, domains, _ := scan(t, dir)
	if !slices.Equal(s.Input.Size, []int{9, 12}) || s.Input.Channels != 1 || domains[1].Depth != imagefile.Uint16 || domains[1].Train.Len()+domains[1].Val.Len()+domains[1].Test.Len() != 24 {
		t.Errorf("%+v, %s, %d training images", s.Input, domains[1].Depth, domains[1].Train.Len())
	}
}

// TestScanDefects takes the labelled pictures of products that lie as in MVTec AD and VisA,
// and neither their masks nor the texts about them.
func TestScanDefects(t *testing.T) {
	dir := t.TempDir()
	for _, product := range []string{"bottle", "cable"} {
		for i := range 12 {
			for k, class := range []string{"train/good", "test/good", "test/bent", "test/cut", "ground_truth/bent", "ground_truth/cut"} {
				filetest.Write(t, dir, fmt.Sprintf("mvtec/%s/%s/%03d.png", product, class, i), filetest.Grey(t, 9, 9, byte(20*k+i)))
			}
			for k, class := range []string{"Images/Normal", "Images/Anomaly", "Masks/Normal", "Masks/Anomaly"} {
				filetest.Write(t, dir, fmt.Sprintf("visa/%s/%s/%03d.png", product, class, i), filetest.Grey(t, 9, 9, byte(20*k+i)))
			}
		}
		for _, name := range []string{"license.txt", "readme.txt", "notes.txt"} {
			filetest.Write(t, dir, "mvtec/"+product+"/"+name, []byte("what these pictures show"))
		}
	}
	for layout, want := range map[string][]string{"mvtec": {"bottle/test", "cable/test"}, "visa": {"bottle/Images", "cable/Images"}} {
		s, domains, draft := scan(t, filepath.Join(dir, layout))
		var got []string
		for _, d := range s.Domains {
			got = append(got, d.Files.Path)
		}
		if !slices.Equal(got, want) || domains[0].Train.Len() == 0 || !strings.Contains(strings.Join(draft.Found, "\n"), ": masks, as the folder's name says") {
			t.Errorf("%s: %q, found %q", layout, got, draft.Found)
		}
	}
}

// TestScanPartsOfPictures takes folders for parts by more words than train and test, leaves out the
// whole beside its parts, and takes no parts for classes.
func TestScanPartsOfPictures(t *testing.T) {
	dir, flat := t.TempDir(), t.TempDir()
	for _, domain := range []string{"a", "b"} {
		for _, part := range []string{"train", "crossval", "test", "full"} {
			for i := range 12 {
				filetest.Write(t, dir, fmt.Sprintf("%s/%s/%d/%d.png", domain, part, i%2, i), filetest.Grey(t, 9, 9, byte(9*i)))
				filetest.Write(t, flat, fmt.Sprintf("%s/%s/%d.png", domain, part, i), filetest.Grey(t, 9, 9, byte(9*i)))
			}
		}
		if err := os.RemoveAll(filepath.Join(flat, domain, "full")); err != nil {
			t.Fatal(err)
		}
	}
	s, domains, draft := scan(t, dir)
	if !slices.Equal(names(domains), []string{"a", "b"}) || s.Domains[0].Val == nil || s.Domains[0].Val.Path != "a/crossval" || s.Domains[0].Test == nil {
		t.Errorf("domains %q, the first %+v; %q", names(domains), s.Domains[0], draft.Found)
	}
	if text := strings.Join(draft.Found, "\n"); !strings.Contains(text, `passed over "a/full": a/train and others of its name are read`) {
		t.Errorf("found %s", text)
	}
	_, err := Scan(flat, Config{Name: "x", Base: flat, Least: 2})
	if want := "images outside class folders, which no table lists"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}

// TestScanNestedClasses takes folders that are called as classes are for these, where each domain has
// them, whatever is below.
func TestScanNestedClasses(t *testing.T) {
	dir := t.TempDir()
	for i := range 24 {
		for _, line := range []string{"line1", "line2"} {
			filetest.Write(t, dir, fmt.Sprintf("%s/%s/2024-01-%02d/%d.png", line, []string{"ok", "worn"}[i%2], 1+i%3, i), filetest.Grey(t, 9, 9, byte(9*i)))
		}
	}
	_, domains, draft := scan(t, dir)
	if !slices.Equal(names(domains), []string{"line1", "line2"}) || !slices.Equal(domains[0].Task.Classes, []string{"ok", "worn"}) {
		t.Errorf("domains %q of %q; %q", names(domains), domains[0].Task.Classes, draft.Found)
	}
}

// TestScanAnnotations passes over a file in JSON for each picture.
func TestScanAnnotations(t *testing.T) {
	dir := t.TempDir()
	for i := range 20 {
		filetest.Write(t, dir, fmt.Sprintf("%d.png", i), filetest.Grey(t, 9, 9, byte(9*i)))
		filetest.Write(t, dir, fmt.Sprintf("%d.json", i), []byte(`{"label": "ok", "width": 9}`+"\n"))
	}
	_, err := Scan(dir, Config{Name: "x", Base: dir, Least: 1})
	if want := "JSON beside each picture or recording, which is not read"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}
