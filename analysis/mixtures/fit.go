package mixtures

import (
	"errors"
	"fmt"
	"math"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/laws"
	"github.com/sharewise/sharewise/analysis/wording"
)

// fit fits all laws to the mixtures that were not kept back.
func (f *File) fit(seed uint64) error {
	f.Laws = []Law{}
	for s := range f.Sizes {
		for d := range f.Domains {
			law, err := f.law(s, d, seed+uint64(len(f.Laws)))
			if err != nil {
				return err
			}
			f.Laws = append(f.Laws, *law)
		}
	}
	return f.compete()
}

// law is that of one domain at one size.
func (f *File) law(size, domain int, seed uint64) (*Law, error) {
	s := &f.Sizes[size]
	out := &Law{
		Rung: s.Rung, Domain: f.Domains[domain], Predictions: []Prediction{}, Slopes: []effect.Interval{},
		Irreducible: effect.Unknown(), Strays: effect.Unknown(),
	}
	var blends []laws.Blend
	for k, m := range f.Mixtures {
		v := s.Losses[k][domain]
		if m.Held || !v.Known() || !v.Limited() {
			continue
		}
		if !(v.Value > 0) {
			out.Why = fmt.Sprintf("the loss of mixture %d is %.3g, and the law is one of losses above zero", k+1, v.Value)
			return out, nil
		}
		se, freedom := v.StandardError(f.Seeds, f.Level)
		blends = append(blends, laws.Blend{Shares: m.Shares, Value: v.Value, SE: se, Freedom: freedom})
	}
	law, err := laws.FitMixing(blends, laws.Options{Level: f.Level, Draws: 2000, Seed: seed})
	if errors.Is(err, laws.ErrFew) {
		out.Why = fmt.Sprintf("only %s without a run that diverged, and a law takes %d", wording.Plural(len(blends), "mixture"), laws.LeastBlends(len(f.Domains)))
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	out.Irreducible, out.Strays = interval(law.Irreducible), interval(law.Strays)
	for _, e := range law.Slopes {
		out.Slopes = append(out.Slopes, interval(e))
	}
	for k, m := range f.Mixtures {
		v := s.Losses[k][domain]
		if !m.Held || !v.Known() {
			continue
		}
		p := Prediction{Mixture: k, Predicted: interval(law.Predict(m.Shares)), Measured: v}
		p.Inside = v.Value >= p.Predicted.Lo && v.Value <= p.Predicted.Hi
		out.Predictions = append(out.Predictions, p)
	}
	return out, nil
}

func interval(e laws.Estimate) effect.Interval {
	return effect.Interval{Value: e.Value, Lo: e.Lo, Hi: e.Hi}
}

// leastCompeting is the number of sizes that a law of competition takes.
const leastCompeting = 3

// compete fits laws to all sizes together and counts their errors on what they were not
// fitted to.
func (f *File) compete() error {
	if len(f.Sizes) < leastCompeting {
		return nil
	}
	for _, s := range f.Sizes {
		if s.Parameters == 0 {
			f.Warnings = append(f.Warnings, "no law of competition: how many parameters "+s.Rung+" has is not known")
			return nil
		}
	}
	last := len(f.Sizes) - 1
	fitted := f.observations(func(_ int, m Mixture) bool { return !m.Held })
	kept := f.observations(func(_ int, m Mixture) bool { return m.Held })
	errs, law, err := judge(fitted, kept)
	if err != nil {
		f.Warnings = append(f.Warnings, "no law of competition: "+err.Error())
		return nil
	}
	f.Competition = &Competition{Kept: *errs, Common: effect.Number(law.Common / float64(f.Sizes[last].Parameters))}
	if last >= leastCompeting {
		smaller := f.observations(func(size int, _ Mixture) bool { return size < last })
		largest := f.observations(func(size int, _ Mixture) bool { return size == last })
		errs, _, err := judge(smaller, largest)
		if err != nil {
			return err
		}
		f.Competition.Largest = errs
	}
	return nil
}

// observations are the losses of some sizes and mixtures.
func (f *File) observations(of func(size int, m Mixture) bool) []laws.Observation {
	var out []laws.Observation
	for s, size := range f.Sizes {
		for k, m := range f.Mixtures {
			if !of(s, m) {
				continue
			}
			o := laws.Observation{Mixture: laws.Mixture{Weights: m.Shares, Size: float64(size.Parameters), Data: 1}}
			for _, v := range size.Losses[k] {
				o.Losses = append(o.Losses, v.Value)
			}
			out = append(out, o)
		}
	}
	return out
}

// judge fits laws to some losses and counts their errors on others.
func judge(fitted, kept []laws.Observation) (*Errors, *laws.Competition, error) {
	competing, err := laws.FitCompetition(fitted)
	if err != nil {
		return nil, nil, err
	}
	apart, err := laws.FitApart(fitted)
	if err != nil {
		return nil, nil, err
	}
	out := &Errors{}
	var sums [3]float64
	for _, o := range kept {
		by := [3][]float64{competing.Losses(o.Mixture), apart.Losses(o.Mixture), unchanged(fitted, o.Size)}
		for d, l := range o.Losses {
			if math.IsNaN(l) {
				continue
			}
			out.Losses++
			for i := range by {
				sums[i] += math.Abs(by[i][d]/l - 1)
			}
		}
	}
	n := float64(out.Losses)
	out.Competing, out.Apart, out.Unchanged = effect.Number(sums[0]/n), effect.Number(sums[1]/n), effect.Number(sums[2]/n)
	return out, competing, nil
}

// unchanged are the mean losses of the size, or of the largest fitted one below it.
func unchanged(fitted []laws.Observation, size float64) []float64 {
	at := 0.0
	for _, o := range fitted {
		if o.Size <= size {
			at = max(at, o.Size)
		}
	}
	sums, counts := make([]float64, len(fitted[0].Losses)), make([]float64, len(fitted[0].Losses))
	for _, o := range fitted {
		for d, l := range o.Losses {
			if o.Size == at && !math.IsNaN(l) {
				sums[d], counts[d] = sums[d]+l, counts[d]+1
			}
		}
	}
	for d := range sums {
		sums[d] /= counts[d]
	}
	return sums
}
