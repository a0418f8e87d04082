package grouping

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Shrunk is what is to be expected of a true gain, or of a sum of them, with
// limits: NaN (null in JSON) where unknown.
type Shrunk struct {
	Gain   float64
	Lo, Hi float64
}

// Posterior are gains without winner's curse: measured gains, shrunk towards what
// those of the same domain, of the same partners and of all have in common.
type Posterior struct {
	// Why says why gains are as measured, and not shrunk; empty where they are.
	Why string
	// Gains are those of the problem's pools, by pool and member.
	Gains [][]Shrunk
}

// fewPools is the largest number of pools that tells too little of how true gains
// vary.
const fewPools = 3

const (
	// outlying is the probability with which the largest of the errors that chance
	// makes of all gains is taken for more than chance.
	outlying = 0.2
	// mostMoved is how many standard errors a gain is moved by shrinking at most, where
	// all true gains are likely to be the same; leastMoved is how many at most where
	// they differ much, or where it is like no other.
	mostMoved, leastMoved = 1.5, 0.6
	// alwaysHeld is how many standard errors beyond the measured gain, seen from the
	// posterior mean, are always within the limits: the normal distribution exceeds
	// them in 5 %.
	alwaysHeld = 1.645
)

// Shrink returns the posterior of every measured gain. The scale is that of the
// logarithm of the error that is left, y = -log(1 - g), since there the variance
// of a gain hardly depends on what chance made of the gain itself; on the scale of
// gains low ones have large variances, count less, and the mean leans high. True
// values θ have a normal prior (see effects), measured ones err about them with the
// problem's covariances. With K the covariance of the prior, V that of θ and errors
// together, and μ estimated by generalised least squares,
//
//	E θ = μ + K V⁻¹ (y - μ)    cov θ = K - K V⁻¹ K + what is unknown of μ
//
// The variances of the prior are not estimated once and taken for known. All
// candidates of a grid (candidateEffects) are weighed by their restricted
// likelihood, so that the posterior variance is
//
//	mean over candidates of the variance + variance over candidates of the mean:
//
// the second part is what intervals lack that take estimates for known (Morris,
// Journal of the American Statistical Association 78, 1983). Limits are Student's t
// with the degrees of freedom that the errors' covariances were estimated with.
//
// A normal prior is wrong about a gain that is like no other, such as that of the
// only related pair among many domains, and about clusters of gains. Hence a gain is
// moved by 1.5 standard errors at most where nothing says that true gains differ, by
// 0.6 where they differ much, and by 0.6 where the prior would move it by more than
// the largest error that chance makes of so many gains (limited translation: Efron and
// Morris, Journal of the American Statistical Association 67, 1972). And the limit on the side of the measured gain lies at least 1.645
// standard errors beyond it: the lower (upper) limit of a gain that was moved
// downwards (upwards) is that of the posterior.
//
// Gains are returned as measured where fewer than four pools were, or some gain has
// no limits. Their limits then allow for a choice among the pools, with the chance
// of an error divided by one more than there are pools (Bonferroni).
func Shrink(p *Problem) (*Posterior, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	g := newGains(p)
	var sums []*sum
	for k, pool := range p.Pools {
		for i := range pool.Members {
			s := g.newSum()
			s.measured(g, k, i, 1)
			sums = append(sums, s)
		}
	}
	shrunk, why, err := g.shrink(sums, false)
	if err != nil {
		return nil, err
	}
	out := &Posterior{Why: why}
	for k, pool := range p.Pools {
		out.Gains = append(out.Gains, shrunk[g.start[k]:g.start[k]+len(pool.Members)])
	}
	return out, nil
}

// sum is a weighted sum of true gains, of pools that were measured or not.
type sum struct {
	places []place
	weight []float64
	// cells are the weights of the measured gains that stand for it.
	cells []float64
}

func (g *gains) newSum() *sum { return &sum{cells: make([]float64, len(g.cell))} }

// measured adds the gain of member i of measured pool k.
func (s *sum) measured(g *gains, k, i int, weight float64) {
	s.places = append(s.places, place{g.problem.Pools[k].Members[i], g.sets[k]})
	s.weight = append(s.weight, weight)
	s.cells[g.start[k]+i] += weight
}

// add adds the gain of a domain in a pool, measured or estimated from pairs.
func (s *sum) add(g *gains, domain int, pool set, weight float64) {
	if pool.Count() == 1 {
		return
	}
	if k, ok := g.pools[pool]; ok {
		for i, m := range g.problem.Pools[k].Members {
			if m == domain {
				s.measured(g, k, i, weight)
			}
		}
		return
	}
	s.places = append(s.places, place{domain, pool})
	s.weight = append(s.weight, weight)
	for i := range pool.Without(domain).All() {
		s.cells[g.pair[domain*g.n+i]] += weight / float64(pool.Count()-1)
	}
}

