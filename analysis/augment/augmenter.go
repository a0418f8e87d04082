package augment

import (
	"fmt"
	"math/rand/v2"
)

// Augmenter augments samples of one shape. It is not for several goroutines at
// once.
type Augmenter struct {
	settings Settings
	shape    []int
	size     int
	codes    int // numbers at the end of a sample that stay
	seed     uint64
	use      []int // positions in methods
	source   *rand.PCG
	rng      *rand.Rand
	scratch  []float32 // for one channel of a series
}

// New returns an augmenter. The last codes numbers of a sample, which stand for
// words, stay as they are. Its error names the first setting that does not suit
// samples of the shape.
func New(s Settings, shape []int, codes int, seed uint64) (*Augmenter, error) {
	if problems := s.Check(shape); len(problems) > 0 {
		return nil, fmt.Errorf("augment: %s: %s", problems[0].Key, problems[0].Message)
	}
	a := &Augmenter{settings: s, shape: shape, size: 1, codes: codes, seed: seed, source: rand.NewPCG(0, 0)}
	a.rng = rand.New(a.source)
	for _, d := range shape {
		a.size *= d
	}
	for i, m := range methods {
		if m.amount(s) != 0 {
			a.use = append(a.use, i)
		}
	}
	if len(shape) == 2 {
		a.scratch = make([]float32, shape[1])
	}
	return a, nil
}

// Apply changes the samples in x, one after another, which are the rows of the
// minibatch of a step. It panics if x does not hold whole samples.
func (a *Augmenter) Apply(step int, x []float32) {
	if len(x)%a.size != 0 {
		panic(fmt.Sprintf("augment: %d numbers are no samples of %d", len(x), a.size))
	}
	if len(a.use) == 0 {
		return
	}
	for row := 0; len(x) > 0; row++ {
		for _, m := range a.use {
			a.source.Seed(a.seed, mix(mix(mix(uint64(step))+uint64(row))+uint64(m)))
			methods[m].apply(a, x[:a.size-a.codes])
		}
		x = x[a.size:]
	}
}

// mix makes an unrelated number of each number: the output function of
// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
// Generators, OOPSLA 2014).
func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
