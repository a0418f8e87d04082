package imagefile

import (
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

// TestNumbers reads numbers in every form that programs write them in.
func TestNumbers(t *testing.T) {
	little, big := binary.LittleEndian, binary.BigEndian
	want := []float32{20.25, -3.5, 1e6, 0, 36.6, 37}
	plain := floats(little, want...)
	// Predictor 3 of 2 rows of 3: bytes of a row by significance, then differences.
	var predicted []byte
	for row := range slices.Chunk(want, 3) {
		b := floats(big, row...)
		var planes []byte
		for k := range 4 {
			for i := range 3 {
				planes = append(planes, b[4*i+k])
			}
		}
		for i := len(planes) - 1; i > 0; i-- {
			planes[i] -= planes[i-1]
		}
		predicted = append(predicted, planes...)
	}
	var doubles, ints, halves []byte
	for _, v := range want {
		doubles = little.AppendUint64(doubles, math.Float64bits(float64(v)))
	}
	for _, v := range []int16{-300, 0, 300, 1, 2, -32768} {
		ints = little.AppendUint16(ints, uint16(v))
	}
	for _, v := range []uint16{0x3c00, 0xc000, 0x0001, 0x7bff, 0x3555, 0x0000} {
		halves = little.AppendUint16(halves, v)
	}
	tiles := floats(little, 20.25, -3.5, 0, 36.6, 1e6, 9, 37, 9) // 2 by 2, the second filled up
	packed := deflated(predicted)
	for name, c := range map[string]struct {
		data []byte
		want []float32
	}{
		"little-endian":        {directories(little, plain, strip(3, 2, 32, float, 1, 24)), want},
		"big-endian":           {directories(big, floats(big, want...), strip(3, 2, 32, float, 1, 24)), want},
		"64 bits":              {directories(little, doubles, strip(3, 2, 64, float, 1, 48)), want},
		"16 bits":              {directories(little, halves, strip(3, 2, 16, float, 1, 12)), []float32{1, -2, 1. / (1 << 24), 65504, 0.33325195, 0}},
		"signed":               {directories(little, ints, strip(3, 2, 16, signed, 1, 12)), []float32{-300, 0, 300, 1, 2, -32768}},
		"deflate, predictor 3": {directories(little, packed, strip(3, 2, 32, float, 1, len(packed), short(tagCompression, 8), short(tagPredictor, 3))), want},
		"PackBits":             {directories(little, append([]byte{23}, plain...), strip(3, 2, 32, float, 1, 25, short(tagCompression, 32773))), want},
		"tiles": {directories(little, tiles, append(strip(3, 2, 32, float, 1, 24)[:4], short(tagSamplesPerPixel, 1), short(tagTileWidth, 2), short(tagTileHeight, 2),
			long(tagTileOffsets, 8, 24), long(tagTileBytes, 16, 16), short(tagSampleFormat, float))), want},
	} {
		p, err := Decode(c.data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if p.Depth != Float32 || !p.Gray || p.Width != 3 || !slices.Equal(p.Numbers.Data, c.want) {
			t.Errorf("%s: %s %v, want %v", name, p.Depth, p.Numbers.Data, c.want)
		}
	}
}

// TestPlanes reads channels that lie one after another, and opacity beside grey.
func TestPlanes(t *testing.T) {
	little := binary.LittleEndian
	planes := []byte{10, 20, 30, 40, 50, 60}
	tags := append(strip(2, 1, 8, unsigned, 3, 2), short(tagPlanar, 2))
	tags[4], tags[7] = long(tagStripOffsets, 8, 10, 12), long(tagStripBytes, 2, 2, 2)
	p, err := Decode(directories(little, planes, tags))
	if err != nil {
		t.Fatal(err)
	}
	if c := color.NRGBAModel.Convert(p.Pixels.At(1, 0)); p.Depth != Uint8 || c != (color.NRGBA{20, 40, 60, 255}) {
		t.Errorf("planes: %s %v", p.Depth, c)
	}
	p, err = Decode(directories(little, []byte{200, 255, 100, 0}, strip(2, 1, 8, unsigned, 2, 4, short(tagExtraSamples, 2))))
	if err != nil {
		t.Fatal(err)
	}
	if a, b := p.Pixels.At(0, 0), p.Pixels.At(1, 0); a != (color.RGBA64{200 * 257, 200 * 257, 200 * 257, 65535}) || b != (color.RGBA64{}) || !p.Gray {
		t.Errorf("grey with opacity: %v %v", a, b)
	}
	sixteen := directories(little, []byte{1, 2, 3, 4}, strip(2, 1, 16, unsigned, 1, 4))
	if p, err = Decode(sixteen); err != nil || p.Depth != Uint16 || p.Pixels.(*image.Gray16).Gray16At(1, 0).Y != 0x0403 {
		t.Errorf("16 bits: %v %v", p, err)
	}
}

func TestTIFFPages(t *testing.T) {
	page := func(v float32) []tag { return strip(1, 1, 32, float, 1, 4) }
	data := directories(binary.LittleEndian, floats(binary.LittleEndian, 7), page(1), page(2), append(page(3), long(tagSubfile, 1)))
	if h, err := ReadHead(data); err != nil || h.Frames != 2 { // and a thumbnail
		t.Errorf("%d pages, %v", h.Frames, err)
	}
}

func TestTIFFErrors(t *testing.T) {
	little := binary.LittleEndian
	pixel := floats(little, float32(math.NaN()))
	for _, c := range []struct {
		data []byte
		want string
	}{
		{directories(little, pixel, strip(1, 1, 32, float, 1, 4)), "the pixel in row 1, column 1 is NaN"},
		{[]byte("II+\x00\x08\x00\x00\x00 and more"), "BigTIFF, which is not read"},
		{directories(little, pixel, strip(1, 1, 8, unsigned, 4, 4)), "4 channels"},
		{directories(little, pixel, strip(1, 1, 32, float, 1, 4, short(tagCompression, 50000))), "compressed by method 50000"},
		{directories(little, pixel, strip(1, 1, 32, 6, 1, 4)), "complex or untyped"},
		{directories(little, pixel, strip(30000, 1, 32, float, 1, 4)), "sides must be from 1 to 16384"},
		{directories(little, pixel, strip(11000, 11000, 32, float, 1, 4, short(tagCompression, 8))), "cannot come out of"},
		{directories(little, pixel, strip(1, 1, 8, unsigned, 1, 1, tag{tagDNGVersion, 7, []byte{1, 4, 0, 0}})), "raw data of a camera"},
		{[]byte("II*\x00\xff\xff\xff\x00"), "ends before its directory"},
	} {
		if _, err := Decode(c.data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	little := binary.LittleEndian
	pixels := floats(little, 1, 2, 3, 4)
	for _, compression := range []uint16{1, 5, 8, 32773} {
		f.Add(directories(little, pixels, strip(2, 2, 32, float, 1, 16, short(tagCompression, compression), short(tagPredictor, 3))))
		f.Add(directories(binary.BigEndian, pixels, strip(2, 2, 16, unsigned, 2, 16, short(tagCompression, compression), short(tagPredictor, 2), short(tagExtraSamples, 2))))
	}
	f.Add([]byte("GIF89a\x02\x00\x02\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x02\x00\x02\x00\x00\x02\x02\x84\x51\x00;"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Decode(data)
		alteration.Plain(t, err)
		if err == nil && p.Pixels == nil && p.Numbers == nil {
			t.Error(fmt.Errorf("nothing of %s", p.Format))
		}
	})
}
