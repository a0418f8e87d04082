package dataset

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/sharewise/sharewise/analysis/study"
)

// element is how one number is stored.
type element struct {
	width int
	value func(binary.ByteOrder, []byte) float64
}

var elements = map[string]element{
	study.Float32: {4, func(o binary.ByteOrder, b []byte) float64 { return float64(math.Float32frombits(o.Uint32(b))) }},
	study.Float64: {8, func(o binary.ByteOrder, b []byte) float64 { return math.Float64frombits(o.Uint64(b)) }},
	study.Int8:    {1, func(_ binary.ByteOrder, b []byte) float64 { return float64(int8(b[0])) }},
	study.Uint8:   {1, func(_ binary.ByteOrder, b []byte) float64 { return float64(b[0]) }},
	study.Int16:   {2, func(o binary.ByteOrder, b []byte) float64 { return float64(int16(o.Uint16(b))) }},
	study.Int32:   {4, func(o binary.ByteOrder, b []byte) float64 { return float64(int32(o.Uint32(b))) }},
}

// maxSamples bounds the moments of one recording: positions are int32.
const maxSamples = 1 << 30

// recordRaw reads numbers without a header, channels interleaved.
func (o *opener) recordRaw(file recordingFile, kind string) (*recording, error) {
	f, err := o.openFile(file.path)
	if err != nil {
		return nil, err
	}
	defer f.os.Close()
	var order binary.ByteOrder = binary.LittleEndian
	if o.d.Series.ByteOrder == "big" {
		order = binary.BigEndian
	}
	e := elements[kind]
	r := &recording{file: file, channels: make(planar, o.study.Input.Series.Channels)}
	frame := e.width * len(r.channels)
	buf := make([]byte, frame*max(1, 1<<16/frame))
	for {
		n, err := readUpTo(f, buf)
		ended := errors.Is(err, io.EOF)
		if err != nil && !ended {
			return nil, f.broken(err)
		}
		if rest := n % frame; rest != 0 {
			return nil, &Error{File: file.path, Reason: fmt.Sprintf("the last %d bytes are less than one %s for each of %d channels; is series.type or input.series.channels wrong?", rest, kind, len(r.channels))}
		}
		for at := 0; at < n; at += frame {
			r.moment(e, order, buf[at:at+frame])
		}
		if ended {
			return r, o.finish(f)
		}
		if r.channels.length() > maxSamples {
			return nil, &Error{File: file.path, Reason: fmt.Sprintf("more than %d samples in a channel; cut the file into several", maxSamples)}
		}
		if o.ctx.Err() != nil {
			return nil, o.ctx.Err()
		}
	}
}

// readUpTo fills buf as far as there is something to read. Unlike io.ReadFull
// it keeps the error of a truncated file apart from that of its end.
func readUpTo(r io.Reader, buf []byte) (int, error) {
	n := 0
	for n < len(buf) {
		k, err := r.Read(buf[n:])
		n += k
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// moment appends one sample of every channel.
func (r *recording) moment(e element, order binary.ByteOrder, b []byte) {
	at := r.channels.length()
	for c := range r.channels {
		v := e.value(order, b[c*e.width:(c+1)*e.width])
		if reason := unusable(v); reason != "" {
			r.spoil(at, &Error{
				File: r.file.path, Member: fmt.Sprintf("sample %d of channel %d (byte %d)", at, c+1, (at*len(r.channels)+c)*e.width),
				Value: strconv.FormatFloat(v, 'g', -1, 64), Reason: reason,
			})
			v = 0
		}
		r.channels[c] = append(r.channels[c], float32(v))
	}
}

// unusable says what is wrong with a number, "" for nothing.
func unusable(v float64) string {
	switch {
	case math.IsNaN(v):
		return "not a number"
	case math.IsInf(v, 0):
		return "not finite"
	case math.Abs(v) > math.MaxFloat32:
		return "too large for a 32-bit number"
	}
	return ""
}
