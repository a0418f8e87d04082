package imagefile

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"math"
	"strings"
	"testing"
)

// TestOrientation holds the eight orientations against what they mean: where the
// first stored row and column are seen.
func TestOrientation(t *testing.T) {
	// Stored is 1 2 3
	//           4 5 6
	want := map[Orientation][][]int{
		1: {{1, 2, 3}, {4, 5, 6}}, 2: {{3, 2, 1}, {6, 5, 4}}, 3: {{6, 5, 4}, {3, 2, 1}}, 4: {{4, 5, 6}, {1, 2, 3}},
		5: {{1, 4}, {2, 5}, {3, 6}}, 6: {{4, 1}, {5, 2}, {6, 3}}, 7: {{6, 3}, {5, 2}, {4, 1}}, 8: {{3, 6}, {2, 5}, {1, 4}},
	}
	stored := image.Pt(3, 2)
	for o, rows := range want {
		size := o.Size(stored)
		if size != image.Pt(len(rows[0]), len(rows)) {
			t.Errorf("%d: size %v", o, size)
		}
		for y, row := range rows {
			for x, v := range row {
				sx, sy := o.Stored(x, y, stored)
				if got := 1 + sx + 3*sy; got != v {
					t.Errorf("%d: (%d, %d) is %d, want %d", o, x, y, got, v)
				}
				part := o.StoredRect(image.Rect(x, y, x+1, y+1), stored)
				if part != image.Rect(sx, sy, sx+1, sy+1) {
					t.Errorf("%d: the part at (%d, %d) is stored in %v", o, x, y, part)
				}
			}
		}
	}
}

// TestMarks finds orientation marks in all kinds of files that have them.
func TestMarks(t *testing.T) {
	m := image.NewGray(image.Rect(0, 0, 4, 2))
	mark := directories(binary.BigEndian, nil, []tag{short(tagOrientation, 6)})
	riff := func(chunks string) []byte {
		return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(chunks))), chunks...)
	}
	// A lossless WebP of one pixel.
	vp8l := "VP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"
	exifChunk := "EXIF" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(mark)))) + string(mark)
	vp8x := "VP8X\x0a\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	for name, data := range map[string][]byte{
		"jpeg": withSegment(encodeJPEG(t, m), 0xe1, append([]byte("Exif\x00\x00"), mark...)),
		"png":  withChunk(encodePNG(t, m), "eXIf", mark),
		"webp": riff("WEBP" + vp8x + vp8l + exifChunk),
		"tiff": directories(binary.LittleEndian, []byte{1, 2}, strip(2, 1, 8, unsigned, 1, 2, short(tagOrientation, 6))),
	} {
		h, err := ReadHead(data)
		if err != nil || h.Format != name || h.Orientation != 6 {
			t.Errorf("%s: %+v %v", name, h, err)
		}
	}
	damaged := withSegment(encodeJPEG(t, m), 0xe1, append([]byte("Exif\x00\x00"), mark[:12]...))
	if h, err := ReadHead(damaged); err != nil || h.Orientation != Upright {
		t.Errorf("a damaged mark: %+v %v", h, err)
	}
}

func TestHeads(t *testing.T) {
	grays := image.NewPaletted(image.Rect(0, 0, 2, 2), color.Palette{color.Black, color.Gray{99}})
	half := image.NewNRGBA(image.Rect(0, 0, 2, 2))
	var animation bytes.Buffer
	part := image.NewPaletted(image.Rect(1, 1, 2, 2), grays.Palette)
	part.Pix[0] = 1
	if err := gif.EncodeAll(&animation, &gif.GIF{Image: []*image.Paletted{part, grays}, Delay: []int{1, 1}, Config: image.Config{Width: 2, Height: 2, ColorModel: grays.Palette}}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data   []byte
		depth  Depth
		gray   bool
		frames int
	}{
		"16 bits":      {encodePNG(t, image.NewGray16(image.Rect(0, 0, 2, 2))), Uint16, true, 1},
		"48 bits":      {encodePNG(t, image.NewRGBA64(image.Rect(0, 0, 2, 2))), Uint16, false, 1},
		"palette":      {encodePNG(t, grays), Uint8, true, 1},
		"colours":      {encodePNG(t, half), Uint8, false, 1},
		"animation":    {animation.Bytes(), Uint8, true, 2},
		"animated PNG": {withChunk(encodePNG(t, grays), "acTL", []byte{0, 0, 0, 3, 0, 0, 0, 0}), Uint8, true, 3},
	} {
		h, err := ReadHead(c.data)
		if err != nil || h.Depth != c.depth || h.Gray != c.gray || h.Frames != c.frames {
			t.Errorf("%s: %+v %v", name, h, err)
		}
	}
	// The first frame covers a quarter.
	p, err := Decode(animation.Bytes())
	if err != nil || p.Pixels.Bounds() != image.Rect(0, 0, 2, 2) {
		t.Fatalf("animation: %v %v", p, err)
	}
	if _, _, _, a := p.Pixels.At(0, 0).RGBA(); a != 0 {
		t.Error("outside the first frame nothing is transparent")
	}
	if r, _, _, _ := p.Pixels.At(1, 1).RGBA(); r != 99*257 {
		t.Errorf("the first frame is %d", r)
	}
}

