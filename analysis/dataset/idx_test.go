package dataset

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

// digits writes 20 images of 2 by 2, whose pixels hold their number, with
// labels 3 and 10 in turn.
func digits(t *testing.T, dir string, pack bool) {
	t.Helper()
	var pixels, labels []byte
	for i := range 20 {
		pixels = append(pixels, byte(i), byte(i), byte(i), byte(i))
		labels = append(labels, []byte{10, 3}[i%2])
	}
	images, classes := filetest.IDX(pixels, 20, 2, 2), filetest.IDX(labels, 20)
	if pack {
		images, classes = filetest.Gzip(images), filetest.Gzip(classes)
	}
	filetest.Write(t, dir, "i", images)
	filetest.Write(t, dir, "l", classes)
}

func TestIDX(t *testing.T) {
	dir := t.TempDir()
	digits(t, dir, false)
	text := idxStudy("image: [2, 2], normalize: unit", ", split: {test: 0.2, validation: 0.1}")
	d := mustOpen(t, dir, text)
	if !cmp.Equal(d.Task, Task{Kind: Classification, Classes: []string{"3", "10"}}) {
		t.Errorf("task %+v: whole numbers are sorted by value", d.Task)
	}
	if !slices.Equal(d.Shape, []int{1, 2, 2}) || d.Train.Len() != 14 || d.Val.Len() != 2 || d.Test.Len() != 4 {
		t.Fatalf("shape %v, %d + %d + %d samples", d.Shape, d.Train.Len(), d.Val.Len(), d.Test.Len())
	}
	seen := map[int64]bool{}
	for _, s := range []*Split{d.Train, d.Val, d.Test} {
		all := make([]int, s.Len())
		for i := range all {
			all[i] = i
		}
		x := make([]float32, 4*len(all))
		if err := s.Gather(all, x); err != nil {
			t.Fatal(err)
		}
		labels := make([]int64, len(all))
		s.Labels(all, labels)
		for i := range all {
			id := s.ID(i)
			if seen[id] {
				t.Errorf("sample %d is in two splits", id)
			}
			seen[id] = true
			if want := float32(id) / 255; x[4*i] != want || x[4*i+3] != want {
				t.Errorf("sample %d reads %v", id, x[4*i:4*i+4])
			}
			if labels[i] != 1-id%2 || s.Label(i) != int(labels[i]) {
				t.Errorf("sample %d has label %d", id, labels[i])
			}
		}
	}
	if len(seen) != 20 {
		t.Errorf("%d of 20 samples are in a split", len(seen))
	}
	if err := d.Train.Gather([]int{0}, make([]float32, 3)); err == nil {
		t.Error("gather into too little room")
	}
	if err := d.Train.Gather([]int{14}, make([]float32, 4)); err == nil {
		t.Error("gather of a sample that is not there")
	}

	// The identity is that of the content: gzip changes nothing, another
	// normalisation does.
	again := t.TempDir()
	digits(t, again, true)
	if e := mustOpen(t, again, text); e.SHA256 != d.SHA256 || cmp.Equal(e.Sources, d.Sources) {
		t.Error("packing the files changes the identity of the data, or not that of its sources")
	}
	if e := mustOpen(t, dir, strings.Replace(text, "unit", "none", 1)); e.SHA256 == d.SHA256 {
		t.Error("the normalisation is not part of the identity")
	}
}

func TestIDXGivenTestData(t *testing.T) {
	dir := t.TempDir()
	digits(t, dir, true)
	d := mustOpen(t, dir, idxStudy("image: [2, 2]", ", test: {images: i, labels: l}, limit: {train: 4, test: 6}, split: {validation: 0.5}"))
	if d.Train.Len() != 4 || d.Val.Len() != 10 || d.Test.Len() != 6 {
		t.Errorf("%d + %d + %d samples", d.Train.Len(), d.Val.Len(), d.Test.Len())
	}
	// Caps keep the shares of classes.
	for _, s := range []*Split{d.Train, d.Test} {
		ones := 0
		for i := range s.Len() {
			ones += s.Label(i)
		}
		if 2*ones != s.Len() {
			t.Errorf("%d of %d samples are of class 1", ones, s.Len())
		}
	}
}

func TestIDXRank4(t *testing.T) {
	dir := t.TempDir()
	// Two colour images of 1 by 2, as [h, w, c] and as [c, h, w].
	filetest.Write(t, dir, "l", filetest.IDX([]byte{0, 1, 0, 1}, 4))
	want := []float32{1, 4, 2, 5, 3, 6}
	for _, c := range []struct {
		pixels []byte
		dims   []int
	}{
		{bytes.Repeat([]byte{1, 2, 3, 4, 5, 6}, 4), []int{4, 1, 2, 3}},
		{bytes.Repeat([]byte{1, 4, 2, 5, 3, 6}, 4), []int{4, 3, 1, 2}},
	} {
		filetest.Write(t, dir, "i", filetest.IDX(c.pixels, c.dims...))
		d := mustOpen(t, dir, idxStudy("image: [1, 2], channels: 3, normalize: none", ", split: {validation: 0, test: 0.5}"))
		x := make([]float32, 6)
		if err := d.Train.Gather([]int{0}, x); err != nil || !slices.Equal(x, want) {
			t.Errorf("dimensions %v: %v (%v), want %v", c.dims, x, err, want)
		}
	}
}

