package imagefile

import (
	"bytes"
	"context"
	"image"
	"image/draw"

	"golang.org/x/sync/semaphore"

	"github.com/sharewise/sharewise/analysis/filelimit"
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

// atOnce are the pixels that are decoded at one time, except that a larger image is
// decoded alone.
const atOnce = 1 << 26

var decoding = semaphore.NewWeighted(atOnce)

// Decode reads an image within the limits of the process. Its head is looked at
// first, so that a small file cannot ask for much memory.
func Decode(data []byte) (*Picture, error) { return DecodeWithin(data, filelimit.Limits{}) }

// DecodeWithin is [Decode] with limits of its own.
func DecodeWithin(data []byte, l filelimit.Limits) (*Picture, error) {
	h, err := ReadHeadWithin(data, l)
	if err != nil {
		return nil, err
	}
	// Many small images are decoded side by side, large ones one after another.
	weight := min(int64(h.Width)*int64(h.Height), atOnce)
	if err := decoding.Acquire(context.Background(), weight); err != nil {
		return nil, err
	}
	defer decoding.Release(weight)
	if h.Format == "tiff" {
		return decodeTIFF(data, l)
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
