package laws

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Options of a fit; zero values stand for the defaults.
type Options struct {
	// Level of limits; 0 stands for 0.95.
	Level float64
	// Draws of the parameters; 0 stands for 4000.
	Draws int
	// Seed of the draws.
	Seed uint64
	// Among is of how many crossings, that are looked at together, one is: Cross has
	// limits then too that hold for all of them (Bonferroni). 0 and 1: it is alone.
	Among int
}

func (o Options) withDefaults() Options {
	if o.Level == 0 {
		o.Level = 0.95
	}
	if o.Draws == 0 {
		o.Draws = 4000
	}
	return o
}

// Law is how a value falls with size, E + A·(N/Unit)^-Alpha, as far as points say.
type Law struct {
	// Unit is the largest measured size, at which A is what size could take away.
	Unit float64
	// Irreducible is E, Alpha the power.
	Irreducible, Alpha Estimate
	// Strays is tau: by which part of itself the curve strays from the law, beyond
	// noise.
	Strays Estimate
	// Rises says that the value at the largest size lies above that at the smallest,
	// which no such law does.
	Rises bool

	o      Options
	points []Point
	noise  float64 // relative variance of a measurement at the largest size
	params []parameters
}

// parameters are one draw. now is the true value at the largest measured size, which
// the measurement there and the law tell together.
type parameters struct{ alpha, rest, tau, level, now float64 }

func (p parameters) at(ratio float64) float64 {
	return p.level * (p.rest + (1-p.rest)*math.Pow(ratio, -p.alpha))
}

// Fit fits a law to values at LeastSizes or more sizes. All parameters that the
// points allow are kept, weighed by how well they fit, on a grid: there is no start
// that a search could go wrong from. It fails with ErrFew or ErrPoints.
func Fit(points []Point, o Options) (*Law, error) {
	points, err := ordered(points)
	if err != nil {
		return nil, err
	}
	o = o.withDefaults()
	noise := moderated(points)
	last := points[len(points)-1]
	l := &Law{Unit: last.Size, Rises: last.Value > points[0].Value, o: o, points: points, noise: noise[len(noise)-1]}
	nodes := fitGrid(points, noise)
	random := rand.New(rand.NewPCG(o.Seed, 0x6c61777300000000)) // "laws"
	var e, alpha, tau []float64
	for range o.Draws {
		n, level := draw(nodes, random)
		p := parameters{alpha: n.alpha, rest: n.rest, tau: n.tau, level: level}
		// Of the difference between measurement and law at the largest size, noise
		// has its share by variance.
		v, t := l.noise*last.Value*last.Value, n.tau*n.tau*last.Value*last.Value
		p.now = level + (last.Value-level)*t/(t+v) + math.Sqrt(t*v/(t+v))*random.NormFloat64()
		l.params = append(l.params, p)
		e, alpha, tau = append(e, level*n.rest), append(alpha, n.alpha), append(tau, n.tau)
	}
	l.Irreducible, l.Alpha, l.Strays = estimate(e, o.Level), estimate(alpha, o.Level), estimate(tau, o.Level)
	return l, nil
}

// mostStrays is by which part of itself a curve may surely stray from a law that is
// followed beyond it: limits were tried on curves that stray by no more (the table of
// coverage).
const mostStrays = 0.03

// Fits says whether the law can be followed beyond its points: it fails with ErrMisfit
// where the value at the largest size lies surely, at the level of the law, by more than
// 3 % above that at the smallest, or where the curve strays surely by more than that.
func (l *Law) Fits() error {
	first, last := l.points[0], l.points[len(l.points)-1]
	noise := moderated(l.points)
	z := distuv.UnitNormal.Quantile((1 + l.o.Level) / 2)
	if d := last.Value - (1+mostStrays)*first.Value; d > z*math.Hypot(first.Value*math.Sqrt(noise[0]), last.Value*math.Sqrt(l.noise)) {
		return fmt.Errorf("laws: %w: it rises with size, from %.3g at the smallest to %.3g at the largest", ErrMisfit, first.Value, last.Value)
	}
	if l.Strays.Lo > mostStrays {
		return fmt.Errorf("laws: %w: the curve strays from it by %.0f %% at least", ErrMisfit, 100*l.Strays.Lo)
	}
	return nil
}

// At is the law's value at a size, without what a curve strays from it.
func (l *Law) At(size float64) Estimate {
	draws := make([]float64, len(l.params))
	for i, p := range l.params {
		draws[i] = p.at(size / l.Unit)
	}
	return estimate(draws, l.o.Level)
}

// Predict says what would be measured at another size, with as many runs as at the
// largest one: limits allow for what is not known of the law, for how far curves
// stray from it, and for noise. Values are above zero.
func (l *Law) Predict(size float64) Estimate {
	random := rand.New(rand.NewPCG(l.o.Seed, 0x7072656469637400)) // "predict"
	draws := make([]float64, len(l.params))
	for i, p := range l.params {
		f := p.at(size / l.Unit)
		draws[i] = max(0, f*(1+math.Sqrt(p.tau*p.tau+l.noise)*random.NormFloat64()))
	}
	return estimate(draws, l.o.Level)
}

// Less says by how much the true value at factor times the largest measured size lies
// below that at the largest one. Limits may be below zero: curves stray from laws.
// Draws are in the order of those of the law.
func (l *Law) Less(factor float64) (Estimate, []float64) {
	random := rand.New(rand.NewPCG(l.o.Seed, 0x6c65737300000000)) // "less"
	draws := make([]float64, len(l.params))
	for i, p := range l.params {
		draws[i] = p.now - p.at(factor)*(1+p.tau*random.NormFloat64())
	}
	return estimate(slices.Clone(draws), l.o.Level), draws
}

// AtMost is what factor times the largest measured size takes off the value, at
// most: its one-sided upper limit at the level of the law. It is never below zero,
// since a model that is not better need not be used.
func (l *Law) AtMost(factor float64) float64 {
	_, draws := l.Less(factor)
	slices.Sort(draws)
	return max(0, quantile(draws, l.o.Level))
}
