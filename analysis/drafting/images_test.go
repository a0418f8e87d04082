package drafting

import (
	"fmt"
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
