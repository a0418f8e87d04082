package dataset

import (
	"fmt"
	"runtime"

	"github.com/sharewise/sharewise/analysis/imagefile"
)

// Depth is what the numbers of an image's pixels are.
type Depth = imagefile.Depth

// imageStore keeps images in their shape: as bytes as long as all have 8 bits, as
// 16 bits once one has them, or as numbers where files hold these.
type imageStore struct {
	size    int
	budget  *budget
	depth   Depth
	bytes   *spool[byte]
	words   *spool[uint16]
	numbers *spool[float32]
	widened int // images of 8 bits among those of 16
	row     []uint16
}

func newImageStore(size int, b *budget) *imageStore {
	return &imageStore{size: size, budget: b}
}

// add takes an image. The first error is about the image, the second that of a
// temporary file.
func (s *imageStore) add(d *decodedImage) (*Error, error) {
	depth := d.head.Depth
	if s.depth == "" {
		s.depth = depth
	}
	if (depth == imagefile.Float32) != (s.depth == imagefile.Float32) {
		return &Error{Reason: fmt.Sprintf("an image of %s, and those before it are %s; a domain has images of one kind", depthName(depth), depthName(s.depth))}, nil
	}
	switch {
	case depth == imagefile.Float32:
		if s.numbers == nil {
			s.numbers = newSpool[float32](s.size, s.budget)
		}
		return nil, s.numbers.add(d.numbers)
	case depth == imagefile.Uint8 && s.words == nil:
		if s.bytes == nil {
			s.bytes = newSpool[byte](s.size, s.budget)
		}
		return nil, s.bytes.add(d.pixels)
	case s.words == nil:
		s.words, s.depth = newSpool[uint16](s.size, s.budget), imagefile.Uint16
		if s.bytes != nil {
			s.widened = s.bytes.count
		}
	}
	s.row = s.row[:0]
	if depth == imagefile.Uint8 {
		s.widened++
		for _, b := range d.pixels {
			s.row = append(s.row, 257*uint16(b))
		}
	}
	if depth == imagefile.Uint16 {
		for _, v := range d.numbers {
			s.row = append(s.row, uint16(v+0.5))
		}
	}
	return nil, s.words.add(s.row)
}

// finish puts the images into a store.
func (s *imageStore) finish(st *store) error {
	st.depth = s.depth
	var bytes *blocks[byte]
	var err error
	if s.bytes != nil || s.depth == "" {
		if s.bytes == nil { // no images at all
			s.bytes = newSpool[byte](s.size, s.budget)
		}
		if bytes, err = s.bytes.finish(); err != nil {
			return err
		}
	}
	switch {
	case s.numbers != nil:
		kept, err := s.numbers.finish()
		st.values = numberBlocks{kept}
		return err
	case s.words != nil:
		kept, err := s.words.finish()
		st.values = wordImages{kept}
		if bytes != nil {
			st.values = numberChain{wideBytes{byteImages{bytes}}, st.values}
		}
		return err
	}
	st.pixels = byteImages{bytes}
	return nil
}

func depthName(d Depth) string {
	switch d {
	case imagefile.Uint8:
		return "8 bits"
	case imagefile.Uint16:
		return "16 bits"
	}
	return "numbers (float32)"
}

// wordImages are images of 16 bits.
type wordImages struct{ *blocks[uint16] }

func (b wordImages) read(row int, dst []float32) {
	for i, v := range b.row(row) {
		dst[i] = float32(v)
	}
	runtime.KeepAlive(b.mapped)
}

// wideBytes are images of 8 bits whose levels are given as those of 16 bits, from 0 to
// 65535.
type wideBytes struct{ byteRows }

func (b wideBytes) read(row int, dst []float32) {
	for i, v := range b.bytes(row) {
		dst[i] = 257 * float32(v)
	}
	runtime.KeepAlive(b.byteRows)
}

// widened are the rows of images of 8 or 16 bits, as 16 bits.
func widened(s *store) numberRows {
	if s.pixels != nil {
		return wideBytes{s.pixels}
	}
	return s.values
}

// sameUnits makes sure that more data of a domain holds images of the same kind.
func sameUnits(s, t *store, more string) error {
	if s.rows() == 0 || t.rows() == 0 || (s.depth == imagefile.Float32) == (t.depth == imagefile.Float32) {
		return nil
	}
	return &Error{File: more, Reason: fmt.Sprintf("images of %s, and the domain's other data has images of %s", depthName(t.depth), depthName(s.depth))}
}
