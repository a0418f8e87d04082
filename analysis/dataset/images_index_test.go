package dataset

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

// indexedStudy is a study of two domains of the images in folder photos.
func indexedStudy(columns, settings string) string {
	return "input: {image: [2, 2], normalize: none}\ndefaults: {data: {path: photos, index: list.csv}, columns: {" + columns + "}" + settings + "}\n" +
		"domains: [{name: n, columns: {where: {site: n}}}, {name: s, columns: {where: {site: s}}}]\n"
}

// photos are 40 images and the rows that list them.
func photos(t *testing.T, dir string) []string {
	t.Helper()
	list := []string{"id,file,site,kind,size,set"}
	for i := range 40 {
		filetest.Write(t, dir, fmt.Sprintf("photos/%d/p%02d.png", i%3, i), filetest.Grey(t, 2, 2, byte(i)))
		name := []string{"%d/p%02d.png", "%d/p%02d", `%d\p%02d.png`, "elsewhere%d/p%02d.png"}[i%4]
		list = append(list, fmt.Sprintf("%d,"+name+",%s,%s,%g,%s", i, i%3, i, []string{"n", "s"}[i/20], []string{"ok", "worn"}[i%2], float64(i)/2, []string{"train", "test"}[i%5/4]))
	}
	return list
}

// TestListedImages reads images that a table lists, with classes, numbers and parts from
// its columns.
func TestListedImages(t *testing.T) {
	dir := t.TempDir()
	list := photos(t, dir)
	filetest.Write(t, dir, "list.csv", filetest.Lines(list...))
	filetest.Write(t, dir, "photos/spare.png", filetest.Grey(t, 2, 2, 0))
	filetest.Write(t, dir, "photos/notes.txt", []byte("x"))
	d := mustOpen(t, dir, indexedStudy("label: kind, split: set", ""))
	if !slices.Equal(d.Task.Classes, []string{"ok", "worn"}) || d.Test.Len() != 4 || d.Train.Len()+d.Val.Len() != 16 {
		t.Errorf("classes %q, %d training and %d test images", d.Task.Classes, d.Train.Len(), d.Test.Len())
	}
	for _, s := range []*Split{d.Train, d.Test} {
		for i := range s.Len() {
			n := int(s.ID(i))
			x := make([]float32, 4)
			if err := s.Gather([]int{i}, x); err != nil {
				t.Fatal(err)
			}
			if want := fmt.Sprintf("%d/p%02d.png", n%3, n); s.Member(i) != want || s.Label(i) != n%2 || x[0] != float32(n) {
				t.Errorf("sample %d is %s of class %d with pixels %v, want %s", n, s.Member(i), s.Label(i), x, want)
			}
		}
	}
	if want := `images in photos that list.csv does not list are left out: "spare.png"`; !slices.Contains(d.Notes, want) {
		t.Errorf("notes %q, want %s", d.Notes, want)
	}
	r := mustOpen(t, dir, indexedStudy("targets: [size]", ""))
	y := make([]float32, 1)
	r.Test.Targets([]int{0}, y)
	if got := float64(y[0])*float64(r.TargetNorm.Std[0]) + float64(r.TargetNorm.Mean[0]); got < float64(r.Test.ID(0))/2-1e-4 || got > float64(r.Test.ID(0))/2+1e-4 {
		t.Errorf("target %g of image %d", got, r.Test.ID(0))
	}
}

// TestListedImagesRefused says what is wrong with a list.
func TestListedImagesRefused(t *testing.T) {
	dir := t.TempDir()
	list := photos(t, dir)
	for _, test := range []struct{ row, columns, want string }{
		{"40,lost.png,n,ok,1,train", "label: kind", `list.csv:42: column "file": no such image in photos ("lost.png")`},
		{"40,0/p00.png,n,ok,1,train", "label: kind", `list.csv:42: column "file": the image is listed in line 2 already ("0/p00.png")`},
		{"40,,n,ok,1,train", "label: kind", `list.csv:42: column "file": missing value`},
		{"40,p00.png,n", "label: kind", `list.csv:42: 3 fields, the table has 6 columns`},
		{"", "label: kind, file: name", `column "name": columns.file names it, and the table has no such column`},
		{"", "label: sort", `columns.label names it, and the table has no such column`},
	} {
		content := list
		if test.row != "" {
			content = append(slices.Clone(list), test.row)
		}
		filetest.Write(t, dir, "list.csv", filetest.Lines(content...))
		if _, err := open(t, dir, indexedStudy(test.columns, "")); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v\nwant %s", test.row, err, test.want)
		}
	}
	// Two tasks on the same images share their split.
	filetest.Write(t, dir, "list.csv", filetest.Lines(list...))
	text := "input: {image: [2, 2]}\ndefaults: {data: {path: photos, index: list.csv}}\ndomains: [{name: a, columns: {label: kind}}, {name: b, columns: {label: site}}]\n"
	s := parse(t, dir, text)
	domains, err := OpenAll(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for i := range domains[0].Test.Len() {
		if domains[0].Test.ID(i) != domains[1].Test.ID(i) {
			t.Errorf("test image %d of one task is %d of the other", domains[0].Test.ID(i), domains[1].Test.ID(i))
		}
	}
}
