package filetest

import (
	"encoding/binary"
)

// Tags of formats in WAV files.
const (
	PCM        = 1
	Float      = 3
	Extensible = 0xFFFE
)

// WAV makes a WAV file of 16 bits.
func WAV(rate, channels int, samples ...int16) []byte {
	var body []byte
	for _, s := range samples {
		body = binary.LittleEndian.AppendUint16(body, uint16(s))
	}
	return WAVOf(PCM, 16, rate, channels, len(body), body)
}

// WAVOf makes a WAV file of a tag, bits of a sample, samples per second, channels and
// bytes of samples, with a size of these that need not be theirs.
func WAVOf(tag, bits, rate, channels, size int, body []byte) []byte {
	out := []byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00")
	out = binary.LittleEndian.AppendUint16(out, uint16(tag))
	out = binary.LittleEndian.AppendUint16(out, uint16(channels))
	out = binary.LittleEndian.AppendUint32(out, uint32(rate))
	out = binary.LittleEndian.AppendUint32(out, uint32(rate*channels*bits/8))
	out = binary.LittleEndian.AppendUint16(out, uint16(channels*bits/8))
	out = binary.LittleEndian.AppendUint16(out, uint16(bits))
	out = append(out, "data"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(size))
	return append(out, body...)
}
