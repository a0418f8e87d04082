package laws

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"

	"gonum.org/v1/gonum/mat"
)

// Blend is what a domain lost in a model in which domains have some shares.
type Blend struct {
	// Shares are those of the domains, not below zero, with a sum of 1.
	Shares []float64
	// Value is the loss, above zero, with its standard error on Freedom degrees; 0 where
	// it is known exactly.
	Value, SE, Freedom float64
}

// Mixing is the exponential law of mixtures at one size,
//
//	L(r) = E + exp(Σ_j t_j r_j),
//
// as far as blends say (Ye et al.: Data Mixing Laws, ICLR 2025, eq. 4, where exp(Σ t r)
// stands with a factor, which is part of t here since shares sum to 1).
type Mixing struct {
	// Irreducible is E, Slopes are the t_j less their mean: below zero where a larger share
	// of domain j takes loss away. Strays is by which part of itself a loss strays from
	// the law beyond noise.
	Irreducible Estimate
	Slopes      []Estimate
	Strays      Estimate

	o     Options
	noise float64
	draws []mixingDraw
}

// mixingDraw are parameters, with the t of every domain.
type mixingDraw struct {
	rest, tau float64
	t         []float64
}

// LeastBlends is the number of different mixtures of n domains below which the law is
// not fitted: n+1 parameters, and two more to say how well they fit.
func LeastBlends(n int) int { return n + 3 }

// slopeSpread is what is thought of slopes before any blend is seen: their deviation. From
// none to all of a share, a reducible loss changes by a factor e² one time in three.
const slopeSpread = 2

// FitMixing fits the law to what one domain lost in several mixtures. All parameters that
// the blends allow are kept: E and tau on a grid (E as in Fit: the root of its part of the
// least loss is uniform from 0 to 1, tau half-Cauchy), slopes normal around a common level that may
// be anything, with a deviation of 2. Given E and tau they are those of a linear regression
// of log(L − E), in closed form. It fails with ErrFew or ErrPoints.
func FitMixing(blends []Blend, o Options) (*Mixing, error) {
	n, err := checkBlends(blends)
	if err != nil {
		return nil, err
	}
	o = o.withDefaults()
	points := make([]Point, len(blends))
	least := math.Inf(1)
	for k, b := range blends {
		points[k] = Point{Value: b.Value, SE: b.SE, Freedom: b.Freedom}
		least = min(least, b.Value)
	}
	noise := moderated(points)
	m := &Mixing{o: o}
	for _, v := range noise {
		m.noise += v / float64(len(noise))
	}
	// Where blends are precise a coarse grid would take the law for straying: it is laid
	// again over what is left, until that is most of it.
	lo, hi := 0.0, 0.99
	nodes, logs := overBlends(blends, noise, least, lo, hi)
	for range 6 {
		from, to := leftOf(nodes, logs, lo, hi)
		if to-from > 0.6*(hi-lo) {
			break
		}
		lo, hi = from, to
		nodes, logs = overBlends(blends, noise, least, lo, hi)
	}
	if len(nodes) == 0 {
		return nil, fmt.Errorf("laws: %w: losses of mixtures cannot be told apart from rounding", ErrPoints)
	}
	most, sum := slices.Max(logs), 0.0
	for i := range nodes {
		sum += math.Exp(logs[i] - most)
		nodes[i].below = sum
	}
	random := rand.New(rand.NewPCG(o.Seed, 0x6d6978696e670000)) // "mixing"
	rests, taus, slopes := []float64{}, []float64{}, make([][]float64, n)
	for range o.Draws {
		at := random.Float64() * sum
		k := min(sort.Search(len(nodes), func(i int) bool { return nodes[i].below >= at }), len(nodes)-1)
		z, t := make([]float64, n), make([]float64, n)
		for j := range z {
			z[j] = random.NormFloat64()
		}
		level := 0.0
		for j := range t {
			t[j] = nodes[k].mean.AtVec(j)
			for i := range j + 1 {
				t[j] += nodes[k].lower.At(j, i) * z[i]
			}
			level += t[j] / float64(n)
		}
		m.draws = append(m.draws, mixingDraw{nodes[k].rest, nodes[k].tau, t})
		rests, taus = append(rests, nodes[k].rest), append(taus, nodes[k].tau)
		for j := range t {
			slopes[j] = append(slopes[j], t[j]-level)
		}
	}
	m.Irreducible, m.Strays = estimate(rests, o.Level), estimate(taus, o.Level)
	for _, s := range slopes {
		m.Slopes = append(m.Slopes, estimate(s, o.Level))
	}
	return m, nil
}

// blendNode is a point of the grid with what is known of t if it is the truth.
type blendNode struct {
	part, rest, tau float64 // E is part² of the least loss
	below           float64
	mean            *mat.VecDense
	lower           *mat.TriDense // of the covariance of t
}

// overBlends weighs the nodes of a grid over the root of E's part and tau.
func overBlends(blends []Blend, noise []float64, least, lo, hi float64) (nodes []blendNode, logs []float64) {
	for d := range restNodes {
		part := between(lo, hi, d, restNodes)
		n := blendNode{part: part, rest: part * part * least}
		for t := range tauNodes {
			n.tau = math.Exp(between(math.Log(leastTau), math.Log(mostTau), t, tauNodes))
			log, mean, lower, ok := regressBlends(blends, noise, n.rest, n.tau)
			if !ok {
				continue
			}
			n.mean, n.lower = mean, lower
			nodes, logs = append(nodes, n), append(logs, log+math.Log(n.tau/(1+n.tau*n.tau/(tauScale*tauScale))))
		}
	}
	return nodes, logs
}

