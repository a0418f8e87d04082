package dataset

import (
	"image"
	"image/color"
	"slices"
)

// picture is the bytes of an image, [channels, height, width].
type picture []byte

// image makes an image of one channel, grey, or of three.
func (p picture) image(shape []int) image.Image {
	c, h, w := shape[0], shape[1], shape[2]
	if c == 1 {
		return &image.Gray{Pix: p, Stride: w, Rect: image.Rect(0, 0, w, h)}
	}
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range h * w {
		m.SetNRGBA(i%w, i/w, color.NRGBA{p[i], p[h*w+i], p[2*h*w+i], 255})
	}
	return m
}

// stretched makes bytes of numbers: the smallest becomes 0, the largest 255.
func stretched(values []float32) picture {
	low, high := float64(slices.Min(values)), float64(slices.Max(values))
	out := make(picture, len(values))
	for i, v := range values {
		if high > low {
			out[i] = byte((float64(v)-low)/(high-low)*255 + 0.5)
		}
	}
	return out
}
