package laws

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Gain is the gain from sharing at one size, with limits at the level of the
// options, which may be further away on one side, and the degrees of freedom of
// Student's t that they were made with, 0 for many.
type Gain struct {
	Size, Value, Lo, Hi float64
	Freedom             float64
}

// Where says where interference gives way to transfer.
type Where string

// The answers. Each but Unsettled has the probability of the level at least.
const (
	Below     Where = "below the smallest" // sharing helps at every size
	Between   Where = "between"            // harms up to a size within the ladder, and helps from there on
	Beyond    Where = "never within these" // sharing harms at the largest size still
	Unsettled Where = "not settled"
)

// Crossing is the size at which a gain crosses zero upwards.
type Crossing struct {
	Where Where `json:"where"`
	// At is the crossing of the measured gains, by straight lines over the logarithm
	// of size; Lo and Hi are limits. Zero stands for below the smallest size and
	// positive infinity for beyond the largest.
	At float64 `json:"at"`
	Lo float64 `json:"lo"`
	Hi float64 `json:"hi"`
	// The share of draws in which gains are above zero at all sizes, cross within
	// them once and upwards, are below zero at the largest, and do anything else:
	// fall below zero and rise again.
	All    float64 `json:"all"`
	Once   float64 `json:"once"`
	Not    float64 `json:"not"`
	Others float64 `json:"others"`
	// Among is what is sure of all crossings that are looked at together, at the same
	// level; that of this one by itself where it is alone.
	Among Settled `json:"among"`
}

// Settled is where a crossing lies, as limits at some level have it.
type Settled struct {
	Where Where   `json:"where"`
	Lo    float64 `json:"lo"`
	Hi    float64 `json:"hi"`
}

// Cross finds where gains at two sizes or more, small to large, cross zero, in
// joint draws of what the true gains may be: normal ones with the correlations that
// are given (nil: none), stretched to the limits of each.
//
// Hi is the limit of the size from which on gains stay above zero, Lo that of the
// size at which they are above zero first. Where true gains cross zero once, both
// are that size, and limits hold it at least as often as they say.
func Cross(gains []Gain, correlation [][]float64, o Options) (*Crossing, error) {
	o = o.withDefaults()
	if len(gains) < 2 {
		return nil, fmt.Errorf("laws: %w: a gain can cross zero between two", ErrFew)
	}
	logs := make([]float64, len(gains))
	for k, g := range gains {
		if !(g.Size > 0) || k > 0 && g.Size <= gains[k-1].Size {
			return nil, fmt.Errorf("laws: %w: size %v; sizes are above zero, small to large", ErrPoints, g.Size)
		}
		if !(g.Lo <= g.Value && g.Value <= g.Hi) || math.IsInf(g.Lo, 0) || math.IsInf(g.Hi, 0) {
			return nil, fmt.Errorf("laws: %w: at size %v a gain of %v with limits %v and %v", ErrPoints, g.Size, g.Value, g.Lo, g.Hi)
		}
		logs[k] = math.Log(g.Size)
	}
	root, err := rootOf(correlation, len(gains))
	if err != nil {
		return nil, err
	}
	out := &Crossing{}
	values := make([]float64, len(gains))
	for k, g := range gains {
		values[k] = g.Value
	}
	_, out.At = crossings(logs, values)
	random := rand.New(rand.NewPCG(o.Seed, 0x63726f7373000000)) // "cross"
	var first, last []float64
	independent, z := mat.NewVecDense(len(gains), nil), mat.NewVecDense(len(gains), nil)
	for range o.Draws {
		for k := range gains {
			independent.SetVec(k, random.NormFloat64())
		}
		z.MulVec(root, independent)
		for k, g := range gains {
			values[k] = g.stretched(z.AtVec(k), o.Level)
		}
		from, to := crossings(logs, values)
		first, last = append(first, from), append(last, to)
		share := &out.Once
		switch {
		case to == 0:
			share = &out.All
		case math.IsInf(to, 1):
			share = &out.Not
		case from != to:
			share = &out.Others
		}
		*share += 1 / float64(o.Draws)
	}
	settled := func(level float64) Settled {
		s := Settled{Unsettled, estimate(first, level).Lo, estimate(last, level).Hi}
		switch {
		case out.All >= level:
			s.Where = Below
		case out.Not >= level:
			s.Where = Beyond
		case out.Once >= level && s.Lo >= gains[0].Size && s.Hi <= gains[len(gains)-1].Size:
			s.Where = Between
		}
		return s
	}
	alone := settled(o.Level)
	out.Where, out.Lo, out.Hi = alone.Where, alone.Lo, alone.Hi
	out.Among = settled(1 - (1-o.Level)/float64(max(1, o.Among)))
	return out, nil
}

// crossings are the sizes at which values are above zero first, and from which on
// they stay so: 0 where from the smallest on, +Inf where never.
func crossings(logs, values []float64) (first, last float64) {
	n := len(values)
	between := func(k int) float64 { // zero between k and k+1
		return math.Exp(logs[k] + (logs[k+1]-logs[k])*values[k]/(values[k]-values[k+1]))
	}
	first = math.Inf(1)
	for k := range n {
		if values[k] > 0 {
			if first = 0; k > 0 {
				first = between(k - 1)
			}
			break
		}
	}
	for k := n - 1; k >= 0; k-- {
		if !(values[k] > 0) {
			if last = math.Inf(1); k < n-1 {
				last = between(k)
			}
			return first, last
		}
	}
	return first, 0
}

// stretched is the gain at a standard normal deviate: as far from the value, on its
// side, as its limits are at their level.
func (g Gain) stretched(z, level float64) float64 {
	t := z
	limit := distuv.UnitNormal.Quantile((1 + level) / 2)
	if g.Freedom > 0 && !math.IsInf(g.Freedom, 1) {
		student := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: g.Freedom}
		limit = student.Quantile((1 + level) / 2)
		// Beyond seven deviations a double holds no probabilities below 1.
		t = student.Quantile(distuv.UnitNormal.CDF(min(7, max(-7, z))))
	}
	if t < 0 {
		return g.Value + t/limit*(g.Value-g.Lo)
	}
	return g.Value + t/limit*(g.Hi-g.Value)
}

// rootOf is a matrix R with R Rᵀ the correlation, of which eigenvalues below zero are
// left out.
func rootOf(correlation [][]float64, n int) (*mat.Dense, error) {
	root := mat.NewDense(n, n, nil)
	if correlation == nil {
		for k := range n {
			root.Set(k, k, 1)
		}
		return root, nil
	}
	if len(correlation) != n {
		return nil, fmt.Errorf("laws: %w: correlations of %d gains for %d", ErrPoints, len(correlation), n)
	}
	c := mat.NewSymDense(n, nil)
	for i := range n {
		if len(correlation[i]) != n {
			return nil, fmt.Errorf("laws: %w: correlations are no square", ErrPoints)
		}
		for k := range i + 1 {
			if x := correlation[i][k]; math.IsNaN(x) || math.Abs(x) > 1+1e-9 || i == k && x != 1 {
				return nil, fmt.Errorf("laws: %w: a correlation of %v", ErrPoints, x)
			}
			c.SetSym(i, k, correlation[i][k])
		}
	}
	var e mat.EigenSym
	if !e.Factorize(c, true) {
		return nil, fmt.Errorf("laws: %w: correlations without eigenvalues", ErrPoints)
	}
	var vectors mat.Dense
	e.VectorsTo(&vectors)
	for k, value := range e.Values(nil) {
		for i := range n {
			root.Set(i, k, vectors.At(i, k)*math.Sqrt(max(0, value)))
		}
	}
	return root, nil
}
