package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/bmp"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
	"github.com/sharewise/sharewise/analysis/filelimit"
)

func TestImages(t *testing.T) {
	dir := t.TempDir()
	for i := range 10 {
		filetest.Write(t, dir, fmt.Sprintf("a/cat/%02d.png", i), filetest.Grey(t, 4, 4, byte(10*i)))
		filetest.Write(t, dir, fmt.Sprintf("a/dog/deep/%02d.png", i), filetest.Grey(t, 4, 4, byte(10*i+5)))
	}
	filetest.Write(t, dir, "a/cat/.DS_Store", []byte("x"))
	filetest.Write(t, dir, "a/cat/notes.txt", []byte("x"))
	filetest.Write(t, dir, "a/README", []byte("x"))
	d := mustOpen(t, dir, imageStudy("image: [2, 2], normalize: none", ""))
	if !slices.Equal(d.Task.Classes, []string{"cat", "dog"}) || d.Train.Len()+d.Val.Len()+d.Test.Len() != 20 {
		t.Fatalf("classes %v, %d training images", d.Task.Classes, d.Train.Len())
	}
	for _, s := range []*Split{d.Train, d.Val, d.Test} {
		for i := range s.Len() {
			// The order is that of names: first all cats.
			class, n := s.ID(i)/10, s.ID(i)%10
			want := []string{fmt.Sprintf("cat/%02d.png", n), fmt.Sprintf("dog/deep/%02d.png", n)}[class]
			x := make([]float32, 4)
			if err := s.Gather([]int{i}, x); err != nil {
				t.Fatal(err)
			}
			if s.Member(i) != want || s.Label(i) != int(class) || x[0] != float32(10*n+5*class) {
				t.Errorf("sample %d is %s of class %d, %v", s.ID(i), s.Member(i), s.Label(i), x)
			}
			if p := s.Preview(i).Image; p.Bounds() != image.Rect(0, 0, 2, 2) || p.(*image.Gray).Pix[0] != byte(10*n+5*class) {
				t.Errorf("preview %v", p)
			}
		}
	}
}

// TestLinkedFolder reads images through a symbolic link to their folder.
func TestLinkedFolder(t *testing.T) {
	dir := t.TempDir()
	for i := range 10 {
		filetest.Write(t, dir, fmt.Sprintf("store/cat/%d.png", i), filetest.Grey(t, 4, 4, byte(i)))
		filetest.Write(t, dir, fmt.Sprintf("store/dog/%d.png", i), filetest.Grey(t, 4, 4, byte(i)))
	}
	if err := os.Symlink("store", filepath.Join(dir, "a")); err != nil {
		t.Skip(err) // some systems allow it to few
	}
	if d := mustOpen(t, dir, imageStudy("image: [2, 2]", "")); d.Train.Len()+d.Val.Len()+d.Test.Len() != 20 {
		t.Errorf("%d training images", d.Train.Len())
	}
}

