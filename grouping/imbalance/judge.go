package imbalance

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/measures"
	"github.com/sharewise/sharewise/grouping/economics"
)

// ErrDiffers says that results are not of the same study with other numbers of training
// samples.
var ErrDiffers = errors.New("another study")

// Equal is the largest ratio of numbers of training samples that counts as equal.
const Equal = 1.1

// Judgement is what numbers of training samples have to do with sharing.
type Judgement struct {
	Rung      string  `json:"rung"`
	Weighting string  `json:"weighting"`
	Arm       string  `json:"arm"`
	Level     float64 `json:"level"`
	// Ratio is that of the largest to the smallest number of training samples.
	Ratio float64 `json:"ratio"`
	// Levels are the study and the others, the study first.
	Levels  []Level  `json:"levels"`
	Domains []Domain `json:"domains"`
	// Why says why there is no part of imbalance, and what would tell; empty otherwise.
	Why string `json:"why,omitempty"`
}

// Level is one division of training samples.
type Level struct {
	Name    string `json:"name"`
	Samples []int  `json:"samples"` // by domain
	Equal   bool   `json:"equal"`
}

// Domain is what they have to do with it for one domain.
type Domain struct {
	Name string `json:"name"`
	// Gains are the relative gains by level.
	Gains []effect.Interval `json:"gains"`
	// Part is the gain at equal numbers less that at the numbers given: above zero, what
	// imbalance takes from the domain. Unknown where no level is equal.
	Part effect.Interval `json:"part"`
	Rate Rate            `json:"rate"`
}

// Rate is what samples of other domains are worth in samples of one's own. Figures are
// null where nothing can be said, for the reason that Why gives.
type Rate struct {
	// Power is by which power of the number of its own samples the error of the domain's
	// own models falls.
	Power *economics.Estimate `json:"power"`
	// Others are the samples of the other domains, Own how many more of its own the domain
	// would need to do as well alone; below zero, it would do as well with fewer.
	Others int           `json:"others"`
	Own    effect.Number `json:"own"`
	Lo     effect.Number `json:"lo"`
	Hi     effect.Number `json:"hi"`
	// Each is Own for one sample of the others, with limits.
	Each   effect.Number `json:"each"`
	EachLo effect.Number `json:"each_lo"`
	EachHi effect.Number `json:"each_hi"`
	Why    string        `json:"why,omitempty"`
}

// Study is a study with the name that a reader knows it by.
type Study struct {
	Name    string
	Results *analysis.Results
}

// Judge holds a study against the same study with other numbers of training samples, by
// the arm of all domains at its largest size and first weighting. It fails with
// ErrDiffers where domains, test samples or measures are not the same.
func Judge(given Study, others []Study) (*Judgement, error) {
	r := given.Results
	j := &Judgement{Rung: r.LargestRung(), Arm: "joint", Level: r.Level, Domains: []Domain{}}
	if len(r.Weightings) > 0 {
		j.Weighting = r.Weightings[0]
	}
	all := append([]Study{given}, others...)
	for _, s := range all {
		l := Level{Name: s.Name}
		for _, d := range r.Domains {
			o := s.Results.Domain(d.Name)
			if o.Name != d.Name || o.Test != d.Test || o.Measure != d.Measure {
				return nil, fmt.Errorf("imbalance: %w: %s tests %s on %d samples by %s, and the study on %d by %s; change limit.train alone", ErrDiffers, s.Name, d.Name, o.Test, measures.Of(o.Measure).Name, d.Test, measures.Of(d.Measure).Name)
			}
			l.Samples = append(l.Samples, o.Train)
		}
		l.Equal = ratio(l.Samples) <= Equal
		j.Levels = append(j.Levels, l)
	}
	j.Ratio = ratio(j.Levels[0].Samples)
	equal := slices.IndexFunc(j.Levels, func(l Level) bool { return l.Equal })
	switch least := slices.Min(j.Levels[0].Samples); {
	case equal == 0:
		j.Why = "all domains have as many training samples: there is no imbalance"
	case equal < 0:
		j.Why = fmt.Sprintf("no study has as many training samples of each domain. Copy the study file, let every domain of the copy say limit: {train: %d}, train and analyse it into a folder of its own, and name that by --with", least)
	}
	for i, d := range r.Domains {
		of := Domain{Name: d.Name, Part: effect.Unknown()}
		for _, s := range all {
			v := effect.Unknown()
			if g := s.Results.Gain(analysis.Key{Arm: j.Arm, Rung: j.Rung, Weighting: j.Weighting, Domain: d.Name}); g != nil {
				v = g.Relative
			}
			of.Gains = append(of.Gains, v)
		}
		if equal > 0 {
			of.Part = change(of.Gains[0], of.Gains[equal])
		}
		of.Rate = j.rate(all, d.Name, i, of.Gains[0])
		j.Domains = append(j.Domains, of)
	}
	return j, nil
}

