package laws

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"
)

// The grid that a law's parameters are integrated over, and what is thought of them
// before any point is seen. With Δ = E / f(largest size), the share of what is left
// at the largest size that no size would take away:
//
//	alpha  log-normal around 0.35 with a deviation of 0.9 in its logarithm, as powers
//	       of published curves scatter (Hestness et al., arXiv:1712.00409; Hoffmann
//	       et al., arXiv:2203.15556)
//	Δ      the square of a number that is uniform from 0 to 1, so that little, and
//	       nothing, is left as often as much
//	tau    half-Cauchy with scale 0.03: by which part of it a measured curve strays
//	       from any such law, beyond the noise of its runs
const (
	alphaCentre, alphaSpread = 0.35, 0.9
	tauScale                 = 0.03

	alphaNodes, restNodes, tauNodes = 24, 21, 14

	leastAlpha, mostAlpha = 0.02, 3
	leastTau, mostTau     = 0.0003, 0.6
)

// node is a point of the grid with what is known of the level at the largest size
// if it is the truth.
type node struct {
	alpha, rest, tau float64
	level, variance  float64
	// below is the posterior probability of the nodes up to this one.
	below float64
}

// box are the limits of a grid, in the logarithm of alpha and the root of Δ.
type box struct{ alpha0, alpha1, rest0, rest1 float64 }

// fitGrid weighs the nodes by the points, whose relative variances of noise are
// given. Given a node, a value is
//
//	y_k = L g_k + noise,   g_k = Δ + (1-Δ) (N_k/N_last)^-alpha
//
// with a variance of (v_k + tau²) y_k², so that the level L is that of a linear
// regression and is integrated over in closed form, with a flat prior. Where points
// are precise, a coarse grid would miss the law and take it for straying: the grid is
// laid again over what is left, until that is most of it.
func fitGrid(points []Point, noise []float64) []node {
	byTau := make([]straying, tauNodes)
	for t := range byTau {
		byTau[t] = newStraying(math.Exp(between(math.Log(leastTau), math.Log(mostTau), t, tauNodes)), points, noise)
	}
	at := box{math.Log(leastAlpha), math.Log(mostAlpha), 0, 1}
	nodes, left := over(at, points, byTau)
	const passes = 6
	for range passes {
		if (left.alpha1-left.alpha0)*(left.rest1-left.rest0) > 0.6*(at.alpha1-at.alpha0)*(at.rest1-at.rest0) {
			break
		}
		at = left
		nodes, left = over(at, points, byTau)
	}
	return nodes
}

// over lays a grid over a box, and returns that part of it which the points leave.
func over(at box, points []Point, byTau []straying) ([]node, box) {
	last := points[len(points)-1].Size
	nodes := make([]node, 0, alphaNodes*restNodes*tauNodes)
	logs := make([]float64, 0, cap(nodes))
	most := math.Inf(-1)
	power, g := make([]float64, len(points)), make([]float64, len(points))
	for a := range alphaNodes {
		logAlpha := between(at.alpha0, at.alpha1, a, alphaNodes)
		alpha := math.Exp(logAlpha)
		z := (logAlpha - math.Log(alphaCentre)) / alphaSpread
		for k, p := range points {
			power[k] = math.Pow(p.Size/last, -alpha)
		}
		for d := range restNodes {
			rest := between(at.rest0, at.rest1, d, restNodes)
			rest *= rest
			for k := range g {
				g[k] = rest + (1-rest)*power[k]
			}
			for t := range byTau {
				n := node{alpha: alpha, rest: rest, tau: byTau[t].tau}
				log := byTau[t].regress(&n, g) - z*z/2
				nodes, logs = append(nodes, n), append(logs, log)
				most = max(most, log)
			}
		}
	}
	return nodes, at.weigh(nodes, logs, most)
}

// weigh fills in the probabilities of nodes by the logarithms of their weights, and
// returns the box, a step wider, of those that have 1e-4 of the largest at least.
func (at box) weigh(nodes []node, logs []float64, most float64) box {
	sum := 0.0
	stepA, stepD := (at.alpha1-at.alpha0)/(alphaNodes-1), (at.rest1-at.rest0)/(restNodes-1)
	left := box{at.alpha1, at.alpha0, at.rest1, at.rest0}
	for i := range nodes {
		w := math.Exp(logs[i] - most)
		sum += w
		nodes[i].below = sum
		if w > 1e-4 {
			a, d := at.alpha0+stepA*float64(i/(restNodes*tauNodes)), at.rest0+stepD*float64(i/tauNodes%restNodes)
			left = box{min(left.alpha0, a), max(left.alpha1, a), min(left.rest0, d), max(left.rest1, d)}
		}
	}
	for i := range nodes {
		nodes[i].below /= sum
	}
	return box{max(at.alpha0, left.alpha0-stepA), min(at.alpha1, left.alpha1+stepA), max(at.rest0, left.rest0-stepD), min(at.rest1, left.rest1+stepD)}
}

// between is the i-th of n equally spaced numbers from lo to hi.
func between(lo, hi float64, i, n int) float64 {
	return lo + (hi-lo)*float64(i)/float64(n-1)
}

// straying is what regressions with one tau have in common.
type straying struct {
	tau float64
	// precision and weighted are 1/variance of every value and that times it.
	precision, weighted []float64
	// log is what the logarithm of the likelihood has from the variances and the prior
	// of tau, squares Σ precision value².
	log, squares float64
}

func newStraying(tau float64, points []Point, noise []float64) straying {
	// Steps of log(tau) are equal: density times tau.
	s := straying{tau: tau, log: math.Log(tau / (1 + tau*tau/(tauScale*tauScale)))}
	for k, p := range points {
		precision := 1 / ((noise[k] + tau*tau) * p.Value * p.Value)
		s.precision, s.weighted = append(s.precision, precision), append(s.weighted, precision*p.Value)
		s.squares += precision * p.Value * p.Value
		s.log += math.Log(precision) / 2
	}
	return s
}

// regress fills in what is known of a node's level, and returns the logarithm of the
// points' likelihood with the level integrated out and of the prior of tau, up to a
// constant.
func (s *straying) regress(n *node, g []float64) float64 {
	gg, gy := 0.0, 0.0
	for k, x := range g {
		gg += x * x * s.precision[k]
		gy += x * s.weighted[k]
	}
	n.level, n.variance = gy/gg, 1/gg
	return s.log - math.Log(gg)/2 - (s.squares-gy*gy/gg)/2
}

// draw draws parameters by what the points say of them.
func draw(nodes []node, random *rand.Rand) (n *node, level float64) {
	u := random.Float64()
	n = &nodes[min(len(nodes)-1, sort.Search(len(nodes), func(i int) bool { return nodes[i].below > u }))]
	for range 64 {
		if level = n.level + math.Sqrt(n.variance)*random.NormFloat64(); level > 0 {
			return n, level
		}
	}
	return n, n.level
}

// Estimate is a number with limits.
type Estimate struct {
	Value float64 `json:"value"`
	Lo    float64 `json:"lo"`
	Hi    float64 `json:"hi"`
}

// estimate reads the median and the limits of a level off draws, which it sorts.
func estimate(draws []float64, level float64) Estimate {
	slices.Sort(draws)
	return Estimate{quantile(draws, 0.5), quantile(draws, (1-level)/2), quantile(draws, (1+level)/2)}
}

// quantile interpolates between sorted draws.
func quantile(sorted []float64, p float64) float64 {
	at := p * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) || sorted[i] == sorted[i+1] || at == float64(i) {
		return sorted[i]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}
