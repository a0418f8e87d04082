package datafile

import (
	"fmt"
	"image"

	"github.com/sharewise/sharewise/analysis/imagefile"
)

// Frame is how the bytes of one image lie: planar is [c, h, w], else [h, w, c].
type Frame struct {
	Height, Width, Channels int
	planar                  bool
}

// maxSide bounds the sides of an image that is read.
const maxSide = imagefile.MaxSide

// FrameOf tells from the dimensions of an array of images, their number first, how
// each one lies.
func FrameOf(dims []int) (Frame, error) {
	fr := Frame{dims[1], dims[2], 1, false}
	if len(dims) == 4 {
		switch {
		case dims[3] == 1 || dims[3] == 3:
			fr.Channels = dims[3]
		case dims[1] == 1 || dims[1] == 3:
			fr = Frame{dims[2], dims[3], dims[1], true}
		default:
			return fr, fmt.Errorf("images of shape %v; the first or last dimension must be 1 or 3 channels", dims[1:])
		}
	}
	if fr.Height < 1 || fr.Width < 1 || fr.Height > maxSide || fr.Width > maxSide {
		return fr, fmt.Errorf("images of %d by %d pixels; the sides must be from 1 to %d", fr.Height, fr.Width, maxSide)
	}
	return fr, nil
}

// Image wraps the bytes of one image. Grey ones are not copied.
func (f Frame) Image(data []byte) image.Image {
	rect := image.Rect(0, 0, f.Width, f.Height)
	if f.Channels == 1 {
		return &image.Gray{Pix: data, Stride: f.Width, Rect: rect}
	}
	m := image.NewRGBA(rect)
	area := f.Height * f.Width
	for i := range area {
		p := m.Pix[4*i : 4*i+4 : 4*i+4]
		if f.planar {
			p[0], p[1], p[2] = data[i], data[area+i], data[2*area+i]
		} else {
			p[0], p[1], p[2] = data[3*i], data[3*i+1], data[3*i+2]
		}
		p[3] = 255
	}
	return m
}

// Numbers wraps the numbers of one image, which are not copied unless they are
// planar.
func (f Frame) Numbers(data []float32) *imagefile.Numbers {
	n := &imagefile.Numbers{Width: f.Width, Height: f.Height, Channels: f.Channels, Data: data}
	if f.planar && f.Channels > 1 {
		area := f.Height * f.Width
		n.Data = make([]float32, len(data))
		for i, v := range data {
			n.Data[i%area*f.Channels+i/area] = v
		}
	}
	return n
}
