package datafile

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// WAVFormat is how the samples of a WAV file are stored.
type WAVFormat struct {
	Element
	Kind     string // for messages
	Channels int
	Rate     float64
	Size     int64 // bytes of samples; -1 to the end of the file
	Start    int64 // byte at which samples begin
}

// Tags of formats in WAV files.
const (
	wavPCM        = 1
	wavFloat      = 3
	wavExtensible = 0xFFFE
)

// WAVHeader reads up to the samples of a WAV file: RIFF, a size, WAVE, then
// chunks of four letters, a size and a content that is padded to an even size;
// fmt describes the samples, data holds them.
func WAVHeader(f *File) (WAVFormat, error) {
	fail := func(at int64, value, reason string) (WAVFormat, error) {
		return WAVFormat{}, &Error{File: f.Path, Member: fmt.Sprintf("byte %d", at), Value: value, Reason: reason}
	}
	head := make([]byte, 12)
	if n, err := ReadUpTo(f, head); err != nil && !errors.Is(err, io.EOF) {
		return WAVFormat{}, f.Broken(err)
	} else if n < len(head) || string(head[:4]) != "RIFF" || string(head[8:]) != "WAVE" {
		_, err := fail(0, string(head[:n]), "not a WAV file: it does not begin with RIFF and WAVE")
		return WAVFormat{}, cmp.Or(f.foreign(), err)
	}
	var w WAVFormat
	at := int64(len(head))
	for {
		chunk := head[:8]
		if _, err := io.ReadFull(f, chunk); err != nil {
			return WAVFormat{}, f.Broken(err)
		}
		id, size := string(chunk[:4]), int64(binary.LittleEndian.Uint32(chunk[4:]))
		at += int64(len(chunk))
		switch id {
		case "fmt ":
			const most = 1 << 10
			if size < 16 || size > most {
				return fail(at-4, fmt.Sprint(size), "the size of the description of samples")
			}
			body := make([]byte, size+size%2)
			if _, err := io.ReadFull(f, body); err != nil {
				return WAVFormat{}, f.Broken(err)
			}
			var reason string
			if w, reason = wavDescription(body[:size]); reason != "" {
				return fail(at, "", reason)
			}
			at += int64(len(body))
		case "data":
			if w.Channels == 0 {
				return fail(at-8, "", "samples begin before their description")
			}
			w.Start, w.Size = at, size
			if size == 0 || size == math.MaxUint32 {
				w.Size = -1 // written by a program that could not go back
			}
			return w, nil
		default:
			size += size % 2
			if _, err := io.CopyN(io.Discard, f, size); err != nil {
				return WAVFormat{}, f.Broken(err)
			}
			at += size
		}
	}
}

// wavDescription reads the content of a fmt chunk, or says what is wrong.
func wavDescription(b []byte) (WAVFormat, string) {
	order := binary.LittleEndian
	tag, bits := order.Uint16(b), int(order.Uint16(b[14:]))
	w := WAVFormat{Channels: int(order.Uint16(b[2:])), Rate: float64(order.Uint32(b[4:]))}
	if tag == wavExtensible {
		if len(b) < 26 {
			return w, "the description of samples is truncated"
		}
		tag = order.Uint16(b[24:]) // the beginning of the format's GUID
	}
	pcm := func(depth int, whole func([]byte) float64) Element {
		scale := math.Ldexp(1, 1-depth)
		return Element{depth / 8, func(_ binary.ByteOrder, b []byte) float64 { return scale * whole(b) }}
	}
	w.Kind = fmt.Sprintf("sample of %d bits", bits)
	switch {
	case tag != wavPCM && tag != wavFloat:
		return w, fmt.Sprintf("samples of format 0x%04x, which is compressed or unknown; save the file as PCM or float", tag)
	case tag == wavPCM && bits == 8:
		w.Element = pcm(8, func(b []byte) float64 { return float64(b[0]) - 128 })
	case tag == wavPCM && bits == 16:
		w.Element = pcm(16, func(b []byte) float64 { return float64(int16(order.Uint16(b))) })
	case tag == wavPCM && bits == 24:
		w.Element = pcm(24, func(b []byte) float64 { return float64(int32(uint32(b[0])<<8|uint32(b[1])<<16|uint32(b[2])<<24) >> 8) })
	case tag == wavPCM && bits == 32:
		w.Element = pcm(32, func(b []byte) float64 { return float64(int32(order.Uint32(b))) })
	case tag == wavFloat && bits == 32:
		w.Element = Elements["float32"]
	case tag == wavFloat && bits == 64:
		w.Element = Elements["float64"]
	default:
		return w, fmt.Sprintf("samples of %d bits; PCM has 8, 16, 24 or 32, float has 32 or 64", bits)
	}
	switch {
	case w.Channels == 0:
		return w, "no channels"
	case w.Rate == 0:
		return w, "no samples per second"
	case int(order.Uint16(b[12:])) != w.Channels*w.Width:
		return w, fmt.Sprintf("%d bytes for each moment of %d channels of %d bits", order.Uint16(b[12:]), w.Channels, bits)
	}
	return w, ""
}
