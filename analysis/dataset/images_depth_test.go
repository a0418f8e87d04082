package dataset

import (
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/tiff"

	"github.com/sharewise/sharewise/analysis/imagefile"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

// floatTIFF is an image of numbers, one row.
func floatTIFF(values ...float32) []byte {
	o := binary.LittleEndian
	out := []byte("II*\x00")
	out = o.AppendUint32(out, uint32(8+4*len(values)))
	out = appendFloats(out, values)
	n := uint32(len(values))
	tags := [][3]uint32{{256, 4, n}, {257, 4, 1}, {258, 3, 32}, {262, 3, 1}, {273, 4, 8}, {277, 3, 1}, {278, 4, 1}, {279, 4, 4 * n}, {339, 3, 3}}
	out = o.AppendUint16(out, uint16(len(tags)))
	for _, tag := range tags {
		out = o.AppendUint16(out, uint16(tag[0]))
		out = o.AppendUint16(out, uint16(tag[1]))
		out = o.AppendUint32(out, 1)
		out = o.AppendUint32(out, tag[2])
	}
	return o.AppendUint32(out, 0)
}

// TestSixteenBits keeps levels of thermal images that share their high byte:
// 7600 to 7679 is 80 levels, of which bytes would make one.
func TestSixteenBits(t *testing.T) {
	for _, c := range []struct {
		name string
		file func(*image.Gray16) []byte
	}{
		{"png", func(m *image.Gray16) []byte { return filetest.Encode(t, m) }},
		{"tif", func(m *image.Gray16) []byte {
			return filetest.TIFF(t, m, &tiff.Options{Compression: tiff.Deflate, Predictor: true})
		}},
	} {
		dir := t.TempDir()
		for i := range 80 {
			class := []string{"cold", "warm"}[i/40]
			filetest.Write(t, dir, fmt.Sprintf("a/%s/%02d.%s", class, i, c.name), c.file(filetest.Grey16(6, 4, uint16(7600+i))))
		}
		d := mustOpen(t, dir, imageStudy("image: [2, 2]", ""))
		seen := map[float64]bool{}
		x := make([]float64, 4)
		for _, s := range []*Split{d.Train, d.Val, d.Test} {
			for i := range s.Len() {
				s.Raw(i, x)
				if want := float64(7600 + s.ID(i)); x[0] != want || x[3] != want {
					t.Errorf("%s: sample %d is %v, want %v", c.name, s.ID(i), x, want)
				}
				seen[x[0]] = true
			}
		}
		if len(seen) != 80 || d.Depth != imagefile.Uint16 {
			t.Errorf("%s: %d levels of 80, depth %s", c.name, len(seen), d.Depth)
		}
		if m := d.Norm.Mean[0]; m < 7620 || m > 7660 || d.Norm.Std[0] < 15 || d.Norm.Std[0] > 30 {
			t.Errorf("%s: normalised by %+v", c.name, d.Norm)
		}
		y := make([]float32, 4)
		unit := mustOpen(t, dir, imageStudy("image: [2, 2], normalize: unit", ""))
		if err := unit.Train.Gather([]int{0}, y); err != nil || y[0] != float32(7600+unit.Train.ID(0))/65535 {
			t.Errorf("%s: unit gives %v (%v)", c.name, y, err)
		}
		if unit.SHA256 == d.SHA256 || !slices.ContainsFunc(d.Notes, func(n string) bool { return n == "all images: 16 bits; raw inputs count from 0 to 65535" }) {
			t.Errorf("%s: notes %q", c.name, d.Notes)
		}
	}
}

// TestMixedDepths scales images of 8 bits up where others have 16.
func TestMixedDepths(t *testing.T) {
	dir := t.TempDir()
	for i := range 10 {
		filetest.Write(t, dir, fmt.Sprintf("a/c/%02d.png", i), filetest.Grey(t, 2, 2, byte(i)))
		m := filetest.Encode(t, filetest.Grey16(2, 2, uint16(1000+i)))
		if i%2 == 1 {
			m = filetest.Grey(t, 2, 2, byte(100+i))
		}
		filetest.Write(t, dir, fmt.Sprintf("a/d/%02d.png", i), m)
		filetest.Write(t, dir, fmt.Sprintf("test/%s/%d.png", []string{"c", "d"}[i%2], i), filetest.Grey(t, 2, 2, byte(200+i)))
	}
	d := mustOpen(t, dir, imageStudy("image: [2, 2]", ", test: test"))
	x := make([]float64, 4)
	for k, s := range []*Split{d.Train, d.Val, d.Test} {
		for i := range s.Len() {
			s.Raw(i, x)
			n := s.ID(i)
			want := float64(257 * n)
			switch {
			case k == 2:
				want = 257 * float64(200+2*(n%5)+n/5) // c has 0, 2, ..., d 1, 3, ...
			case n >= 10 && n%2 == 1:
				want = 257 * float64(100+n-10)
			case n >= 10:
				want = float64(1000 + n - 10)
			}
			if x[0] != want {
				t.Errorf("sample %d of split %d is %v, want %v", n, k, x[0], want)
			}
		}
	}
	if d.Depth != imagefile.Uint16 || !slices.Contains(d.Notes, "5 of 30 images, such as d/00.png: 16 bits; raw inputs count from 0 to 65535") || !slices.Contains(d.Notes, "15 images of 8 bits count from 0 to 65535, since others have 16 bits") {
		t.Errorf("%s, notes %q", d.Depth, d.Notes)
	}
}

// TestNumberImages takes degrees as they are.
func TestNumberImages(t *testing.T) {
	dir := t.TempDir()
	for i := range 10 {
		filetest.Write(t, dir, fmt.Sprintf("a/c/%d.tif", i), floatTIFF(20.125+float32(i), -3, 36.5, 1e4))
		filetest.Write(t, dir, fmt.Sprintf("a/d/%d.tif", i), floatTIFF(30.125+float32(i), -3, 36.5, 1e4))
	}
	d := mustOpen(t, dir, imageStudy("image: [1, 4]", ""))
	x := make([]float64, 4)
	d.Test.Raw(0, x)
	if n := d.Test.ID(0); d.Depth != imagefile.Float32 || x[0] != 20.125+float64(n) || x[3] != 1e4 {
		t.Errorf("%s %v", d.Depth, x)
	}
	if p := d.Test.Preview(0).Image; p == nil {
		t.Error("no preview")
	}
	if _, err := open(t, dir, imageStudy("image: [1, 4], normalize: unit", "")); err == nil || !strings.Contains(err.Error(), "input.normalize unit is for images of 8 and 16 bits") {
		t.Errorf("error %v", err)
	}
	filetest.Write(t, dir, "a/d/9.tif", filetest.Grey(t, 4, 1, 9))
	if _, err := open(t, dir, imageStudy("image: [1, 4]", "")); err == nil || !strings.Contains(err.Error(), "a: d/9.tif: an image of 8 bits, and those before it are numbers (float32)") {
		t.Errorf("error %v", err)
	}
}

// TestDeepShaper makes of images of 16 bits what it makes of bytes, to within
// the rounding of bytes.
func TestDeepShaper(t *testing.T) {
	bytes8, words := image.NewNRGBA(image.Rect(0, 0, 9, 7)), image.NewNRGBA64(image.Rect(0, 0, 9, 7))
	for i := range 63 {
		c := color.NRGBA{byte(i * 37), byte(i * 91), byte(i * 13), byte(255 - i%3*60)}
		bytes8.SetNRGBA(i%9, i/9, c)
		words.SetNRGBA64(i%9, i/9, color.NRGBA64{257 * uint16(c.R), 257 * uint16(c.G), 257 * uint16(c.B), 257 * uint16(c.A)})
	}
	for _, fit := range []string{"resize", "fit", "crop"} {
		for o := imagefile.Upright; o <= 8; o++ {
			for _, c := range []int{1, 3} {
				for _, size := range []int{4, 12} {
					sh := &shaper{h: size, w: size, c: c, fit: fit, background: 50, invert: o%2 == 0}
					a, clear, err := sh.appendImage(nil, bytes8, view{orientation: o})
					if err != nil || !clear {
						t.Fatal(clear, err)
					}
					p := &imagefile.Picture{Head: imagefile.Head{Depth: imagefile.Uint16, Orientation: o}, Pixels: words}
					b, clear, err := sh.appendNumbers(nil, p)
					if err != nil || !clear {
						t.Fatal(clear, err)
					}
					for i := range a {
						if math.Abs(float64(b[i])/257-float64(a[i])) > 2.5 {
							t.Fatalf("%s, orientation %d, %d channels, %d: element %d is %.2f and %d", fit, o, c, size, i, b[i]/257, a[i])
						}
					}
				}
			}
		}
	}
}

// TestTurnedImages turns, before the shape is made, what a phone held upright
// stores lying.
func TestTurnedImages(t *testing.T) {
	wide := &image.Gray{Pix: []byte{10, 20, 30, 40}, Stride: 4, Rect: image.Rect(0, 0, 4, 1)}
	for o, want := range map[imagefile.Orientation][]byte{6: {10, 20, 30, 40}, 8: {40, 30, 20, 10}} {
		got, _, err := (&shaper{h: 4, w: 1, c: 1, fit: "pad"}).appendImage(nil, wide, view{orientation: o})
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%d: %v %v", o, got, err)
		}
	}
}

