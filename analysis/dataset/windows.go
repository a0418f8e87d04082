package dataset

// signal is one recording: channels of numbers at equal steps of time.
type signal interface {
	length() int // samples of a channel
	// read writes samples of all channels into dst, [channels, n].
	read(start, n int, dst []float32)
}

// planar is a signal in memory, channel by channel.
type planar [][]float32

func (p planar) length() int { return len(p[0]) }

func (p planar) read(start, n int, dst []float32) {
	for c, x := range p {
		copy(dst[c*n:(c+1)*n], x[start:start+n])
	}
}

// windows are rows that are views of signals: where they overlap, nothing is
// stored twice.
type windows struct {
	size    int // samples of a window
	signals []signal
	at      []position
}

// position is where a window begins.
type position struct{ signal, start int32 }

func (w *windows) count() int { return len(w.at) }

func (w *windows) read(row int, dst []float32) {
	p := w.at[row]
	w.signals[p.signal].read(int(p.start), w.size, dst)
}

// span is what a window sees of its signal, first and last sample as they are
// stored: its own, what the filter of resampling adds on both sides, and what
// lies before its target.
type span struct {
	signal   int32 // among all of the domain
	from, to int32
}
