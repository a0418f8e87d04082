package analysis

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/laws"
	"github.com/sharewise/sharewise/analysis/measures"
)

// Capacity is what errors and gains of several sizes of model say of other sizes.
type Capacity struct {
	// Parameters are those of the trunk, by rung.
	Parameters []int64 `json:"parameters"`
	// Curves are the errors of every domain under every arm and weighting.
	Curves []CapacityCurve `json:"curves"`
	// Crossings say where sharing turns from harm to help, for every gain that was
	// measured with limits at two rungs or more.
	Crossings []CapacityCrossing `json:"crossings"`
}

// CapacityCurve is how the error of a domain falls with size. The error is what its
// gains reduce, by rung as in Results.Rungs.
type CapacityCurve struct {
	Arm       string            `json:"arm"`
	Weighting string            `json:"weighting"`
	Domain    string            `json:"domain"`
	Error     []effect.Interval `json:"error"`
	// Law is nil where there is none, and Why says why.
	Law *CapacityLaw `json:"law,omitempty"`
	Why string       `json:"why,omitempty"`
}

// CapacityLaw is E + A·N^-power of a curve (see package laws), and what follows.
type CapacityLaw struct {
	Irreducible laws.Estimate `json:"irreducible"` // E
	Power       laws.Estimate `json:"power"`
	// Strays is by which part of itself the curve strays from the law.
	Strays laws.Estimate `json:"strays"`
	// Rises says that the error at the largest size is above that at the smallest.
	Rises bool `json:"rises,omitempty"`
	// Next is the next size of the ladder, which was not trained: the last step
	// taken once more.
	Next NextSize `json:"next"`
	// Doubling is what twice the parameters of the largest size take off the error,
	// at most, at the level of the results; Relative is that by the error there.
	Doubling AtMost `json:"doubling"`
}

// NextSize is a prediction.
type NextSize struct {
	Parameters int64 `json:"parameters"`
	// Error is what as many runs as at the largest size would measure.
	Error laws.Estimate `json:"error"`
	// AtMost is what that size takes off the error, at most.
	AtMost AtMost `json:"at_most"`
}

// AtMost is a one-sided upper limit of what is taken off an error.
type AtMost struct {
	Absolute float64 `json:"absolute"`
	Relative float64 `json:"relative"`
}

// CapacityCrossing says where a gain crosses zero upwards.
type CapacityCrossing struct {
	Arm       string `json:"arm"`
	Weighting string `json:"weighting"`
	Domain    string `json:"domain"`
	// Rungs are those with limits, small to large.
	Rungs []string   `json:"rungs"`
	Where laws.Where `json:"where"`
	// At, Lo and Hi are numbers of parameters, see laws.Crossing: 0 is below the
	// smallest size, unknown (null) beyond the largest.
	At effect.Number `json:"at"`
	Lo effect.Number `json:"lo"`
	Hi effect.Number `json:"hi"`
	// The shares of draws in which sharing helps at all sizes, turns from harm to
	// help once, harms at the largest, and does anything else.
	Helps  float64 `json:"helps"`
	Turns  float64 `json:"turns"`
	Harms  float64 `json:"harms"`
	Others float64 `json:"others"`
	// Among are limits that hold for all domains under the same arm and weighting
	// together (Bonferroni), wider than Lo and Hi, which are those of this domain by
	// itself; nil in files of before.
	Among *CapacitySettled `json:"among,omitempty"`
}

// CapacitySettled is where a crossing lies, as limits have it.
type CapacitySettled struct {
	Where laws.Where    `json:"where"`
	Lo    effect.Number `json:"lo"`
	Hi    effect.Number `json:"hi"`
	// Domains is of how many domains the limits hold together.
	Domains int `json:"domains"`
}

// Settled is what limits of all domains together say, or, in files of before, those of
// the domain by itself.
func (x *CapacityCrossing) Settled() CapacitySettled {
	if x.Among != nil {
		return *x.Among
	}
	return CapacitySettled{x.Where, x.Lo, x.Hi, 1}
}

// Curve returns the curve of an arm, weighting and domain, nil where there is none.
func (c *Capacity) Curve(arm, weighting, domain string) *CapacityCurve {
	for i := range c.Curves {
		if x := &c.Curves[i]; x.Arm == arm && x.Domain == domain && (x.Weighting == weighting || arm == Independent) {
			return x
		}
	}
	return nil
}

// Crossing returns the crossing of an arm, weighting and domain, nil where there is
// none.
func (c *Capacity) Crossing(arm, weighting, domain string) *CapacityCrossing {
	for i := range c.Crossings {
		if x := &c.Crossings[i]; x.Arm == arm && x.Domain == domain && x.Weighting == weighting {
			return x
		}
	}
	return nil
}

// capacity fills in what sizes say. Comparison i is that of gain i.
func (a *analyzer) capacity(comparisons []*effect.Comparison) error {
	if len(a.Rungs) < 2 || len(a.Parameters) != len(a.Rungs) || a.GainsOnly {
		return nil
	}
	for i, n := range a.Parameters {
		if n < 1 || i > 0 && n <= a.Parameters[i-1] {
			a.warn("models of %s have %d parameters, and the next smaller ones no fewer: sizes are not compared by laws", a.Rungs[i], n)
			return nil
		}
	}
	c := &Capacity{Parameters: a.Parameters, Curves: []CapacityCurve{}, Crossings: []CapacityCrossing{}}
	if err := a.curves(c); err != nil {
		return err
	}
	if err := a.crossings(c, comparisons); err != nil {
		return err
	}
	a.results.Capacity = c
	return nil
}

