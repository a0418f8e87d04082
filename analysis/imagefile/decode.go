package imagefile

import (
	"bytes"
	"image"
	"image/draw"
)

// Picture is a decoded image.
type Picture struct {
	Head
	// Pixels are those of Uint8 and Uint16 images, as they are stored; nil for
	// Float32.
	Pixels image.Image
	// Numbers are those of Float32 images.
	Numbers *Numbers
}

// Numbers is an image of numbers: row after row, the channels of a pixel side by
// side.
type Numbers struct {
	Width, Height, Channels int
	Data                    []float32
}

// Decode reads an image. Its head is looked at first, so that a small file
// cannot ask for much memory.
func Decode(data []byte) (*Picture, error) {
	h, err := ReadHead(data)
	if err != nil {
		return nil, err
	}
	if h.Format == "tiff" {
		return decodeTIFF(data)
	}
	m, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, refused(data, err)
	}
	if full := image.Rect(0, 0, h.Width, h.Height); h.Format == "gif" && m.Bounds() != full {
		// The first frame of an animation may cover a part.
		whole := image.NewNRGBA(full)
		draw.Draw(whole, m.Bounds(), m, m.Bounds().Min, draw.Src)
		m = whole
	}
	return &Picture{Head: h, Pixels: m}, nil
}
