package affinity

import (
	"errors"
	"math"

	"github.com/sharewise/sharewise/grouping"
)

// surrogate scores a member of a pool by a regression of its gains in other
// pools on who else was in them.
type surrogate struct {
	kernel Kernel
	n      int
	pools  int
	fits   []*Process // by target, nil where a target was in too few pools
}

// NewSurrogate fits, for every domain j of n, its gains in those measured pools
// that hold it on the membership of the others: x_i = 1 where domain i is in the
// pool, 0 where not. Alone, its gain is zero. A domain that is in fewer than two
// pools has no scores.
func NewSurrogate(k Kernel, n int, pools []grouping.Pool) (Estimator, error) {
	s := &surrogate{kernel: k, n: n, fits: make([]*Process, n)}
	x, y := make([][][]float64, n), make([][]float64, n)
	for j := range n {
		x[j], y[j] = [][]float64{s.features([]int{j})}, []float64{0}
	}
	for _, p := range pools {
		if len(p.Members) < 2 {
			continue
		}
		s.pools++
		for i, j := range p.Members {
			x[j], y[j] = append(x[j], s.features(p.Members)), append(y[j], p.Gain[i])
		}
	}
	for j := range n {
		fit, err := FitProcess(k, x[j], y[j])
		if errors.Is(err, ErrTooFew) {
			continue
		}
		if err != nil {
			return nil, err
		}
		s.fits[j] = fit
	}
	return s, nil
}

func (s *surrogate) features(pool []int) []float64 {
	x := make([]float64, s.n)
	for _, i := range pool {
		x[i] = 1
	}
	return x
}

func (s *surrogate) Method() Method {
	m := Method{
		Name: s.kernel.String(), Needs: "gains of pools drawn at random", Pools: s.pools,
		Definition: "regression of g(j,S) on membership in S, penalty and scale by restricted likelihood",
	}
	switch s.kernel {
	case Linear:
		m.Source = "ridge on membership: Li, Nguyen and Zhang, Identification of Negative Transfers in Multitask Learning Using Surrogate Models, TMLR 2023"
	case LinearPairs:
		m.Source = "ridge on membership and pairs of members"
	case Radial:
		m.Source = "Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006"
	}
	return m
}

func (s *surrogate) Score(pool []int) []Estimate {
	x := s.features(pool)
	out := make([]Estimate, len(pool))
	for k, j := range pool {
		out[k] = Estimate{math.NaN(), math.NaN()}
		if s.fits[j] != nil {
			out[k].Value, out[k].Deviation = s.fits[j].Predict(x)
		}
	}
	return out
}