func TestTransparency(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 2, 1))
	m.SetNRGBA(0, 0, color.NRGBA{200, 200, 200, 0})
	m.SetNRGBA(1, 0, color.NRGBA{200, 100, 0, 128})
	for _, c := range []struct {
		s    shaper
		want []byte
	}{
		{shaper{h: 1, w: 2, c: 1}, []byte{0, 59}},
		{shaper{h: 1, w: 2, c: 3, background: 255}, []byte{255, 227, 255, 177, 255, 127}},
		{shaper{h: 1, w: 2, c: 3, background: 255, invert: true}, []byte{255, 155, 255, 205, 255, 255}},
	} {
		got, clear, err := c.s.appendImage(nil, m, asStored)
		if err != nil || !clear || !slices.Equal(got, c.want) {
			t.Errorf("%+v: %v %v %v, want %v", c.s, got, clear, err, c.want)
		}
	}
}

// TestPassedOver leaves out raw data beside photographs, and names it.
func TestPassedOver(t *testing.T) {
	dir := t.TempDir()
	for i := range 6 {
		filetest.Write(t, dir, fmt.Sprintf("a/c/%d.png", i), filetest.Grey(t, 2, 2, byte(i)))
		filetest.Write(t, dir, fmt.Sprintf("a/d/%d.png", i), filetest.Grey(t, 2, 2, byte(i)))
		filetest.Write(t, dir, fmt.Sprintf("a/d/%d.NEF", i), []byte("II*\x00"))
	}
	filetest.Write(t, dir, "a/c/7.heic", []byte("x"))
	d := mustOpen(t, dir, imageStudy("image: [2, 2]", ""))
	want := `7 files are left out, since HEIC, raw data of a camera is not read: "c/7.heic", "d/0.NEF", "d/1.NEF", "d/2.NEF", "d/3.NEF", "d/4.NEF", "d/5.NEF"`
	if !slices.Contains(d.Notes, want) {
		t.Errorf("notes %q", d.Notes)
	}
	filetest.Write(t, dir, "a/e/1.heic", []byte("x"))
	_, err := open(t, dir, imageStudy("image: [2, 2]", ""))
	if want := "a: e: a class folder without images that are read; 1.heic is HEIC: save as PNG, TIFF or JPEG"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestScaleOfDepths(t *testing.T) {
	dir := t.TempDir()
	for i := range 10 {
		for _, class := range []string{"c", "d"} {
			filetest.Write(t, dir, fmt.Sprintf("a/%s/%d.png", class, i), filetest.Grey(t, 2, 2, byte(i)))
			filetest.Write(t, dir, fmt.Sprintf("b/%s/%d.png", class, i), filetest.Encode(t, filetest.Grey16(2, 2, uint16(i))))
		}
	}
	study := func(settings string) string {
		return "input: {" + settings + "}\ndomains:\n  - {name: a, data: a}\n  - {name: b, data: b}\n"
	}
	if _, err := OpenAll(t.Context(), parse(t, dir, study("image: [2, 2]"))); err != nil {
		t.Error(err)
	}
	_, err := OpenAll(t.Context(), parse(t, dir, study("image: [2, 2], scale: 255")))
	if want := "domain b: images of 16 bits, and those of a are of 8 bits: input.scale, mean and std cannot hold for both"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %s", err, want)
	}
}
