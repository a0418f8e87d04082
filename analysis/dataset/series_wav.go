package dataset

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// recordWAV reads a WAV file. Whole numbers become -1 to 1, so that files of
// different depths mean the same.
func (sr *seriesReader) recordWAV(file recordingFile) (*recording, error) {
	f, err := sr.openFile(file.path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	w, err := datafile.WAVHeader(f)
	if err != nil {
		return nil, err
	}
	if want := sr.study.Input.Series.Channels; w.Channels != want {
		return nil, &Error{File: file.path, Reason: fmt.Sprintf("%d channels, and input.series.channels is %d", w.Channels, want)}
	}
	r := &recording{file: file, channels: make(planar, w.Channels), rate: w.Rate}
	samples := io.Reader(f)
	if w.Size >= 0 {
		samples = io.LimitReader(f, w.Size)
	}
	n, err := sr.frames(r, f, samples, frames{w.Element, w.Kind, binary.LittleEndian, w.Start})
	if err != nil {
		return nil, err
	}
	if n < w.Size {
		return nil, &Error{File: file.path, Reason: fmt.Sprintf("the file ends after %d bytes of samples, and its header states %d; it is truncated", n, w.Size)}
	}
	return r, sr.finish(f)
}
