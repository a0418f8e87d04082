package dataset

import "math/rand/v2"

// Stream is an endless seeded order of n samples: one random permutation after
// another. The sample at a position depends on n, seed and position alone, so
// that a stream needs no stored state to go on where another one stopped.
type Stream struct {
	seed     uint64
	position int
	epoch    int // of order; -1 before the first
	order    []int
}

// NewStream returns a stream of n samples at position 0. n is at least 1.
func NewStream(n int, seed uint64) *Stream {
	if n < 1 {
		panic("dataset: a stream of no samples")
	}
	return &Stream{seed: seed, epoch: -1, order: make([]int, n)}
}

// Next fills dst with the next samples.
func (s *Stream) Next(dst []int) {
	for i := range dst {
		n := len(s.order)
		if e := s.position / n; e != s.epoch {
			s.shuffle(e)
		}
		dst[i] = s.order[s.position%n]
		s.position++
	}
}

// shuffle makes the permutation of an epoch, which has a generator of its own.
func (s *Stream) shuffle(epoch int) {
	for i := range s.order {
		s.order[i] = i
	}
	rng := rand.New(rand.NewPCG(s.seed, uint64(epoch)))
	rng.Shuffle(len(s.order), func(a, b int) { s.order[a], s.order[b] = s.order[b], s.order[a] })
	s.epoch = epoch
}

// Position returns the number of samples given so far.
func (s *Stream) Position() int { return s.position }

// Seek moves to a position, at least 0.
func (s *Stream) Seek(position int) { s.position = position }