// TestProfiles holds conversions against those of Little CMS 2.14, relative
// colorimetric, of profiles with the same numbers.
func TestProfiles(t *testing.T) {
	sRGBCurve := fixed("para", []byte{0, 3, 0, 0}, 2.4, 1/1.055, 0.055/1.055, 1/12.92, 0.04045)
	p3 := icc("RGB ", append(primaries([3]float64{0.515102, 0.241182, -0.00105}, [3]float64{0.291965, 0.692236, 0.041882}, [3]float64{0.157153, 0.066582, 0.784378}, sRGBCurve), named("Display P3"))...)
	adobe := icc("RGB ", append(primaries(adobeRGBPrimaries[0], adobeRGBPrimaries[1], adobeRGBPrimaries[2], curveTable(563)), named("Adobe RGB (1998)"))...)
	plain := icc("RGB ", append(primaries(sRGBPrimaries[0], sRGBPrimaries[1], sRGBPrimaries[2], sRGBCurve), named("sRGB IEC61966-2.1"))...)
	gray := icc("GRAY", named("Dot Gain"), iccTag{"kTRC", curveTable(0, 9000, 20000, 37000, 65535)})
	printer := icc("RGB ", named("Printer"), iccTag{"A2B0", []byte("mft2")})
	colours := [][3]float64{{200, 100, 50}, {30, 160, 90}, {10, 20, 200}, {128, 128, 128}, {250, 240, 60}, {90, 91, 80}}
	m := image.NewNRGBA(image.Rect(0, 0, 2, 2))
	grey := image.NewGray(image.Rect(0, 0, 2, 2))
	for _, c := range []struct {
		name, unapplied string
		data            []byte
		from, want      [][3]float64
	}{
		{"Display P3", "", withSegment(encodeJPEG(t, m), 0xe2, append([]byte("ICC_PROFILE\x00\x01\x01"), p3...)), colours,
			[][3]float64{{215, 93, 31}, {0, 163, 82}, {7, 20, 208}, {128, 128, 128}, {252, 240, 0}, {90, 91, 79}}},
		{"Adobe RGB (1998)", "", withChunk(encodePNG(t, m), "iCCP", append([]byte("icc\x00\x00"), deflated(adobe)...)), colours,
			[][3]float64{{227, 100, 42}, {0, 161, 85}, {0, 12, 205}, {129, 129, 129}, {254, 240, 17}, {89, 91, 78}}},
		{"Dot Gain", "", withChunk(encodePNG(t, grey), "iCCP", append([]byte("icc\x00\x00"), deflated(gray)...)), [][3]float64{{30}, {90}, {128}, {200}},
			[][3]float64{{72, 72, 72}, {125, 125, 125}, {150, 150, 150}, {207, 207, 207}}},
		{"", "", withChunk(encodePNG(t, m), "iCCP", append([]byte("icc\x00\x00"), deflated(plain)...)), nil, nil},
		{"", "", withChunk(encodePNG(t, grey), "iCCP", append([]byte("icc\x00\x00"), deflated(adobe)...)), nil, nil}, // of another kind of image
		{"", "Printer", withChunk(encodePNG(t, m), "iCCP", append([]byte("icc\x00\x00"), deflated(printer)...)), nil, nil},
	} {
		h, err := ReadHead(c.data)
		if err != nil || h.Unapplied != c.unapplied || (h.Profile != nil) != (c.name != "") {
			t.Errorf("%q: %+v %v", c.name, h, err)
			continue
		}
		if h.Profile == nil {
			continue
		}
		if h.Profile.Name != c.name {
			t.Errorf("the profile %q is called %q", c.name, h.Profile.Name)
		}
		for k, v := range c.from {
			got := [3]float64{v[0] / 255, v[1] / 255, v[2] / 255}
			h.Profile.Convert(&got)
			for i := range got {
				if math.Abs(got[i]*255-c.want[k][i]) > 0.75 {
					t.Errorf("%s: %v is %.1f of 255 in channel %d, want %v", c.name, v, got[i]*255, i, c.want[k])
				}
			}
		}
	}
}

// TestCameraAdobe finds Adobe RGB that only EXIF data marks.
func TestCameraAdobe(t *testing.T) {
	at := func(id uint16, place uint32) []tag { return []tag{long(id, place)} }
	// Directories lie 18 bytes apart from 8 on.
	data := directories(binary.BigEndian, nil, at(tagExif, 26), at(tagInteroperable, 44), []tag{{tagInteroperableID, 7, []byte("R03\x00")}})
	h, err := ReadHead(withSegment(encodeJPEG(t, image.NewNRGBA(image.Rect(0, 0, 2, 2))), 0xe1, append([]byte("Exif\x00\x00"), data...)))
	if err != nil || h.Profile == nil || h.Profile.Name != "Adobe RGB (1998)" {
		t.Errorf("%+v %v", h, err)
	}
}

func TestUnread(t *testing.T) {
	names := map[string]string{"a/IMG_1.HEIC": "HEIC", "x.nef": "raw data of a camera", "x.png": "", "x": "", "x.tiff": ""}
	for name, want := range names {
		if got := Unread(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for want, data := range map[string]string{
		"HEIC, which is not read":       "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00",
		"AVIF, which is not read":       "\x00\x00\x00\x18ftypavif\x00\x00\x00\x00",
		"and this is a Git LFS pointer": "version https://git-lfs.github.com/spec/v1\n",
		"an empty file":                 "",
		"not an image: PNG, JPEG":       "hello",
	} {
		if _, err := Decode([]byte(data)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
