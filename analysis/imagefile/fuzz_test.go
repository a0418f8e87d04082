package imagefile

import (
	"bytes"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"golang.org/x/image/bmp"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// FuzzImages decodes images of every format within few pixels, so that what is found
// is not time.
func FuzzImages(f *testing.F) {
	m := image.NewNRGBA(image.Rect(0, 0, 9, 7))
	for i := range m.Pix {
		m.Pix[i] = byte(37 * i)
	}
	add := func(write func(*bytes.Buffer) error) {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	add(func(b *bytes.Buffer) error { return png.Encode(b, m) })
	add(func(b *bytes.Buffer) error { return jpeg.Encode(b, m, nil) })
	add(func(b *bytes.Buffer) error { return gif.Encode(b, m, nil) })
	add(func(b *bytes.Buffer) error { return bmp.Encode(b, m) })
	// A WebP without losses, of one pixel.
	f.Add([]byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"))
	var l filelimit.Limits
	l[filelimit.Pixels] = 1 << 16
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := DecodeWithin(data, l)
		if err == nil && p.Pixels == nil && p.Numbers == nil {
			t.Error("neither pixels nor numbers nor an error")
		}
	})
}