// leftOf is the part of a grid, a step wider, whose nodes have 1e-4 of the largest weight
// at least.
func leftOf(nodes []blendNode, logs []float64, lo, hi float64) (from, to float64) {
	if len(nodes) == 0 {
		return lo, hi
	}
	most, step := slices.Max(logs), (hi-lo)/(restNodes-1)
	from, to = hi, lo
	for i, n := range nodes {
		if logs[i] > most+math.Log(1e-4) {
			from, to = min(from, n.part), max(to, n.part)
		}
	}
	return max(lo, from-step), min(hi, to+step)
}

func checkBlends(blends []Blend) (n int, err error) {
	different := map[string]bool{}
	for k, b := range blends {
		if k == 0 {
			n = len(b.Shares)
		}
		sum := 0.0
		for _, r := range b.Shares {
			if !(r >= 0) {
				return 0, fmt.Errorf("laws: %w: mixture %d has a share of %v", ErrPoints, k+1, r)
			}
			sum += r
		}
		if len(b.Shares) != n || n < 2 || math.Abs(sum-1) > 1e-6 {
			return 0, fmt.Errorf("laws: %w: mixture %d has shares %v; want as many as others have, two at least, with a sum of 1", ErrPoints, k+1, b.Shares)
		}
		if !(b.Value > 0) || math.IsInf(b.Value, 0) || !(b.SE >= 0) || math.IsInf(b.SE, 0) || !(b.Freedom >= 0) {
			return 0, fmt.Errorf("laws: %w: in mixture %d a loss of %v with a standard error of %v", ErrPoints, k+1, b.Value, b.SE)
		}
		different[fmt.Sprintf("%.6f", b.Shares)] = true
	}
	if n == 0 || len(different) < LeastBlends(n) {
		return 0, fmt.Errorf("laws: %w: %d different mixtures of %d domains were measured, and %d are the least for a law", ErrFew, len(different), n, LeastBlends(n))
	}
	return n, nil
}

// regressBlends is what blends say of t given E and tau: the logarithm of their
// likelihood with t integrated out, mean and covariance of t.
func regressBlends(blends []Blend, noise []float64, rest, tau float64) (log float64, mean *mat.VecDense, lower *mat.TriDense, ok bool) {
	n := len(blends[0].Shares)
	// Precision of t before: deviations from the common level have the spread, the level
	// itself is free but for a tiny precision.
	const free = 1e-4
	precision := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			v := (free - 1/(slopeSpread*slopeSpread)) / float64(n)
			if i == j {
				v += 1 / float64(slopeSpread*slopeSpread)
			}
			precision.SetSym(i, j, v)
		}
	}
	log = float64(n-1) / 2 * math.Log(1/float64(slopeSpread*slopeSpread))
	right := mat.NewVecDense(n, nil)
	squares := 0.0
	for k, b := range blends {
		reducible := b.Value - rest
		if !(reducible > 0) {
			return 0, nil, nil, false
		}
		z := math.Log(reducible)
		w := reducible * reducible / ((noise[k] + tau*tau) * b.Value * b.Value)
		squares += w * z * z
		log += math.Log(w)/2 - z // densities of losses, not of logarithms
		for i := range n {
			right.SetVec(i, right.AtVec(i)+w*z*b.Shares[i])
			for j := range i + 1 {
				precision.SetSym(i, j, precision.At(i, j)+w*b.Shares[i]*b.Shares[j])
			}
		}
	}
	var c mat.Cholesky
	if !c.Factorize(precision) {
		return 0, nil, nil, false
	}
	mean = mat.NewVecDense(n, nil)
	if err := c.SolveVecTo(mean, right); err != nil && !errors.As(err, new(mat.Condition)) {
		return 0, nil, nil, false
	}
	log += (mat.Dot(right, mean)-squares)/2 - c.LogDet()/2
	var inverse mat.SymDense
	if err := c.InverseTo(&inverse); err != nil && !errors.As(err, new(mat.Condition)) {
		return 0, nil, nil, false
	}
	var of mat.Cholesky
	if !of.Factorize(&inverse) || math.IsNaN(log) {
		return 0, nil, nil, false
	}
	lower = mat.NewTriDense(n, mat.Lower, nil)
	of.LTo(lower)
	return log, mean, lower, true
}

func (d mixingDraw) at(shares []float64) float64 {
	sum := 0.0
	for j, r := range shares {
		sum += d.t[j] * r
	}
	return d.rest + math.Exp(sum)
}

// At is the law's loss with some shares, without what losses stray from it.
func (m *Mixing) At(shares []float64) Estimate {
	draws := make([]float64, len(m.draws))
	for i, d := range m.draws {
		draws[i] = d.at(shares)
	}
	return estimate(draws, m.o.Level)
}

// Predict is what a mixture would measure with runs as those that were fitted: the law,
// what losses stray from it, and noise with the mean variance of the blends.
func (m *Mixing) Predict(shares []float64) Estimate {
	random := rand.New(rand.NewPCG(m.o.Seed, 0x7072656469637400)) // "predict"
	draws := make([]float64, len(m.draws))
	for i, d := range m.draws {
		v := d.at(shares)
		draws[i] = v * (1 + math.Sqrt(d.tau*d.tau+m.noise)*random.NormFloat64())
	}
	return estimate(draws, m.o.Level)
}