// shrink returns the posterior of each sum, or what was measured, with the reason.
func (g *gains) shrink(sums []*sum, joint bool) (out []Shrunk, why string, err error) {
	errors, err := newErrorModel(g)
	if err != nil {
		return nil, "", err
	}
	m := newMixed(g, errors)
	switch {
	case errors.fixed > 0:
		why = fmt.Sprintf("%d of %d gains have no limits", errors.fixed, len(g.cell))
	case len(g.sets) <= fewPools:
		why = fmt.Sprintf("%d measured pools, fewer than %d, tell too little of how gains vary", len(g.sets), fewPools+1)
	case slices.ContainsFunc(g.cell, func(x float64) bool { return x > 1 }):
		why = "gains above 1 are not relative to a domain's own error"
	case m == nil:
		why = "gains are many, and several domains share errors"
	}
	multiple := func(s *sum) float64 { return quantile((1+g.problem.level())/2, errors.freedom(s.cells)) }
	if why != "" {
		chance := (1 - g.problem.level()) / float64(len(g.sets)+1)
		for _, s := range sums {
			mean, half := dot(s.cells, g.cell), math.Sqrt(errors.variance(s.cells))*quantile(1-chance/2, errors.freedom(s.cells))
			out = append(out, Shrunk{mean, mean - half, mean + half})
		}
		return out, why, nil
	}
	at := map[place]int{}
	var places []place
	for _, s := range sums {
		for _, p := range s.places {
			if _, ok := at[p]; !ok {
				at[p] = len(places)
				places = append(places, p)
			}
		}
	}
	if len(places) == 0 {
		return make([]Shrunk, len(sums)), "", nil // every domain alone
	}
	mean, covariance := m.posterior(places, joint)
	left := make([]float64, len(places)) // mean of what is left of the error
	for i, x := range mean {
		left[i] = math.Exp(-x + covariance.At(i, i)/2)
	}
	// Points are limited gain by gain, so that those of sums add up.
	point := make([]float64, len(places))
	for i, p := range places {
		one := g.newSum()
		one.add(g, p.target, p.pool, 1)
		raw, error := dot(one.cells, g.cell), math.Sqrt(errors.variance(one.cells))
		most := error * m.mostMoved(math.Abs(1-left[i]-raw)/error)
		point[i] = max(raw-most, min(1-left[i], raw+most))
	}
	for _, s := range sums {
		x := s.posterior(at, mean, left, covariance, multiple(s)*m.beyondBlocks(errors, s.cells))
		for k, p := range s.places {
			x.Gain += s.weight[k] * point[at[p]]
		}
		raw, held := dot(s.cells, g.cell), alwaysHeld*math.Sqrt(errors.variance(s.cells))
		if raw > x.Gain {
			x.Hi = max(x.Hi, raw+held)
		} else {
			x.Lo = min(x.Lo, raw-held)
		}
		x.Lo, x.Hi = min(x.Lo, x.Gain), max(x.Hi, x.Gain)
		out = append(out, x)
	}
	return out, "", nil
}

// mostMoved is how many standard errors a gain may be moved at most that the prior
// would move by so many.
func (m *mixed) mostMoved(by float64) float64 {
	usual := distuv.UnitNormal.Quantile(1 - outlying/2/float64(len(m.places)))
	most := leastMoved + (mostMoved-leastMoved)*m.alike*m.alike
	return max(leastMoved, min(by, most, usual-(usual-leastMoved)*(by-usual)))
}

// posterior are the limits of the sum, a multiple of the posterior standard
// deviation away from its mean: for one gain on the scale of logarithms, for a sum
// by the covariances of what are lognormal variates there.
func (s *sum) posterior(at map[place]int, mean, left []float64, covariance mat.Symmetric, multiple float64) Shrunk {
	if len(s.places) == 1 && s.weight[0] == 1 {
		i := at[s.places[0]]
		half := math.Sqrt(max(0, covariance.At(i, i))) * multiple
		return Shrunk{Lo: 1 - math.Exp(half-mean[i]), Hi: 1 - math.Exp(-half-mean[i])}
	}
	centre, variance := 0.0, 0.0
	for k, p := range s.places {
		i := at[p]
		centre += s.weight[k] * (1 - left[i])
		for l, q := range s.places {
			j := at[q]
			variance += s.weight[k] * s.weight[l] * left[i] * left[j] * math.Expm1(covariance.At(i, j))
		}
	}
	half := math.Sqrt(max(0, variance)) * multiple
	return Shrunk{Lo: centre - half, Hi: centre + half}
}
