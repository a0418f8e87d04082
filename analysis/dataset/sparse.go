package dataset

import "runtime"

// pair is a number of a sparse row that is not 0, and where it stands.
type pair struct {
	index int32
	value float32
}

// sparseRows are rows of which most numbers are 0. Only the others are stored,
// row after row, in memory or in a mapped file.
type sparseRows struct {
	starts []int // of rows among pairs, and the end
	pairs  *blocks[pair]
}

func (s *sparseRows) count() int { return len(s.starts) - 1 }

// read writes a row with its zeros into dst, which may be wider than the row.
func (s *sparseRows) read(row int, dst []float32) {
	clear(dst)
	for at, end := s.starts[row], s.starts[row+1]; at < end; {
		run := s.pairs.run(at, end-at)
		for _, p := range run {
			dst[p.index] = p.value
		}
		at += len(run)
	}
	runtime.KeepAlive(s.pairs.mapped)
}
