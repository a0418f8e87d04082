package imagefile

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
)

// jpegNotes walks the segments of a JPEG file up to its pixels (ITU-T T.81,
// annex B): EXIF data in APP1, an ICC profile in parts in APP2.
func jpegNotes(data []byte) notes {
	var n notes
	var parts [256][]byte
	for at := 2; at+4 <= len(data) && data[at] == 0xff; {
		marker := data[at+1]
		if marker == 0xff { // fill
			at++
			continue
		}
		size := int(binary.BigEndian.Uint16(data[at+2:]))
		if marker == 0xda || size < 2 || at+2+size > len(data) {
			break
		}
		body := data[at+4 : at+2+size]
		switch {
		case marker == 0xe1 && n.exif == nil && bytes.HasPrefix(body, exifMark):
			n.exif = body[len(exifMark):]
		case marker == 0xe2 && bytes.HasPrefix(body, iccMark) && len(body) > len(iccMark)+2:
			parts[body[len(iccMark)]] = body[len(iccMark)+2:]
		}
		at += 2 + size
	}
	n.icc = bytes.Join(parts[:], nil)
	return n
}

// Beginnings of segments.
var (
	exifMark = []byte("Exif\x00\x00")
	iccMark  = []byte("ICC_PROFILE\x00")
)

// pngNotes walks the chunks of a PNG file (third edition, 2025): eXIf, iCCP, and
// acTL, which counts the frames of an animation. EXIF data may stand behind the
// pixels.
func pngNotes(data []byte) notes {
	var n notes
	for at := 8; at+12 <= len(data); {
		size := int64(binary.BigEndian.Uint32(data[at:]))
		if int64(at)+12+size > int64(len(data)) {
			break
		}
		body := data[at+8 : at+8+int(size)]
		switch string(data[at+4 : at+8]) {
		case "IHDR":
			const grayAlpha = 4
			n.gray = len(body) > 9 && body[9] == grayAlpha
		case "eXIf":
			n.exif = body
		case "iCCP":
			if _, packed, ok := bytes.Cut(body, []byte{0}); ok && len(packed) > 1 {
				n.icc = unpacked(packed[1:])
			}
		case "acTL":
			if len(body) >= 4 {
				n.frames = int(min(binary.BigEndian.Uint32(body), 1<<30))
			}
		}
		at += 12 + int(size)
	}
	return n
}

// maxProfile bounds the bytes of an ICC profile. Those with matrices have some
// hundreds or thousands.
const maxProfile = 1 << 22

func unpacked(packed []byte) []byte {
	r, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil
	}
	out, err := io.ReadAll(io.LimitReader(r, maxProfile))
	if err != nil {
		return nil
	}
	return out
}

// webpNotes walks the chunks of a WebP file: EXIF and ICCP.
func webpNotes(data []byte) notes {
	var n notes
	for at := 12; at+8 <= len(data); {
		size := int64(binary.LittleEndian.Uint32(data[at+4:]))
		if int64(at)+8+size > int64(len(data)) {
			break
		}
		body := data[at+8 : at+8+int(size)]
		switch string(data[at : at+4]) {
		case "EXIF":
			n.exif = bytes.TrimPrefix(body, exifMark)
		case "ICCP":
			n.icc = body
		}
		at += 8 + int(size+size&1)
	}
	return n
}

// gifFrames counts the images of a GIF file (GIF89a) up to where it ends or is
// damaged, at least 1.
func gifFrames(data []byte) int {
	table := func(flags byte) int {
		if flags&0x80 == 0 {
			return 0
		}
		return 3 << (flags&7 + 1)
	}
	if len(data) < 13 {
		return 1
	}
	frames := 0
	at := 13 + table(data[10])
	for at < len(data) {
		switch data[at] {
		case 0x21: // extension
			at += 2
		case 0x2c:
			if at+10 >= len(data) {
				return max(1, frames)
			}
			frames++
			at += 11 + table(data[at+9])
		default:
			return max(1, frames)
		}
		for at < len(data) && data[at] != 0 {
			at += 1 + int(data[at])
		}
		at++
	}
	return max(1, frames)
}