// Reduced is the error that gains of a domain reduce, of a score.
func (d DomainInfo) Reduced(s *Score) effect.Interval {
	share := effect.Unknown()
	switch measures.Of(d.Measure).Name {
	case measures.Correct:
		share = s.Accuracy
	case measures.Balanced:
		share = s.BalancedAccuracy
	case measures.AUC:
		share = s.AUC
	default:
		return s.Loss
	}
	return effect.Interval{Value: 1 - share.Value, Lo: 1 - share.Hi, Hi: 1 - share.Lo}
}

func (a *analyzer) curves(c *Capacity) error {
	for i := range a.results.Scores {
		of := a.results.Scores[i].Key
		if slices.ContainsFunc(c.Curves, func(x CapacityCurve) bool {
			return x.Arm == of.Arm && x.Weighting == of.Weighting && x.Domain == of.Domain
		}) {
			continue
		}
		curve := CapacityCurve{Arm: of.Arm, Weighting: of.Weighting, Domain: of.Domain}
		var points []laws.Point
		for k, rung := range a.Rungs {
			of.Rung = rung
			v, seeds := effect.Unknown(), 0
			if s := find(a.results.Scores, of); s != nil {
				v, seeds = a.domain(of.Domain).Reduced(s), s.Seeds
			}
			curve.Error = append(curve.Error, v)
			if p, ok := pointOf(v, seeds, a.Options.Level); ok {
				p.Size = float64(a.Parameters[k])
				points = append(points, p)
			}
		}
		if err := curve.follow(points, a.Options.Level, uint64(len(c.Curves))); err != nil {
			return err
		}
		c.Curves = append(c.Curves, curve)
	}
	return nil
}

// pointOf is a mean over runs with its standard error.
func pointOf(v effect.Interval, seeds int, level float64) (laws.Point, bool) {
	if !v.Known() || !v.Limited() || seeds < 2 || !(v.Value > 0) {
		return laws.Point{}, false
	}
	se, freedom := v.StandardError(seeds, level)
	return laws.Point{Value: v.Value, SE: se, Freedom: freedom}, true
}

// follow fits the law and says what it says of larger models.
func (c *CapacityCurve) follow(points []laws.Point, level float64, seed uint64) error {
	l, err := laws.Fit(points, laws.Options{Level: level, Draws: 2000, Seed: seed})
	if errors.Is(err, laws.ErrFew) {
		c.Why = fmt.Sprintf("%d sizes have an error above zero with limits; a law takes %d", len(points), laws.LeastSizes)
		return nil
	}
	if err != nil {
		return err
	}
	last, before := points[len(points)-1], points[len(points)-2]
	step := last.Size / before.Size
	most := func(factor float64) AtMost {
		x := l.AtMost(factor)
		return AtMost{x, x / last.Value}
	}
	c.Law = &CapacityLaw{
		Irreducible: l.Irreducible, Power: l.Alpha, Strays: l.Strays, Rises: l.Rises, Doubling: most(2),
		Next: NextSize{Parameters: int64(math.Round(last.Size * step)), Error: l.Predict(last.Size * step), AtMost: most(step)},
	}
	return nil
}

func (a *analyzer) crossings(c *Capacity, comparisons []*effect.Comparison) error {
	type key struct{ arm, weighting, domain string }
	of := map[key][]int{}
	var order []key
	for i, g := range a.results.Gains {
		k := key{g.Arm, g.Weighting, g.Domain}
		if of[k] == nil {
			order = append(order, k)
		}
		of[k] = append(of[k], i)
	}
	type crossing struct {
		CapacityCrossing
		gains []laws.Gain
		list  []*effect.Comparison
	}
	var all []crossing
	together := map[key]int{} // domains by arm and weighting
	for _, k := range order {
		out := crossing{CapacityCrossing: CapacityCrossing{Arm: k.arm, Weighting: k.weighting, Domain: k.domain}}
		for at, rung := range a.Rungs {
			for _, i := range of[k] {
				g := &a.results.Gains[i]
				if g.Rung != rung || !g.Relative.Limited() || !(g.Relative.Lo <= g.Relative.Value && g.Relative.Value <= g.Relative.Hi) {
					continue
				}
				out.Rungs = append(out.Rungs, rung)
				out.list = append(out.list, comparisons[i])
				out.gains = append(out.gains, laws.Gain{Size: float64(a.Parameters[at]), Value: g.Relative.Value, Lo: g.Relative.Lo, Hi: g.Relative.Hi, Freedom: g.DF})
			}
		}
		if len(out.gains) >= 2 {
			all = append(all, out)
			together[key{k.arm, k.weighting, ""}]++
		}
	}
	for _, x := range all {
		o, _ := a.options(x.Domain)
		n := together[key{x.Arm, x.Weighting, ""}]
		found, err := laws.Cross(x.gains, effect.AcrossSizes(x.list, o.Measure), laws.Options{Level: a.Options.Level, Draws: 2000 * min(n, 10), Seed: uint64(len(c.Crossings)), Among: n})
		if err != nil {
			return err
		}
		out := x.CapacityCrossing
		out.Where, out.At, out.Lo, out.Hi = found.Where, effect.Number(found.At), effect.Number(found.Lo), effect.Number(found.Hi)
		out.Helps, out.Turns, out.Harms, out.Others = found.All, found.Once, found.Not, found.Others
		out.Among = &CapacitySettled{found.Among.Where, effect.Number(found.Among.Lo), effect.Number(found.Among.Hi), n}
		c.Crossings = append(c.Crossings, out)
	}
	return nil
}
