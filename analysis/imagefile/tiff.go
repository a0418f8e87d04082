package imagefile

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"slices"

	"golang.org/x/image/tiff"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// rasterForm is how the pixels of a TIFF file lie.
type rasterForm struct {
	*directory
	width, height int
	bits          int
	format        uint32 // of a sample
	samples       int    // of a pixel
	photometric   uint32
	planar        bool // samples of a channel side by side
}

// Values of tags.
const (
	unsigned, signed, float = 1, 2, 3 // sample format
	whiteIsZero             = 0       // photometric interpretation
	blackIsZero             = 1
	rgb                     = 2
	palette                 = 3
)

// tiffHead reads the first directory of a TIFF file.
func tiffHead(data []byte, l filelimit.Limits) (Head, *rasterForm, error) {
	h := Head{Format: "tiff", Frames: 1, Orientation: Upright}
	if v := max(data[2], data[3]); v == '+' {
		return h, nil, errors.New("BigTIFF, which is not read; save it as TIFF")
	}
	d, err := firstDirectory(data)
	if err != nil {
		return h, nil, errors.New("a damaged image: the file ends before its directory")
	}
	if d.bytes(tagDNGVersion) != nil {
		return h, nil, errors.New("raw data of a camera, which is not read; save it as PNG, TIFF or JPEG")
	}
	f := &rasterForm{
		directory: d, width: int(d.number(tagWidth, 0)), height: int(d.number(tagHeight, 0)),
		bits: int(d.number(tagBits, 1)), format: d.number(tagSampleFormat, unsigned), samples: int(d.number(tagSamplesPerPixel, 1)),
		photometric: d.number(tagPhotometric, blackIsZero), planar: d.number(tagPlanar, 1) == 2,
	}
	h.Width, h.Height = f.width, f.height
	if err := h.sized(data, l); err != nil {
		return h, nil, err
	}
	if err := f.possible(); err != nil {
		return h, nil, err
	}
	bits := d.numbers(tagBits)
	switch {
	case slices.ContainsFunc(bits, func(b uint32) bool { return b != bits[0] }):
		return h, nil, fmt.Errorf("a TIFF with channels of %v bits, which is not read", bits)
	case f.format > float:
		return h, nil, fmt.Errorf("a TIFF of complex or untyped numbers, which is not read")
	case f.photometric > palette:
		return h, nil, fmt.Errorf("a TIFF in colours of kind %d (5 is CMYK, 6 YCbCr, 8 Lab), which is not read; save it as RGB", f.photometric)
	case f.photometric != palette && f.channels() != 1 && f.channels() != 3:
		return h, nil, fmt.Errorf("a TIFF with %d channels; images of 1 and 3, and an alpha channel, are read: save others as arrays (NPY, NPZ)", f.samples)
	}
	h.Depth = f.depth()
	h.Gray = f.photometric < rgb || f.photometric == palette && grayColorMap(d.numbers(tagColorMap))
	h.Frames = d.pages()
	h.Orientation = max(Upright, orientationOf(d.number(tagOrientation, 0)))
	h.apply(data, d.bytes(tagICC))
	return h, f, nil
}

// possible refuses a size that the bytes of the file cannot have come from, by how
// far its codec shrinks pixels of one colour.
func (f *rasterForm) possible() error {
	const few = 1 << 16 // bytes that nobody minds
	growth, known := map[uint32]int64{1: 1, 5: 4096 * 8 / 12, 8: 1032, 32946: 1032, 32773: 64}[f.number(tagCompression, 1)]
	if !known {
		return nil // CCITT: a line of one colour takes a bit
	}
	if f.bits < 1 || f.bits > 64 || f.samples < 1 || f.samples > 1<<10 {
		return fmt.Errorf("a damaged image: %d samples of %d bits for a pixel", f.samples, f.bits)
	}
	bytes := int64(f.width) * int64(f.height) / 8 * int64(f.bits) * int64(f.samples)
	if bytes > few+growth*int64(len(f.data)) {
		return fmt.Errorf("a damaged image: it says that it has %d by %d pixels, and these cannot come out of %d bytes", f.height, f.width, len(f.data))
	}
	return nil
}

