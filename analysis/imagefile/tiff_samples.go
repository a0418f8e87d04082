package imagefile

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"golang.org/x/image/tiff/lzw"
)

var errShortTIFF = errors.New("a damaged image: the file ends before its pixels do")

// read returns the samples of the pixels, row after row, those of a pixel side
// by side.
func (f *rasterForm) read() ([]float32, error) {
	convert, width := f.converter()
	if convert == nil {
		return nil, fmt.Errorf("a TIFF with samples of %d bits, which is not read", f.bits)
	}
	// Strips are tiles as wide as the image.
	tw, th := f.width, int(min(f.number(tagRowsPerStrip, uint32(f.height)), uint32(f.height)))
	offsets, counts := f.numbers(tagStripOffsets), f.numbers(tagStripBytes)
	tiled := f.numbers(tagTileOffsets) != nil
	if tiled {
		tw, th = int(f.number(tagTileWidth, 0)), int(f.number(tagTileHeight, 0))
		offsets, counts = f.numbers(tagTileOffsets), f.numbers(tagTileBytes)
	}
	if tw < 1 || th < 1 || tw > 2*MaxSide || th > 2*MaxSide {
		return nil, fmt.Errorf("a damaged image: tiles of %d by %d pixels", th, tw)
	}
	across, down := (f.width+tw-1)/tw, (f.height+th-1)/th
	planes, together := 1, f.samples // of a pixel in one tile
	if f.planar {
		planes, together = f.samples, 1
	}
	if n := planes * across * down; len(offsets) < n || len(counts) < n {
		return nil, errShortTIFF
	}
	// No compression packs better than this; a small file cannot ask for much memory.
	const ratio = 2048
	if f.width*f.height*f.samples/ratio > len(f.data) {
		return nil, errShortTIFF
	}
	out := make([]float32, f.width*f.height*f.samples)
	for k := range planes * across * down {
		plane, row, column := k/(across*down), k/across%down*th, k%across*tw
		rows := th
		if !tiled {
			rows = min(th, f.height-row)
		}
		raw, err := f.tile(offsets[k], counts[k], rows*tw*together*width)
		if err != nil {
			return nil, err
		}
		line := tw * together * width
		for y := range min(rows, f.height-row) {
			samples := raw[y*line : (y+1)*line]
			order, err := f.undoPredictor(samples, together, width)
			if err != nil {
				return nil, err
			}
			for x := range min(tw, f.width-column) {
				at := ((row+y)*f.width+column+x)*f.samples + plane
				for s := range together {
					out[at+s] = convert(order, samples[(x*together+s)*width:])
				}
			}
		}
	}
	return out, nil
}

// tile unpacks a tile or strip of a size in bytes.
func (f *rasterForm) tile(at, count uint32, size int) ([]byte, error) {
	if int64(at)+int64(count) > int64(len(f.data)) {
		return nil, errShortTIFF
	}
	packed := f.data[at : at+count]
	var r io.Reader
	switch c := f.number(tagCompression, 1); c {
	case 1:
		if len(packed) < size {
			return nil, errShortTIFF
		}
		return bytes.Clone(packed[:size]), nil
	case 5:
		z := lzw.NewReader(bytes.NewReader(packed), lzw.MSB, 8)
		defer z.Close()
		r = z
	case 8, 32946:
		z, err := zlib.NewReader(bytes.NewReader(packed))
		if err != nil {
			return nil, fmt.Errorf("a damaged image: %w", err)
		}
		defer z.Close()
		r = z
	case 32773:
		r = bytes.NewReader(unpackBits(packed, size))
	default:
		return nil, fmt.Errorf("a TIFF that is compressed by method %d, which is not read; save it with LZW, deflate or none", c)
	}
	out, err := io.ReadAll(io.LimitReader(r, int64(size)))
	if err != nil {
		return nil, fmt.Errorf("a damaged image: %w", err)
	}
	if len(out) < size {
		return nil, errShortTIFF
	}
	return out, nil
}

// unpackBits undoes PackBits (TIFF 6.0, section 9), up to a size.
func unpackBits(in []byte, size int) []byte {
	var out []byte
	for len(in) > 1 && len(out) < size {
		switch n := int(int8(in[0])); {
		case n >= 0:
			end := min(n+2, len(in))
			out = append(out, in[1:end]...)
			in = in[end:]
		case n > -128:
			out = append(out, bytes.Repeat(in[1:2], 1-n)...)
			in = in[2:]
		default:
			in = in[1:]
		}
	}
	return out
}

// undoPredictor turns differences of a row back into samples, and returns the
// order of their bytes: 2 is TIFF 6.0, section 14; 3 is TIFF Technical Note 3
// of Adobe Photoshop, for floating point.
func (f *rasterForm) undoPredictor(row []byte, together, width int) (binary.ByteOrder, error) {
	switch p := f.number(tagPredictor, 1); p {
	case 1:
	case 2:
		step := together * width
		for i := step; i+width <= len(row); i += width {
			addInto(f.order, row[i:i+width], row[i-step:i-step+width])
		}
	case 3:
		for i := together; i < len(row); i++ {
			row[i] += row[i-together]
		}
		n := len(row) / width
		out := make([]byte, len(row))
		for i := range n {
			for b := range width {
				out[i*width+b] = row[b*n+i]
			}
		}
		copy(row, out)
		return binary.BigEndian, nil
	default:
		return nil, fmt.Errorf("a TIFF with predictor %d, which is not read", p)
	}
	return f.order, nil
}

// addInto adds a whole number to another of as many bytes, modulo their range.
func addInto(order binary.ByteOrder, to, from []byte) {
	switch len(to) {
	case 1:
		to[0] += from[0]
	case 2:
		order.PutUint16(to, order.Uint16(to)+order.Uint16(from))
	case 4:
		order.PutUint32(to, order.Uint32(to)+order.Uint32(from))
	case 8:
		order.PutUint64(to, order.Uint64(to)+order.Uint64(from))
	}
}

// converter reads a sample, which has some bytes; nil where there is none for
// the type.
func (f *rasterForm) converter() (func(binary.ByteOrder, []byte) float32, int) {
	type order = binary.ByteOrder
	switch [2]int{int(f.format), f.bits} {
	case [2]int{unsigned, 8}:
		return func(_ order, b []byte) float32 { return float32(b[0]) }, 1
	case [2]int{unsigned, 16}:
		return func(o order, b []byte) float32 { return float32(o.Uint16(b)) }, 2
	case [2]int{unsigned, 32}:
		return func(o order, b []byte) float32 { return float32(o.Uint32(b)) }, 4
	case [2]int{signed, 8}:
		return func(_ order, b []byte) float32 { return float32(int8(b[0])) }, 1
	case [2]int{signed, 16}:
		return func(o order, b []byte) float32 { return float32(int16(o.Uint16(b))) }, 2
	case [2]int{signed, 32}:
		return func(o order, b []byte) float32 { return float32(int32(o.Uint32(b))) }, 4
	case [2]int{float, 16}:
		return func(o order, b []byte) float32 { return float16(o.Uint16(b)) }, 2
	case [2]int{float, 32}:
		return func(o order, b []byte) float32 { return math.Float32frombits(o.Uint32(b)) }, 4
	case [2]int{float, 64}:
		return func(o order, b []byte) float32 { return float32(math.Float64frombits(o.Uint64(b))) }, 8
	}
	return nil, 0
}
