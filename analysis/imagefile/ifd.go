package imagefile

import (
	"encoding/binary"
	"errors"
	"math"
)

// directory is an image file directory of TIFF 6.0: numbers and bytes by tag.
// EXIF data has the same form.
type directory struct {
	data    []byte
	order   binary.ByteOrder
	entries map[uint16]entry
	next    uint32 // place of the next directory, 0 for none
}

type entry struct {
	kind  uint16
	count uint32
	value []byte // all of it
}

// sizes of the types of TIFF, in bytes.
var ifdSizes = [...]int{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4}

var errNoTIFF = errors.New("not a TIFF directory")

// isTIFF reports whether data begins as TIFF or BigTIFF does.
func isTIFF(data []byte) bool {
	if len(data) < 8 {
		return false
	}
	switch string(data[:4]) {
	case "II*\x00", "MM\x00*", "II+\x00", "MM\x00+":
		return true
	}
	return false
}

// firstDirectory reads the first directory of TIFF or EXIF data.
func firstDirectory(data []byte) (*directory, error) {
	if len(data) < 8 {
		return nil, errNoTIFF
	}
	var order binary.ByteOrder
	switch string(data[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return nil, errNoTIFF
	}
	return directoryAt(data, order, order.Uint32(data[4:]))
}

func directoryAt(data []byte, order binary.ByteOrder, at uint32) (*directory, error) {
	if at < 8 || int64(at)+2 > int64(len(data)) {
		return nil, errNoTIFF
	}
	d := &directory{data: data, order: order, entries: map[uint16]entry{}}
	n := int(order.Uint16(data[at:]))
	rest := data[at+2:]
	if len(rest) < 12*n {
		return nil, errNoTIFF
	}
	for i := range n {
		b := rest[12*i : 12*i+12]
		e := entry{kind: order.Uint16(b[2:]), count: order.Uint32(b[4:])}
		if int(e.kind) >= len(ifdSizes) || e.kind == 0 {
			continue
		}
		size := int64(e.count) * int64(ifdSizes[e.kind])
		if size <= 4 {
			e.value = b[8 : 8+size]
		} else if from := int64(order.Uint32(b[8:])); from+size <= int64(len(data)) {
			e.value = data[from : from+size]
		} else {
			continue
		}
		d.entries[order.Uint16(b)] = e
	}
	if len(rest) >= 12*n+4 {
		d.next = order.Uint32(rest[12*n:])
	}
	return d, nil
}

// bytes returns the bytes of a tag, nil where there is none.
func (d *directory) bytes(tag uint16) []byte { return d.entries[tag].value }

// numbers returns the whole numbers of a tag, nil where there are none.
func (d *directory) numbers(tag uint16) []uint32 {
	e := d.entries[tag]
	var out []uint32
	switch e.kind {
	case 1, 7:
		for _, b := range e.value {
			out = append(out, uint32(b))
		}
	case 3:
		for i := 0; i+2 <= len(e.value); i += 2 {
			out = append(out, uint32(d.order.Uint16(e.value[i:])))
		}
	case 4, 13:
		for i := 0; i+4 <= len(e.value); i += 4 {
			out = append(out, d.order.Uint32(e.value[i:]))
		}
	}
	return out
}

// number returns the first whole number of a tag, or another.
func (d *directory) number(tag uint16, otherwise uint32) uint32 {
	if v := d.numbers(tag); len(v) > 0 {
		return v[0]
	}
	return otherwise
}

// pages counts the directories of a chain that are no thumbnails.
func (d *directory) pages() int {
	const most = 1 << 16 // ends chains that come back to themselves
	n := 0
	for i := 0; ; i++ {
		const reduced = 1 // bit of NewSubfileType
		if d.number(tagSubfile, 0)&reduced == 0 {
			n++
		}
		if d.next == 0 || i == most {
			return max(1, n)
		}
		next, err := directoryAt(d.data, d.order, d.next)
		if err != nil {
			return max(1, n)
		}
		d = next
	}
}

// Tags of TIFF 6.0 and its supplements.
const (
	tagSubfile         = 254
	tagWidth           = 256
	tagHeight          = 257
	tagBits            = 258
	tagCompression     = 259
	tagPhotometric     = 262
	tagStripOffsets    = 273
	tagOrientation     = 274
	tagSamplesPerPixel = 277
	tagRowsPerStrip    = 278
	tagStripBytes      = 279
	tagPlanar          = 284
	tagPredictor       = 317
	tagTileWidth       = 322
	tagTileHeight      = 323
	tagTileOffsets     = 324
	tagTileBytes       = 325
	tagExtraSamples    = 338
	tagSampleFormat    = 339
	tagICC             = 34675
	tagColorMap        = 320
	tagDNGVersion      = 50706
)

// Tags of EXIF 3.0.
const (
	tagExif            = 0x8769
	tagInteroperable   = 0xa005
	tagInteroperableID = 1
)

// float16 widens a half-precision number (IEEE 754).
func float16(b uint16) float32 {
	sign, exp, frac := uint32(b>>15)<<31, uint32(b>>10)&31, uint32(b)&0x3ff
	switch exp {
	case 0:
		v := float32(frac) / (1 << 24)
		return math.Float32frombits(sign | math.Float32bits(v))
	case 31:
		return math.Float32frombits(sign | 0x7f800000 | frac<<13)
	}
	return math.Float32frombits(sign | (exp+112)<<23 | frac<<13)
}