func TestImageFormats(t *testing.T) {
	m := image.NewPaletted(image.Rect(0, 0, 8, 8), color.Palette{color.Black, color.Gray{200}})
	for i := range m.Pix {
		m.Pix[i] = 1
	}
	var asGIF, asJPEG, asBMP bytes.Buffer
	for _, err := range []error{gif.Encode(&asGIF, m, nil), jpeg.Encode(&asJPEG, m, nil), bmp.Encode(&asBMP, m)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	sh := &shaper{h: 8, w: 8, c: 1}
	for name, data := range map[string][]byte{"gif": asGIF.Bytes(), "jpeg": asJPEG.Bytes(), "bmp": asBMP.Bytes(), "png": filetest.Encode(t, m)} {
		var d decodedImage
		err := d.decode(data, sh, filelimit.Limits{})
		got := d.pixels
		if err != nil || len(got) != 64 {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
			continue
		}
		for _, b := range got {
			if b < 199 || b > 201 {
				t.Errorf("%s: grey 200 reads %d", name, b)
				break
			}
		}
	}
}

func TestShaper(t *testing.T) {
	// 1 2      a wide image: 1 2 3 4
	// 3 4
	square := &image.Gray{Pix: []byte{10, 20, 30, 40}, Stride: 2, Rect: image.Rect(0, 0, 2, 2)}
	wide := &image.Gray{Pix: []byte{10, 20, 30, 40}, Stride: 4, Rect: image.Rect(0, 0, 4, 1)}
	red := image.NewRGBA(image.Rect(0, 0, 1, 1))
	red.Set(0, 0, color.RGBA{255, 0, 0, 255})
	for _, c := range []struct {
		name string
		s    shaper
		src  image.Image
		want []byte
	}{
		{"as it is", shaper{h: 2, w: 2, c: 1}, square, []byte{10, 20, 30, 40}},
		{"inverted", shaper{h: 2, w: 2, c: 1, invert: true}, square, []byte{245, 235, 225, 215}},
		{"grey to colour", shaper{h: 2, w: 2, c: 3}, square, []byte{10, 20, 30, 40, 10, 20, 30, 40, 10, 20, 30, 40}},
		{"colour to grey", shaper{h: 1, w: 1, c: 1}, red, []byte{76}},
		{"colour", shaper{h: 1, w: 1, c: 3}, red, []byte{255, 0, 0}},
		{"pad", shaper{h: 4, w: 4, c: 1, fit: "pad", background: 7}, square, []byte{7, 7, 7, 7, 7, 10, 20, 7, 7, 30, 40, 7, 7, 7, 7, 7}},
		{"pad after inversion", shaper{h: 1, w: 4, c: 1, fit: "pad", background: 7, invert: true}, image.NewGray(image.Rect(0, 0, 2, 1)), []byte{7, 255, 255, 7}},
		{"crop", shaper{h: 1, w: 2, c: 1, fit: "crop"}, wide, []byte{20, 30}},
		{"crop of less", shaper{h: 3, w: 2, c: 1, fit: "crop", background: 1}, wide, []byte{1, 1, 20, 30, 1, 1}},
		{"fit", shaper{h: 4, w: 4, c: 1, fit: "fit", background: 9}, wide, []byte{9, 9, 9, 9, 10, 20, 30, 40, 9, 9, 9, 9, 9, 9, 9, 9}},
		{"resize", shaper{h: 1, w: 1, c: 1, fit: "resize"}, square, []byte{25}},
		{"part of an image", shaper{h: 1, w: 2, c: 1}, square.SubImage(image.Rect(0, 1, 2, 2)), []byte{30, 40}},
		{"crop of a part", shaper{h: 1, w: 1, c: 1, fit: "crop"}, square.SubImage(image.Rect(1, 1, 2, 2)), []byte{40}},
	} {
		got, _, err := c.s.appendImage(nil, c.src, asStored)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v (%v), want %v", c.name, got, err, c.want)
		}
	}
}

