package imagefile

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/gif" // formats that package image then knows
	"image/jpeg"
	"image/png"
	"math"

	_ "golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	_ "golang.org/x/image/webp"

	"github.com/sharewise/sharewise/analysis/filekind"
	"github.com/sharewise/sharewise/analysis/filelimit"
)

// Depth is what the numbers of an image's pixels are.
type Depth string

// The depths. Fewer bits than 8 count as Uint8, which they are scaled to.
const (
	Uint8  Depth = "uint8"
	Uint16 Depth = "uint16"
	// Float32 is numbers in units of their own, such as degrees.
	Float32 Depth = "float32"
)

// White is the largest number of a depth, 0 where there is none.
func (d Depth) White() float32 {
	switch d {
	case Uint8:
		return 255
	case Uint16:
		return 65535
	}
	return 0
}

// Head is what a file says of an image.
type Head struct {
	// Format is png, jpeg, bmp, gif, webp or tiff.
	Format string
	// Width and Height are those of the pixels as they are stored.
	Width, Height int
	Depth         Depth
	Gray          bool // without colours, by the format or the palette
	CMYK          bool
	Frames        int // of an animation, or pages; 1 for most
	Orientation   Orientation
	Profile       *Profile // nil: sRGB, or not known
	// Unapplied is the name of a profile that is not applied, "" for none.
	Unapplied string
}

// MaxSide bounds the sides of an image that is decoded, in pixels.
const MaxSide = 1 << 14

// ReadHead reads what a file says of its image, within the limits of the process.
// The error says what is wrong with a file that is none.
func ReadHead(data []byte) (Head, error) { return ReadHeadWithin(data, filelimit.Limits{}) }

// ReadHeadWithin is [ReadHead] with limits of its own.
func ReadHeadWithin(data []byte, l filelimit.Limits) (Head, error) {
	if len(data) == 0 {
		return Head{}, errors.New("an empty file")
	}
	if isTIFF(data) {
		h, _, err := tiffHead(data, l)
		return h, err
	}
	c, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return Head{}, refused(data, err)
	}
	h := Head{Format: format, Width: c.Width, Height: c.Height, Depth: Uint8, Frames: 1, Orientation: Upright}
	switch m := c.ColorModel.(type) {
	case color.Palette:
		h.Gray = grayPalette(m)
	default:
		h.Gray = m == color.GrayModel || m == color.Gray16Model
		h.CMYK = m == color.CMYKModel
		if m == color.Gray16Model || m == color.RGBA64Model || m == color.NRGBA64Model {
			h.Depth = Uint16
		}
	}
	if err := h.sized(data, l); err != nil {
		return h, err
	}
	var n notes
	switch format {
	case "jpeg":
		n = jpegNotes(data)
	case "png":
		n = pngNotes(data)
		h.Gray = h.Gray || n.gray
	case "webp":
		n = webpNotes(data)
	case "gif":
		h.Frames = gifFrames(data)
	}
	h.Frames = max(h.Frames, n.frames)
	h.apply(n.exif, n.icc)
	return h, nil
}

// notes are what the parts of a file around its pixels say.
type notes struct {
	exif, icc []byte
	frames    int
	gray      bool
}

// apply takes orientation and colours from EXIF data and an ICC profile. What is
// damaged in them says nothing.
func (h *Head) apply(exif, icc []byte) {
	e := readEXIF(exif)
	if e.orientation != 0 {
		h.Orientation = e.orientation
	}
	switch {
	case len(icc) > 0:
		h.Profile, h.Unapplied = readICC(icc, h.Gray, h.CMYK)
	case e.adobeRGB && !h.Gray && !h.CMYK:
		h.Profile = adobeRGB()
	}
}

// sized refuses sizes that are out of bounds, or that the bytes of the file cannot
// have come from.
func (h *Head) sized(data []byte, l filelimit.Limits) error {
	if h.Width < 1 || h.Height < 1 || h.Width > MaxSide || h.Height > MaxSide {
		return fmt.Errorf("an image of %d by %d pixels; the sides must be from 1 to %d", h.Height, h.Width, MaxSide)
	}
	pixels := int64(h.Width) * int64(h.Height)
	if most := pixelsOf(h.Format, data); pixels > most {
		return fmt.Errorf("a damaged image: it says that it has %d by %d pixels, and these cannot come out of %d bytes", h.Height, h.Width, len(data))
	}
	return l.Check(filelimit.Pixels, pixels, fmt.Sprintf("an image of %d by %d pixels", h.Height, h.Width))
}

// pixelsOf is more pixels than a file of a format can hold, by how far its codec
// shrinks an image of one colour.
func pixelsOf(format string, data []byte) int64 {
	const few = 1 << 16 // which nobody minds
	n := int64(len(data))
	switch format {
	case "png":
		return few + 8*1032*n/pngBits(data) // deflate
	case "jpeg":
		return few + 64*8*n // a block of 64 pixels takes a bit at least
	case "bmp":
		return few + 8*n
	case "gif":
		return few + 4096*8/12*n // codes of 12 bits for 4096 pixels
	}
	return math.MaxInt64 // WebP can say in a few bytes that all pixels are the same
}

// pngBits are the bits of a pixel of a PNG, 1 where that is not known.
func pngBits(data []byte) int64 {
	const depth, kind = 24, 25 // bytes of the head
	if len(data) <= kind {
		return 1
	}
	samples := map[byte]int64{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[data[kind]]
	return max(1, int64(data[depth])*samples)
}

func grayPalette(p color.Palette) bool {
	for _, c := range p {
		if r, g, b, _ := c.RGBA(); r != g || g != b {
			return false
		}
	}
	return true
}

// refused says why a file is not read.
func refused(data []byte, err error) error {
	var ofJPEG jpeg.UnsupportedError
	var ofPNG png.UnsupportedError
	var ofTIFF tiff.UnsupportedError
	kind := unreadKind(data)
	switch {
	case kind != "":
		return fmt.Errorf("%s, which is not read; save it as PNG, TIFF or JPEG", kind)
	case errors.Is(err, image.ErrFormat):
		reason := "not an image: PNG, JPEG, BMP, GIF, WebP and TIFF are read"
		if what := filekind.Of(data[:min(len(data), filekind.HeadBytes)]); what != "" {
			reason += ", and this is " + what
		}
		return errors.New(reason)
	case errors.As(err, &ofJPEG), errors.As(err, &ofPNG), errors.As(err, &ofTIFF):
		return fmt.Errorf("an image of a rare kind, which is not read; save it as PNG (%w)", err)
	}
	return fmt.Errorf("a damaged image: %w", err)
}