// grayColorMap reports whether red, green and blue of a palette are the same.
func grayColorMap(m []uint32) bool {
	n := len(m) / 3
	return slices.Equal(m[:n], m[n:2*n]) && slices.Equal(m[:n], m[2*n:3*n])
}

// depth is what samples become.
func (f *rasterForm) depth() Depth {
	switch {
	case f.format != unsigned || f.bits > 16:
		return Float32
	case f.bits == 16:
		return Uint16
	}
	return Uint8
}

// alpha reports whether the last sample is opacity, and whether colours are
// multiplied by it.
func (f *rasterForm) alpha() (has, multiplied bool) {
	extra := f.number(tagExtraSamples, 0)
	return extra == 1 || extra == 2, extra == 1
}

// channels is the number of samples of a pixel without opacity.
func (f *rasterForm) channels() int {
	if has, _ := f.alpha(); has {
		return f.samples - 1
	}
	return f.samples
}

// plain reports whether package tiff reads the pixels.
func (f *rasterForm) plain() bool {
	switch {
	case f.photometric == palette || f.bits < 8:
		return true
	case f.format != unsigned || f.planar || f.bits > 16:
		return false
	}
	return f.channels() == 3 || f.samples == 1
}

func decodeTIFF(data []byte, l filelimit.Limits) (*Picture, error) {
	h, f, err := tiffHead(data, l)
	if err != nil {
		return nil, err
	}
	if f.plain() {
		m, err := tiff.Decode(bytes.NewReader(data))
		if err != nil {
			return nil, refused(data, err)
		}
		return &Picture{Head: h, Pixels: m}, nil
	}
	values, err := f.read()
	if err != nil {
		return nil, err
	}
	if h.Depth == Float32 {
		n, err := f.numbersOf(values)
		return &Picture{Head: h, Numbers: n}, err
	}
	return &Picture{Head: h, Pixels: f.imageOf(values, h.Depth)}, nil
}

// numbersOf leaves out opacity and refuses what is no number.
func (f *rasterForm) numbersOf(values []float32) (*Numbers, error) {
	c := f.channels()
	n := &Numbers{f.width, f.height, c, values}
	if c < f.samples {
		n.Data = nil
		for p := range slices.Chunk(values, f.samples) {
			n.Data = append(n.Data, p[:c]...)
		}
	}
	for i, v := range n.Data {
		if v-v != 0 { // NaN or infinite
			return nil, fmt.Errorf("the pixel in row %d, column %d is %g", i/c/f.width+1, i/c%f.width+1, v)
		}
	}
	return n, nil
}

// imageOf makes an image of whole numbers, of 16 bits where they have 16.
func (f *rasterForm) imageOf(values []float32, depth Depth) image.Image {
	rect := image.Rect(0, 0, f.width, f.height)
	c := f.channels()
	alpha, multiplied := f.alpha()
	level := func(v float32) uint16 {
		if f.photometric == whiteIsZero {
			v = depth.White() - v
		}
		return uint16(v)
	}
	if c == 1 && !alpha {
		if depth == Uint16 {
			m := image.NewGray16(rect)
			for i, v := range values {
				m.SetGray16(i%f.width, i/f.width, color.Gray16{Y: level(v)})
			}
			return m
		}
		m := image.NewGray(rect)
		for i, v := range values {
			m.Pix[i] = byte(level(v))
		}
		return m
	}
	m := image.NewRGBA64(rect)
	scale := uint16(65535 / depth.White())
	for i := range f.width * f.height {
		p := values[i*f.samples : (i+1)*f.samples]
		out := color.RGBA64{A: 65535}
		out.R = level(p[0]) * scale
		out.G, out.B = out.R, out.R
		if c == 3 {
			out.G, out.B = level(p[1])*scale, level(p[2])*scale
		}
		if alpha {
			out.A = uint16(p[c]) * scale
			if !multiplied {
				out = color.RGBA64Model.Convert(color.NRGBA64(out)).(color.RGBA64)
			}
		}
		m.SetRGBA64(i%f.width, i/f.width, out)
	}
	return m
}
