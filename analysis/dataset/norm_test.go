package dataset

import (
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

// TestGivenScaling scales images by channel and tables by column as the study
// says, whatever the data is like.
func TestGivenScaling(t *testing.T) {
	dir := t.TempDir()
	filetest.Write(t, dir, "l", filetest.IDX([]byte{0, 1, 0, 1}, 4))
	filetest.Write(t, dir, "i", filetest.IDX(slices.Repeat([]byte{1, 4, 2, 5, 3, 6}, 4), 4, 3, 1, 2))
	split := ", split: {validation: 0, test: 0.5}"
	colour := "image: [1, 2], channels: 3, "
	d := mustOpen(t, dir, idxStudy(colour+"scale: 2, mean: [0.5, 1, 1.5], std: [0.5]", split))
	x := make([]float32, 6)
	if err := d.Train.Gather([]int{0}, x); err != nil || !slices.Equal(x, []float32{0, 3, 0, 3, 0, 3}) {
		t.Errorf("images are %v, %v", x, err)
	}
	if !slices.Equal(d.Norm.Mean, []float32{1, 2, 3}) || !slices.Equal(d.Norm.Std, []float32{1, 1, 1}) {
		t.Errorf("normalised by %+v", d.Norm)
	}
	// Another scaling is other data; unit is what scale 255 does.
	unit, scaled := mustOpen(t, dir, idxStudy(colour+"normalize: unit", split)), mustOpen(t, dir, idxStudy(colour+"scale: 255", split))
	if unit.SHA256 == scaled.SHA256 || scaled.SHA256 == d.SHA256 {
		t.Error("scalings share an identity")
	}
	if !slices.Equal(unit.Norm.Std, scaled.Norm.Std) || !slices.Equal(unit.Norm.Mean, scaled.Norm.Mean) {
		t.Errorf("unit is %+v, scale 255 %+v", unit.Norm, scaled.Norm)
	}

	filetest.Write(t, dir, "a.csv", []byte("u,v,w,y\n"+strings.Repeat("3,6,red,1\n3,6,blue,2\n", 8)))
	text := "input: {mean: [1, 2], std: [2, 4]}\n" + tableStudy("columns: {label: y, categorical: [w]}")
	d = mustOpen(t, dir, text)
	x = make([]float32, 3)
	if err := d.Train.Gather([]int{0}, x); err != nil || x[0] != 1 || x[1] != 1 || x[2] != float32(int(x[2])) || x[2] < 1 {
		t.Errorf("a row is %v, %v: numbers are scaled, codes of words are not", x, err)
	}
	_, err := open(t, dir, strings.Replace(text, "mean: [1, 2]", "mean: [1, 2, 3]", 1))
	if err == nil || !strings.Contains(err.Error(), "domain a: input: 3 numbers for mean, and samples have 2 channels or features") {
		t.Errorf("error %v", err)
	}
}