func TestIDXErrors(t *testing.T) {
	labels := filetest.IDX([]byte{0, 1, 0, 1}, 4)
	images := filetest.IDX(make([]byte, 16), 4, 2, 2)
	for _, c := range []struct {
		name   string
		images []byte
		labels []byte
		more   string
		want   string
	}{
		{"count", images, filetest.IDX([]byte{0, 1, 1}, 3), "", "domain a: i: 4 images, and l has 3 labels"},
		{"swapped", labels, images, "", "domain a: l: holds images of shape [2 2], not labels; are images and labels swapped?"},
		{"truncated", images[:len(images)-5], labels, "", "domain a: i: the file ends too early; it is truncated (after 2 of 4 images)"},
		{"truncated gzip", filetest.Gzip(images)[:20], labels, "", "domain a: i: the file ends too early; it is truncated"},
		{"damaged gzip", append(filetest.Gzip(images)[:30:30], 1, 2, 3, 4, 5, 6, 7, 8), labels, "", "damaged gzip file"},
		{"too long", append(slices.Clone(images), 1), labels, "", "more bytes follow than the 4 images that its header states"},
		{"not IDX", []byte("hello, world"), labels, "", "not an IDX file"},
		{"type", append([]byte{0, 0, 0x0d, 3}, images[4:]...), labels, "", "elements have type 0x0d"},
		{"one class", images, filetest.IDX([]byte{7, 7, 7, 7}, 4), "", `all samples are of one class, "7"`},
		{"class not there", images, labels, ", task: {classes: [0, 2]}", `class "2" is in task.classes and has no sample`},
		{"class with one sample of four", images, filetest.IDX([]byte{0, 0, 0, 1}, 4), ", test: {images: i, labels: l}, split: {validation: 0}, limit: {train: 1}", `no training sample of class "1"`},
		{"no test sample", images, labels, ", split: {test: 0.1}", "no sample is left for testing of 4"},
		{"side", filetest.IDX(nil, 0, 0, 2), filetest.IDX(nil, 0), "", "images of 0 by 2 pixels"},
		{"empty", filetest.IDX(nil, 0, 2, 2), filetest.IDX(nil, 0), "", "no samples"},
		{"pad to less", filetest.IDX(make([]byte, 36), 4, 3, 3), labels, "", "an image of 3 by 3 pixels does not fit into 2 by 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			filetest.Write(t, dir, "i", c.images)
			filetest.Write(t, dir, "l", c.labels)
			_, err := open(t, dir, idxStudy("image: [2, 2], fit: pad", c.more))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v\nwant %s", err, c.want)
			}
			if !errors.Is(err, ErrData) {
				t.Errorf("%v is not ErrData", err)
			}
		})
	}
	_, err := open(t, t.TempDir(), idxStudy("image: [2, 2]", ""))
	if err == nil || !strings.Contains(err.Error(), "domain a: l: no such file; relative paths start in the folder of the study file") {
		t.Errorf("missing files: %v", err)
	}
}

func FuzzIDX(f *testing.F) {
	f.Add(filetest.IDX(make([]byte, 16), 4, 2, 2), filetest.IDX([]byte{0, 1, 0, 1}, 4))
	f.Add(filetest.Gzip(filetest.IDX(make([]byte, 24), 2, 2, 2, 3)), filetest.Gzip(filetest.IDX([]byte{0, 1}, 2)))
	f.Add(filetest.IDX(nil, 1<<31, 1<<14, 1<<14), filetest.IDX(nil, 1<<31))
	f.Add([]byte{0x1f, 0x8b}, []byte{0, 0, 0x0c, 1, 0, 0, 0, 1, 0xff, 0, 0, 0})
	s := parse(f, "", idxStudy("image: [2, 2], fit: crop", ", split: {validation: 0}"))
	f.Fuzz(func(t *testing.T, images, labels []byte) {
		dir := t.TempDir()
		filetest.Write(t, dir, "i", images)
		filetest.Write(t, dir, "l", labels)
		in := *s
		in.Dir = dir
		d, err := Open(context.Background(), &in, in.Domains[0])
		if err != nil {
			if !errors.Is(err, ErrData) {
				t.Errorf("error %v of type %T", err, err)
			}
			alteration.Plain(t, err)
			return
		}
		if len(d.Task.Classes) < 2 || d.Train.Len() < 1 || d.Test.Len() < 1 {
			t.Errorf("domain %+v", d)
		}
	})
}
