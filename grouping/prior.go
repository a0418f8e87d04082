package grouping

import "math"

// effects are the variances of what a true gain is made of. In a pool of j with
// others a domain's gain is
//
//	g(j,S) = μ + t_j + mean over i in S, i ≠ j, of (s_i + u_{ij} + v_ji) + w
//
// t is what the target gains from anyone, s what the source gives to anyone, u
// what a pair has in both directions and v in one, all normal about zero and
// independent. For larger pools w is by how much they differ from the mean of
// their pairs: one third of its variance is the same for all larger pools, one
// third for all members of a pool, and one third is the member's own. For pairs
// alone this is the social relations model (Kenny and La Voie, Advances in
// Experimental Social Psychology 18, 1984).
type effects [effectKinds]float64

// The kinds of effects, in the order of effects.
const (
	ofTarget = iota
	ofSource
	ofPair
	ofCell
	ofLarger
	effectKinds
)

// place is where a gain stands in the matrix: a domain and the pool it is in.
type place struct {
	target int
	pool   set
}

// alike returns the covariance that two gains have by each kind of effect of
// variance 1. With apart, gains of two targets have none.
func alike(a, b place, apart bool) (c effects) {
	same := a.target == b.target
	if apart && !same {
		return c
	}
	others, also := a.pool.Without(a.target), b.pool.Without(b.target)
	weight := 1 / float64(others.Count()*also.Count())
	shared := float64(others.Count()-others.Minus(also).Count()) * weight
	if same {
		c[ofTarget], c[ofPair], c[ofCell] = 1, shared, shared
	} else if others.Has(b.target) && also.Has(a.target) {
		c[ofPair] = weight
	}
	c[ofSource] = shared
	if others.Count() > 1 && also.Count() > 1 {
		c[ofLarger] = 1. / 3
		if a.pool == b.pool {
			c[ofLarger] += 1. / 3
			if same {
				c[ofLarger] += 1. / 3
			}
		}
	}
	return c
}

// shapes are how the variance of a pair's gain may be shared out among effects of
// target, source, pair and cell.
var shapes = [][4]float64{
	{0, 0, 0, 1},
	{.25, .25, .25, .25},
	{.1, .1, .6, .2},
	{0, 0, .8, .2},
	{.7, 0, 0, .3},
	{0, .7, 0, .3},
	{.4, .4, .1, .1},
}

// shapesApart are those without anything that two targets have in common.
var shapesApart = [][4]float64{{0, 0, 0, 1}, {.5, 0, 0, .5}, {.8, 0, 0, .2}}

// Spreads are standard deviations of a pair's true gain, in standard errors of the
// measured ones; largerShares are variances of the effect of larger pools, as
// shares of that of a pair.
var (
	spreads      = []float64{0.25, 0.5, 1, 2, 4, 8}
	largerShares = []float64{.05, .25, 1}
)

// candidateEffects lists the variances that are weighed against each other. With
// the typical standard error of a gain as unit, spreads go up by factors of two,
// from gains that do not differ at all.
func candidateEffects(unit float64, larger, apart bool) []effects {
	list := []effects{{}}
	among, shares := shapes, largerShares
	if apart {
		among = shapesApart
	}
	if !larger || apart {
		shares = shares[1:2]
	}
	for _, spread := range spreads {
		variance := math.Pow(spread*unit, 2)
		for _, shape := range among {
			for _, share := range shares {
				list = append(list, effects{variance * shape[0], variance * shape[1], variance * shape[2], variance * shape[3], variance * share})
			}
		}
	}
	return list
}