func TestImageErrors(t *testing.T) {
	for _, c := range []struct {
		name, settings string
		files          map[string][]byte
		want           string
	}{
		{"no folder", "", nil, "domain a: a: no such folder"},
		{"no classes", "", map[string][]byte{"a/x.png": filetest.Grey(t, 2, 2, 0)}, "a: x.png: an image outside the class folders"},
		{"one class", "", map[string][]byte{"a/c/x.png": filetest.Grey(t, 2, 2, 0), "a/c/y.png": filetest.Grey(t, 2, 2, 0)}, `all samples are of one class, "c"`},
		{"empty class", "", map[string][]byte{"a/c/x.png": filetest.Grey(t, 2, 2, 0), "a/d/readme.txt": nil}, "a: d: a class folder without images"},
		{"damaged", "", map[string][]byte{"a/c/x.png": filetest.Grey(t, 2, 2, 0), "a/d/y.png": filetest.Grey(t, 2, 2, 0)[:40]}, "a: d/y.png: a damaged image"},
		{"empty file", "", map[string][]byte{"a/c/x.png": filetest.Grey(t, 2, 2, 0), "a/d/y.png": {}}, "a: d/y.png: an empty file"},
		{"no image", "", map[string][]byte{"a/c/x.png": filetest.Grey(t, 2, 2, 0), "a/d/y.tiff": []byte("rest of it")}, "a: d/y.tiff: not an image: PNG, JPEG, BMP, GIF, WebP and TIFF are read"},
		{"too large for pad", "", map[string][]byte{"a/c/x.png": filetest.Grey(t, 2, 2, 0), "a/d/y.png": filetest.Grey(t, 3, 2, 0)}, "a: d/y.png: an image of 3 by 2 pixels does not fit into 2 by 2"},
		{"no group in the name", ", split: {group: '/([a-z]+)_'}", map[string][]byte{"a/c/x_1.png": filetest.Grey(t, 2, 2, 0), "a/d/1.png": filetest.Grey(t, 2, 2, 0)}, "a: d/1.png: the name does not match split.group"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, data := range c.files {
				filetest.Write(t, dir, name, data)
			}
			_, err := open(t, dir, imageStudy("image: [2, 2], fit: pad", c.settings))
			if err == nil || !strings.Contains(err.Error(), c.want) || !errors.Is(err, ErrData) {
				t.Errorf("error %v\nwant %s", err, c.want)
			}
		})
	}
	// A file of some hundred bytes must not ask for gigabytes.
	huge := append([]byte("BM"), make([]byte, 52)...)
	huge[10], huge[14], huge[26], huge[28] = 54, 40, 1, 24
	huge[20], huge[24] = 0x10, 0x10 // 1048576 by 1048576
	if err := new(decodedImage).decode(huge, &shaper{h: 2, w: 2, c: 1}, filelimit.Limits{}); err == nil || !strings.Contains(err.Error(), "sides must be from 1 to") {
		t.Errorf("a huge image: %v", err)
	}
}

func TestSkipBadImages(t *testing.T) {
	dir := t.TempDir()
	for i := range 6 {
		filetest.Write(t, dir, fmt.Sprintf("a/c/%d.png", i), filetest.Grey(t, 2, 2, byte(i)))
		filetest.Write(t, dir, fmt.Sprintf("a/d/%d.png", i), filetest.Grey(t, 2, 2, byte(i)))
	}
	filetest.Write(t, dir, "a/c/2.png", []byte{})
	filetest.Write(t, dir, "a/d/4.png", []byte{})
	d := mustOpen(t, dir, imageStudy("image: [2, 2]", ", skip_bad: true"))
	if len(d.Dropped) != 1 || d.Dropped[0] != (Drop{Reason: "an empty file", Count: 2, Example: "a: c/2.png"}) {
		t.Errorf("dropped %+v", d.Dropped)
	}
	if n := d.Train.Len() + d.Val.Len() + d.Test.Len(); n != 10 {
		t.Errorf("%d samples are left", n)
	}
}

func TestImageColour(t *testing.T) {
	dir := t.TempDir()
	for i := range 5 {
		filetest.Write(t, dir, fmt.Sprintf("a/c/%d.png", i), filetest.Colour(t, 2, 2, color.NRGBA{byte(i), 100, 200, 255}))
		filetest.Write(t, dir, fmt.Sprintf("a/d/%d.png", i), filetest.Colour(t, 2, 2, color.NRGBA{50, 100, 200, 0})) // transparent: black
	}
	d := mustOpen(t, dir, imageStudy("image: [1, 1], channels: 3, normalize: unit", ""))
	x := make([]float32, 3)
	for i := range d.Train.Len() {
		if err := d.Train.Gather([]int{i}, x); err != nil {
			t.Fatal(err)
		}
		want := []float32{float32(d.Train.ID(i)) / 255, 100. / 255, 200. / 255}
		if d.Train.Label(i) == 1 {
			want = []float32{0, 0, 0}
		}
		if !slices.Equal(x, want) {
			t.Errorf("sample %d: %v, want %v", d.Train.ID(i), x, want)
		}
	}
}
