package dataset

import "runtime"

// planar is a recording in memory: numbers at equal steps of time, channel by
// channel.
type planar [][]float32

func (p planar) length() int { return len(p[0]) }

// windows are rows that are views of recordings: where they overlap, nothing is
// stored twice.
type windows struct {
	size       int // samples of a window
	recordings []extent
	at         []position
	// values are the recordings, each channel by channel, in memory or in a
	// mapped file.
	values *blocks[float32]
}

// extent is where a recording lies, and the samples of a channel.
type extent struct{ start, length int }

// position is where a window begins.
type position struct{ recording, start int32 }

func (w *windows) count() int { return len(w.at) }

func (w *windows) read(row int, dst []float32) {
	p := w.at[row]
	r := w.recordings[p.recording]
	for from := r.start + int(p.start); len(dst) > 0; from += r.length {
		for n := 0; n < w.size; {
			n += copy(dst[n:w.size], w.values.run(from+n, w.size-n))
		}
		dst = dst[w.size:]
	}
	runtime.KeepAlive(w.values.mapped)
}

// span is what a window sees of its signal, first and last sample as they are
// stored: its own, what the filter of resampling adds on both sides, and what
// lies before its target.
type span struct {
	signal   int32 // among all of the domain
	from, to int32
}
