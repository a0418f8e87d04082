package filetest

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"testing"

	"golang.org/x/image/tiff"
)

// IDX encodes bytes with dimensions as an IDX file.
func IDX(data []byte, dims ...int) []byte {
	out := []byte{0, 0, 8, byte(len(dims))}
	for _, d := range dims {
		out = binary.BigEndian.AppendUint32(out, uint32(d))
	}
	return append(out, data...)
}

// Grey makes a PNG of one grey level.
func Grey(t testing.TB, h, w int, level byte) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = level
	}
	return Encode(t, m)
}

// Colour makes a PNG of one colour.
func Colour(t testing.TB, h, w int, c color.Color) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range h * w {
		m.Set(i%w, i/w, c)
	}
	return Encode(t, m)
}

// Encode makes a PNG of an image.
func Encode(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Grey16 is an image of 16 bits, all of one level.
func Grey16(w, h int, level uint16) *image.Gray16 {
	m := image.NewGray16(image.Rect(0, 0, w, h))
	for i := range w * h {
		m.SetGray16(i%w, i/w, color.Gray16{Y: level})
	}
	return m
}

// TIFF makes a TIFF file of an image.
func TIFF(t testing.TB, m image.Image, o *tiff.Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := tiff.Encode(&b, m, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
