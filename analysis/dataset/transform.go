package dataset

import (
	"fmt"
	"image"
	stddraw "image/draw"
	"math"
	"slices"

	"golang.org/x/image/draw"

	"github.com/sharewise/sharewise/analysis/imagefile"
)

// shaper brings images to the shape that the study states.
type shaper struct {
	h, w, c    int
	fit        string
	background byte
	invert     bool
}

func (s *source) newShaper() (*shaper, error) {
	in := s.study.Input
	if len(in.Size) != 2 {
		return nil, fmt.Errorf("dataset: the study states no image size")
	}
	return &shaper{in.Size[0], in.Size[1], in.Channels, in.Fit, byte(in.Background), s.d.Invert}, nil
}

func (s *shaper) shape() []int { return []int{s.c, s.h, s.w} }

// view is how stored pixels are to be looked at.
type view struct {
	orientation imagefile.Orientation
	profile     *imagefile.Profile
}

var asStored = view{orientation: imagefile.Upright}

// appendImage appends the bytes of an image, [channels, height, width], in the
// study's shape. Where pixels are transparent, which clear reports, the
// background shows. Greys are the luma of ITU-R BT.601, as the Go library
// computes it.
func (s *shaper) appendImage(dst []byte, src image.Image, v view) (out []byte, clear bool, err error) {
	stored := src.Bounds().Size()
	upright := v.orientation.Size(stored)
	cut, size, err := s.layout(upright.X, upright.Y)
	if err != nil {
		return nil, false, err
	}
	cut = v.orientation.StoredRect(cut, stored).Add(src.Bounds().Min)
	if m, ok := src.(*image.Gray); ok && v == asStored && cut.Size() == size {
		return s.appendGrey(dst, m.SubImage(cut).(*image.Gray)), false, nil
	}
	rgba, grey := flat(src, cut, v.orientation.Size(size))
	if v.orientation != imagefile.Upright {
		rgba = turned(rgba, v.orientation)
	}
	if v.profile != nil {
		convertColours(rgba, v.profile)
	}
	area := s.h * s.w
	at := len(dst)
	for range s.c * area {
		dst = append(dst, s.background)
	}
	planes := dst[at:]
	left, top := (s.w-size.X)/2, (s.h-size.Y)/2
	for y := range size.Y {
		for x := range size.X {
			p := rgba.Pix[y*rgba.Stride+4*x:]
			i := (top+y)*s.w + left + x
			clear = clear || p[3] != 255
			switch {
			case s.c == 3:
				planes[i], planes[area+i], planes[2*area+i] = s.tone(p[0], p[3]), s.tone(p[1], p[3]), s.tone(p[2], p[3])
			case grey:
				planes[i] = s.tone(p[0], p[3])
			default:
				planes[i] = s.tone(luma(p[0], p[1], p[2]), p[3])
			}
		}
	}
	return dst, clear, nil
}

// appendGrey does what appendImage does with an opaque grey image that is no larger
// than what the study states and stays as it is.
func (s *shaper) appendGrey(dst []byte, m *image.Gray) []byte {
	at, area, size := len(dst), s.h*s.w, m.Rect.Size()
	for range s.c * area {
		dst = append(dst, s.background)
	}
	left, top := (s.w-size.X)/2, (s.h-size.Y)/2
	for y := range size.Y {
		row := m.Pix[y*m.Stride:][:size.X]
		for c := range s.c {
			out := dst[at+c*area+(top+y)*s.w+left:][:len(row)]
			if !s.invert {
				copy(out, row)
				continue
			}
			for x, level := range row {
				out[x] = 255 - level
			}
		}
	}
	return dst
}

// tone is the level that shows where a pixel, its level multiplied by its opacity,
// stands in front of the background.
func (s *shaper) tone(level, opacity byte) byte {
	if s.invert {
		level = opacity - level
	}
	if opacity == 255 {
		return level
	}
	return level + byte((uint32(s.background)*uint32(255-opacity)+127)/255)
}

// turned is a small image as it is seen.
func turned(m *image.RGBA, o imagefile.Orientation) *image.RGBA {
	stored := m.Bounds().Size()
	size := o.Size(stored)
	out := image.NewRGBA(image.Rectangle{Max: size})
	for y := range size.Y {
		for x := range size.X {
			sx, sy := o.Stored(x, y, stored)
			copy(out.Pix[out.PixOffset(x, y):], m.Pix[sy*m.Stride+4*sx:][:4])
		}
	}
	return out
}

// convertColours converts an image to sRGB in place.
func convertColours(m *image.RGBA, p *imagefile.Profile) {
	for y := range m.Rect.Dy() {
		row := m.Pix[y*m.Stride : y*m.Stride+4*m.Rect.Dx()]
		for px := range slices.Chunk(row, 4) {
			opacity := float64(px[3])
			if opacity == 0 {
				continue
			}
			c := [3]float64{float64(px[0]) / opacity, float64(px[1]) / opacity, float64(px[2]) / opacity}
			p.Convert(&c)
			for i := range c {
				px[i] = byte(c[i]*opacity + 0.5)
			}
		}
	}
}

// luma is color.GrayModel for bytes.
func luma(r, g, b byte) byte {
	return byte((19595*uint32(r)*0x101 + 38470*uint32(g)*0x101 + 7471*uint32(b)*0x101 + 1<<15) >> 24)
}

// layout says which part of a w by h image is used and which size it is
// scaled to; it is then put in the middle.
func (s *shaper) layout(w, h int) (cut image.Rectangle, size image.Point, err error) {
	cut = image.Rect(0, 0, w, h)
	size = image.Pt(w, h)
	switch s.fit {
	case "fit":
		scale := math.Min(float64(s.w)/float64(w), float64(s.h)/float64(h))
		size.X = min(s.w, max(1, int(math.Round(float64(w)*scale))))
		size.Y = min(s.h, max(1, int(math.Round(float64(h)*scale))))
	case "pad":
		if w > s.w || h > s.h {
			return cut, size, fmt.Errorf("an image of %d by %d pixels does not fit into %d by %d; input.fit pad only adds, use fit, resize or crop", h, w, s.h, s.w)
		}
	case "crop":
		size = image.Pt(min(w, s.w), min(h, s.h))
		cut = image.Rectangle{Max: size}.Add(image.Pt((w-size.X)/2, (h-size.Y)/2))
	default:
		size = image.Pt(s.w, s.h)
	}
	return cut, size, nil
}

// flat scales a part of an image to a size. grey says that the image is grey, so that
// its red channel holds everything.
func flat(src image.Image, cut image.Rectangle, size image.Point) (*image.RGBA, bool) {
	_, grey := src.(*image.Gray)
	rect := image.Rectangle{Max: size}
	m, isRGBA := src.(*image.RGBA)
	if cut.Size() == size {
		if isRGBA {
			return m.SubImage(cut).(*image.RGBA), false
		}
		dst := image.NewRGBA(rect)
		stddraw.Draw(dst, rect, src, cut.Min, stddraw.Src)
		return dst, grey
	}
	if !grey && !isRGBA {
		// Scaling has fast forms for few types; conversion has them for all.
		m = image.NewRGBA(image.Rectangle{Max: cut.Size()})
		stddraw.Draw(m, m.Bounds(), src, cut.Min, stddraw.Src)
		src, cut = m, m.Bounds()
	}
	dst := image.NewRGBA(rect)
	draw.BiLinear.Scale(dst, rect, src, cut, draw.Src, nil)
	return dst, grey
}