func ratio(samples []int) float64 {
	return float64(slices.Max(samples)) / float64(max(1, slices.Min(samples)))
}

// change is b - a with limits from those of both, as if independent (Zou and Donner,
// Statistics in Medicine 27, 2008).
func change(a, b effect.Interval) effect.Interval {
	d := b.Value - a.Value
	return effect.Interval{Value: d, Lo: d - math.Hypot(b.Value-b.Lo, a.Hi-a.Value), Hi: d + math.Hypot(b.Hi-b.Value, a.Value-a.Lo)}
}

// draws is the number of draws of a rate.
const draws = 4000

// rate follows the learning curve of a domain's own models to the error of the shared
// one.
func (j *Judgement) rate(all []Study, domain string, index int, gain effect.Interval) Rate {
	out := Rate{Own: effect.NaN, Lo: effect.NaN, Hi: effect.NaN, Each: effect.NaN, EachLo: effect.NaN, EachHi: effect.NaN}
	for i, n := range j.Levels[0].Samples {
		if i != index {
			out.Others += n
		}
	}
	if !gain.Known() || !gain.Limited() {
		out.Why = "its gain from sharing has no limits"
		return out
	}
	var points []economics.DataPoint
	for l, s := range all {
		n := float64(j.Levels[l].Samples[index])
		score := s.Results.Score(analysis.Key{Arm: analysis.Independent, Rung: j.Rung, Weighting: j.Weighting, Domain: domain})
		if score == nil || slices.ContainsFunc(points, func(p economics.DataPoint) bool { return p.Samples == n }) {
			continue // trained alike: models alone know nothing of other domains
		}
		if e := s.Results.Domain(domain).Reduced(score); e.Known() && e.Limited() && e.Value > 0 {
			t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(max(1, score.Seeds-1))}.Quantile((1 + j.Level) / 2)
			points = append(points, economics.DataPoint{Samples: n, Error: e.Value, SE: (e.Hi - e.Lo) / 2 / t})
		}
	}
	if len(points) < 2 {
		out.Why = fmt.Sprintf("its own models were trained on one number of samples; train the study with limit: {train: %d} for it too", max(1, j.Levels[0].Samples[index]/2))
		return out
	}
	fit, err := economics.FitLearning(points, draws, 1)
	if err != nil {
		out.Why = err.Error()
		return out
	}
	power := fit.ExponentOf(j.Level)
	out.Power = &power
	n := float64(j.Levels[0].Samples[index])
	centre := samples(n, gain.Value, fit.Exponent)
	random := rand.New(rand.NewPCG(1, uint64(index)))
	z := distuv.UnitNormal.Quantile((1 + j.Level) / 2)
	own := make([]float64, draws)
	for d, p := range fit.Exponents() {
		g := gain.Value
		if x := random.NormFloat64(); x < 0 {
			g += x / z * (gain.Value - gain.Lo)
		} else {
			g += x / z * (gain.Hi - gain.Value)
		}
		own[d] = samples(n, min(g, 1), p)
	}
	slices.Sort(own)
	// The curve is followed as far up as it was measured down.
	most := n * (fit.Reach - 1)
	within := func(x float64) effect.Number {
		if x > most {
			return effect.NaN
		}
		return effect.Number(x)
	}
	out.Own, out.Hi = within(centre), within(own[int(float64(draws-1)*(1+j.Level)/2)])
	out.Lo = effect.Number(min(most, own[int(float64(draws-1)*(1-j.Level)/2)]))
	m := float64(out.Others)
	out.Each, out.EachLo, out.EachHi = out.Own/effect.Number(m), out.Lo/effect.Number(m), out.Hi/effect.Number(m)
	switch {
	case !out.Own.Known():
		out.Why = fmt.Sprintf("sharing is worth more samples than the curve was measured for, %.0f more", most)
	case !out.Hi.Known():
		out.Why = fmt.Sprintf("the upper limit lies beyond what the curve was measured for, %.0f more", most)
	}
	return out
}

// samples is how many more samples of its own are worth a gain, where errors fall with
// a power of their number. Where they do not fall, none are worth a gain above zero.
func samples(n, gain, power float64) float64 {
	if power <= 0 {
		switch {
		case gain > 0:
			return math.Inf(1)
		case gain < 0:
			return -n
		}
		return 0
	}
	return n * (math.Pow(1-gain, -1/power) - 1)
}
