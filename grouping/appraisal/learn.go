package appraisal

import (
	"math"

	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/adaptive"
	"github.com/sharewise/sharewise/grouping/economics"
)

// runShares is, of every gain of a problem, the share of its variance that further
// seeds take away from; the rest is that of the test samples. NaN where it is not
// known.
func (b *builder) runShares(p *grouping.Problem, at grouping.Selection) []float64 {
	n := 0
	first := make([]int, len(p.Pools))
	for k, pool := range p.Pools {
		first[k] = n
		n += len(pool.Members)
	}
	out := make([]float64, n)
	for i := range out {
		out[i] = math.NaN()
	}
	belief, runs := adaptive.Believe(b.results, at, p)
	for j := range belief.Targets {
		t := &belief.Targets[j]
		for a, k := range t.Pools {
			alone, pool := float64(max(1, runs.Alone[j])), float64(max(1, runs.Pools[k]))
			if t.Paired {
				alone = min(alone, pool)
				pool = alone
			}
			load := t.Load[a]
			v := load*load*t.Run.At(0, 0)/alone - 2*load*t.Run.At(0, a+1)*min(alone, pool)/(alone*pool) + t.Run.At(a+1, a+1)/pool
			for i, m := range p.Pools[k].Members {
				if s := v / (v + t.Sample.At(a, a)); m == j && s >= 0 && s <= 1 {
					out[first[k]+i] = s
				}
			}
		}
	}
	return out
}

// sources are what more can be learned from.
func (b *builder) sources() []economics.Source {
	runs, samples := make([]float64, len(b.share)), make([]float64, len(b.share))
	known := false
	for i, s := range b.share {
		if !math.IsNaN(s) {
			runs[i], samples[i], known = s, 1-s, true
		}
	}
	if !known {
		return nil
	}
	var out []economics.Source
	p := b.prices
	if seconds, arms, have := b.meter.seed(b.at.Rung, b.at.Weighting); have > 0 {
		out = append(out, economics.Source{
			What: SeedsSource, Price: p.Training.Hour*seconds/3600 + p.Training.Each*float64(arms), Have: have, Share: runs,
			Units: []float64{1, 2, 3, 5, 8, 12, 20, 40, 80},
		})
	}
	test := 0
	for _, d := range b.results.Domains {
		test += d.Test
	}
	if test > 0 {
		s := economics.Source{What: SamplesSource, Price: p.Label, Have: float64(test), Share: samples}
		for _, times := range []float64{0.1, 0.25, 0.5, 1, 2, 4, 8} {
			s.Units = append(s.Units, math.Ceil(times*float64(test)))
		}
		out = append(out, s)
	}
	return out
}

// The sources of information, by their names in economics.json.
const (
	SeedsSource   = "seeds of every model"
	SamplesSource = "labelled test samples, spread over all domains as now"
)

// samples says what further training samples would have to bring.
func (b *builder) samples(c *economics.Case) {
	const thousand = 1000
	if b.prices.Label == 0 {
		return
	}
	cost := thousand * b.prices.Label
	for j, d := range c.Domains {
		month := d.Value
		if d.PerDecision {
			month *= d.Decisions
		}
		if month > 0 {
			b.out.Samples = append(b.out.Samples, Samples{Domain: d.Name, Cost: cost, Needed: cost / (c.Prices.Annuity() * month), UnitName: b.unitName(j)})
		}
	}
}

// unitName is what a unit of a domain's value is.
func (b *builder) unitName(j int) string {
	if b.domains[j].PerDecision {
		return b.prices.Currency + " per decision"
	}
	return b.prices.Value.Unit
}
