package dataset

import (
	"image"
	"math"

	"github.com/sharewise/sharewise/analysis/imagefile"
)

// appendNumbers appends the levels of an image of more than 8 bits, or of
// numbers, [channels, height, width], in the study's shape and in the units of
// the file. It does what appendImage does without rounding to bytes.
func (s *shaper) appendNumbers(dst []float32, p *imagefile.Picture) (out []float32, clear bool, err error) {
	src := pixelsOf(p)
	stored := image.Pt(src.width, src.height)
	upright := p.Orientation.Size(stored)
	cut, size, err := s.layout(upright.X, upright.Y)
	if err != nil {
		return nil, false, err
	}
	scaled := p.Orientation.Size(size)
	values := src.scale(p.Orientation.StoredRect(cut, stored), scaled)
	white := p.Depth.White()
	background := float32(s.background)
	if white > 0 {
		background *= white / 255
	}
	area := s.h * s.w
	at := len(dst)
	for range s.c * area {
		dst = append(dst, background)
	}
	planes := dst[at:]
	left, top := (s.w-size.X)/2, (s.h-size.Y)/2
	for y := range size.Y {
		for x := range size.X {
			sx, sy := p.Orientation.Stored(x, y, scaled)
			px := values[(sy*scaled.X+sx)*src.channels:][:src.channels]
			c := [3]float32{px[0], px[0], px[0]}
			opacity := white
			if src.channels > 1 {
				c[1], c[2] = px[1], px[2]
			}
			if src.channels > 3 {
				opacity = px[3]
			}
			clear = clear || opacity != white
			if p.Profile != nil && opacity > 0 {
				converted := [3]float64{float64(c[0] / opacity), float64(c[1] / opacity), float64(c[2] / opacity)}
				p.Profile.Convert(&converted)
				for i := range c {
					c[i] = float32(converted[i]) * opacity
				}
			}
			if s.c == 1 && src.channels > 1 {
				c[0] = (19595*c[0] + 38470*c[1] + 7471*c[2]) / 65536
			}
			for i := range s.c {
				level := c[i]
				if s.invert {
					level = opacity - level
				}
				if opacity != white {
					level += background * (white - opacity) / white
				}
				planes[i*area+(top+y)*s.w+left+x] = level
			}
		}
	}
	return dst, clear, nil
}

// pixels are rows of an image that numbers can be read from: one channel of
// greys, three, or four of which the last is opacity that the others are
// multiplied by.
type pixels struct {
	width, height, channels int
	read                    func(y, from, to int, row []float32)
}

// pixelsOf gives access to the pixels of a picture.
func pixelsOf(p *imagefile.Picture) pixels {
	if n := p.Numbers; n != nil {
		return pixels{n.Width, n.Height, n.Channels, func(y, from, to int, row []float32) {
			copy(row, n.Data[(y*n.Width+from)*n.Channels:(y*n.Width+to)*n.Channels])
		}}
	}
	b := p.Pixels.Bounds()
	if m, ok := p.Pixels.(*image.Gray16); ok {
		return pixels{b.Dx(), b.Dy(), 1, func(y, from, to int, row []float32) {
			for x := from; x < to; x++ {
				row[x-from] = float32(m.Gray16At(b.Min.X+x, b.Min.Y+y).Y)
			}
		}}
	}
	return pixels{b.Dx(), b.Dy(), 4, func(y, from, to int, row []float32) {
		for x := from; x < to; x++ {
			r, g, bl, a := p.Pixels.At(b.Min.X+x, b.Min.Y+y).RGBA()
			row[4*(x-from)], row[4*(x-from)+1], row[4*(x-from)+2], row[4*(x-from)+3] = float32(r), float32(g), float32(bl), float32(a)
		}
	}}
}

// scale brings a part of an image to a size: [height, width, channels]. It is
// bilinear interpolation where the image grows, and where it shrinks a weighted
// mean of all that a pixel covers, as draw.BiLinear does with bytes.
func (p pixels) scale(cut image.Rectangle, size image.Point) []float32 {
	c := p.channels
	across, down := weightsOf(cut.Dx(), size.X), weightsOf(cut.Dy(), size.Y)
	sums := make([]float64, size.X*size.Y*c)
	row := make([]float32, cut.Dx()*c)
	narrow := make([]float64, size.X*c)
	// Every row is read once and goes to the rows that it has a weight in.
	first := 0
	for y := range cut.Dy() {
		p.read(cut.Min.Y+y, cut.Min.X, cut.Max.X, row)
		clear(narrow)
		for x, w := range across {
			for k, weight := range w.weight {
				for i := range c {
					narrow[x*c+i] += weight * float64(row[(w.from+k)*c+i])
				}
			}
		}
		for first < size.Y && down[first].from+len(down[first].weight) <= y {
			first++
		}
		for to := first; to < size.Y && down[to].from <= y; to++ {
			w := down[to]
			if k := y - w.from; k < len(w.weight) {
				for i, v := range narrow {
					sums[to*size.X*c+i] += w.weight[k] * v
				}
			}
		}
	}
	out := make([]float32, len(sums))
	for i, v := range sums {
		out[i] = float32(v)
	}
	return out
}

// weights are those of neighbouring pixels, which sum to 1.
type weights struct {
	from   int
	weight []float64
}

// weightsOf are the weights of n pixels in each of size new ones: a triangle
// around the new pixel's middle, one old pixel wide to each side, or one new
// pixel where that is more.
func weightsOf(n, size int) []weights {
	out := make([]weights, size)
	scale := float64(n) / float64(size)
	reach := math.Max(1, scale)
	for i := range out {
		middle := (float64(i)+0.5)*scale - 0.5
		from, to := max(0, int(math.Ceil(middle-reach))), min(n-1, int(math.Floor(middle+reach)))
		w := weights{from: from}
		sum := 0.0
		for k := from; k <= to; k++ {
			v := math.Max(0, 1-math.Abs(float64(k)-middle)/reach)
			w.weight = append(w.weight, v)
			sum += v
		}
		for k := range w.weight {
			w.weight[k] /= sum
		}
		out[i] = w
	}
	return out
}
