package dataset

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// maxSamples bounds the moments of one recording: positions are int32.
const maxSamples = 1 << 30

// recordRaw reads numbers without a header, channels interleaved.
func (sr *seriesReader) recordRaw(file recordingFile, kind string) (*recording, error) {
	f, err := sr.openFile(file.path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var order binary.ByteOrder = binary.LittleEndian
	if sr.d.Series.ByteOrder == "big" {
		order = binary.BigEndian
	}
	r := &recording{file: file, channels: make(planar, sr.study.Input.Series.Channels)}
	if _, err := sr.frames(r, f, f, frames{datafile.Elements[kind], kind, order, 0}); err != nil {
		return nil, err
	}
	return r, sr.finish(f)
}

// frames is how samples lie: one of every channel for each moment.
type frames struct {
	datafile.Element
	kind  string // for messages
	order binary.ByteOrder
	start int64 // byte of the file
}

// frames reads samples into a recording up to the end of in, and returns the
// number of bytes.
func (sr *seriesReader) frames(r *recording, f *datafile.File, in io.Reader, form frames) (int64, error) {
	frame := form.Width * len(r.channels)
	buf := make([]byte, frame*max(1, 1<<16/frame))
	total := int64(0)
	for {
		n, err := datafile.ReadUpTo(in, buf)
		total += int64(n)
		ended := errors.Is(err, io.EOF)
		if err != nil && !ended {
			return total, f.Broken(err)
		}
		if rest := n % frame; rest != 0 {
			return total, &Error{File: f.Path, Reason: fmt.Sprintf("the last %d bytes are less than one %s for each of %d channels; is the file truncated, or series.type or input.series.channels wrong?", rest, form.kind, len(r.channels))}
		}
		for at := 0; at < n; at += frame {
			r.moment(form, buf[at:at+frame])
		}
		if ended {
			return total, nil
		}
		if r.channels.length() > maxSamples {
			return total, &Error{File: f.Path, Reason: fmt.Sprintf("more than %d samples in a channel; cut the file into several", maxSamples)}
		}
		if sr.ctx.Err() != nil {
			return total, sr.ctx.Err()
		}
	}
}

// moment appends one sample of every channel.
func (r *recording) moment(form frames, b []byte) {
	at := r.channels.length()
	for c := range r.channels {
		v := form.Value(form.order, b[c*form.Width:(c+1)*form.Width])
		if reason := unusable(v); reason != "" {
			r.spoil(at, &Error{
				File: r.file.path, Member: fmt.Sprintf("sample %d of channel %d (byte %d)", at, c+1, form.start+int64((at*len(r.channels)+c)*form.Width)),
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
