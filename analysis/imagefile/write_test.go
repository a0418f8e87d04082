package imagefile

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"math"
	"testing"
)

// tag is an entry of a directory for tests.
type tag struct {
	id    uint16
	kind  uint16 // 3: short, 4: long, 7: bytes
	value any    // []uint16, []uint32, []byte
}

// directories writes TIFF data: pixels behind the head, then directories one
// after another. Entries of tags that hold "pixels" get the place of the pixels.
func directories(order binary.AppendByteOrder, pixels []byte, dirs ...[]tag) []byte {
	mark := "II*\x00"
	if order == binary.AppendByteOrder(binary.BigEndian) {
		mark = "MM\x00*"
	}
	out := append([]byte(mark), 0, 0, 0, 0)
	out = append(out, pixels...)
	link := 4
	for _, tags := range dirs {
		at := len(out)
		put32(order, out[link:], uint32(at))
		out = order.AppendUint16(out, uint16(len(tags)))
		link = at + 2 + 12*len(tags)
		body := []byte{}
		for _, t := range tags {
			var value []byte
			count := 0
			switch v := t.value.(type) {
			case []uint16:
				for _, x := range v {
					value = order.AppendUint16(value, x)
				}
				count = len(v)
			case []uint32:
				for _, x := range v {
					value = order.AppendUint32(value, x)
				}
				count = len(v)
			case []byte:
				value, count = v, len(v)
			}
			out = order.AppendUint16(out, t.id)
			out = order.AppendUint16(out, t.kind)
			out = order.AppendUint32(out, uint32(count))
			if len(value) <= 4 {
				out = append(out, append(bytes.Clone(value), 0, 0, 0, 0)[:4]...)
			} else {
				out = order.AppendUint32(out, uint32(link+4+len(body)))
				body = append(body, value...)
			}
		}
		out = append(out, 0, 0, 0, 0)
		out = append(out, body...)
	}
	return out
}

func put32(order binary.AppendByteOrder, at []byte, v uint32) {
	copy(at, order.AppendUint32(nil, v))
}

func short(id uint16, v ...uint16) tag { return tag{id, 3, v} }
func long(id uint16, v ...uint32) tag  { return tag{id, 4, v} }

// strip are the tags of an image in one strip.
func strip(w, h, bits, format, samples int, size int, more ...tag) []tag {
	photometric := uint16(blackIsZero)
	if samples >= 3 {
		photometric = rgb
	}
	each := make([]uint16, samples)
	for i := range each {
		each[i] = uint16(bits)
	}
	return append([]tag{
		short(tagWidth, uint16(w)), short(tagHeight, uint16(h)), short(tagBits, each...), short(tagPhotometric, photometric), long(tagStripOffsets, 8),
		short(tagSamplesPerPixel, uint16(samples)), short(tagRowsPerStrip, uint16(h)), long(tagStripBytes, uint32(size)), short(tagSampleFormat, uint16(format)),
	}, more...)
}

func floats(order binary.AppendByteOrder, v ...float32) []byte {
	var out []byte
	for _, x := range v {
		out = order.AppendUint32(out, math.Float32bits(x))
	}
	return out
}

func encodePNG(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withChunk puts a chunk behind the first of a PNG file.
func withChunk(file []byte, kind string, body []byte) []byte {
	const first = 8 + 25
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	chunk = append(append(chunk, kind...), body...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	return append(append(bytes.Clone(file[:first]), chunk...), file[first:]...)
}

// withSegment puts a segment at the beginning of a JPEG file.
func withSegment(file []byte, marker byte, body []byte) []byte {
	out := append(bytes.Clone(file[:2]), 0xff, marker)
	out = binary.BigEndian.AppendUint16(out, uint16(len(body)+2))
	return append(append(out, body...), file[2:]...)
}

func encodeJPEG(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func deflated(b []byte) []byte {
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	w.Write(b)
	w.Close()
	return out.Bytes()
}

// icc writes a profile of version 2.
func icc(space string, tags ...iccTag) []byte {
	head := make([]byte, 128)
	copy(head[16:], space+"XYZ ")
	copy(head[36:], "acsp")
	table := binary.BigEndian.AppendUint32(nil, uint32(len(tags)))
	var body []byte
	for _, t := range tags {
		table = append(table, t.name...)
		table = binary.BigEndian.AppendUint32(table, uint32(132+12*len(tags)+len(body)))
		table = binary.BigEndian.AppendUint32(table, uint32(len(t.body)))
		body = append(body, t.body...)
	}
	return append(append(head, table...), body...)
}

type iccTag struct {
	name string
	body []byte
}

func fixed(kind string, head []byte, v ...float64) []byte {
	out := append([]byte(kind+"\x00\x00\x00\x00"), head...)
	for _, x := range v {
		out = binary.BigEndian.AppendUint32(out, uint32(int32(math.Round(x*65536))))
	}
	return out
}

func named(name string) iccTag {
	b := binary.BigEndian.AppendUint32([]byte("desc\x00\x00\x00\x00"), uint32(len(name)+1))
	return iccTag{"desc", append(b, name+"\x00"...)}
}

func primaries(red, green, blue [3]float64, curve []byte) []iccTag {
	var out []iccTag
	for i, c := range []string{"r", "g", "b"} {
		v := [][3]float64{red, green, blue}[i]
		out = append(out, iccTag{c + "XYZ", fixed("XYZ ", nil, v[:]...)}, iccTag{c + "TRC", curve})
	}
	return out
}

func curveTable(points ...uint16) []byte {
	out := binary.BigEndian.AppendUint32([]byte("curv\x00\x00\x00\x00"), uint32(len(points)))
	for _, p := range points {
		out = binary.BigEndian.AppendUint16(out, p)
	}
	return out
}
