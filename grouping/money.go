package grouping

import (
	"math"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/study"
)

// OwnError is what a domain's own models have of the error, or of the loss, that its
// gains reduce, at a rung; NaN where no gain of the domain tells.
func OwnError(r *analysis.Results, s Selection, domain string) float64 {
	out, widest, byLimits := math.NaN(), 0.0, math.NaN()
	for g := range r.PoolGains(s.Rung, s.Weighting) {
		if g.Domain != domain || !g.Relative.Known() || !g.Absolute.Known() {
			continue
		}
		// Of gains near zero the ratio is mostly rounding.
		if x := math.Abs(g.Relative.Value); x > widest {
			widest, out = x, g.Absolute.Value/g.Relative.Value
		}
		// Of a gain of zero its limits tell.
		if g.Relative.Value == 0 && g.Relative.Lo < 0 && g.Absolute.Lo < 0 {
			byLimits = float64(g.Absolute.Lo) / float64(g.Relative.Lo)
		}
	}
	if widest == 0 {
		return byLimits
	}
	return out
}

// MoneyPerGain is what a unit of a domain's relative gain, all of its error, is worth
// a month, by the values of a study's economics; 0 where its own error is not
// known.
func MoneyPerGain(e *study.Economics, r *analysis.Results, s Selection, domain string) float64 {
	value := e.Value.Of(domain)
	if e.Value.Unit == study.PerPercent {
		return 100 * value
	}
	own := OwnError(r, s, domain)
	if !(own > 0) {
		return 0
	}
	if e.Value.Unit == study.PerPoint {
		own *= 100
	}
	return value * own
}

// UseMoney makes the problem count by money: values are those of the economics, in
// the mean over domains 1, so that totals stay what they are counted in; and the
// tolerance is the amount of money a month, unless that is 0. It does nothing, and
// returns false, where no domain's gain is worth money.
func (p *Problem) UseMoney(e *study.Economics, tolerance float64, r *analysis.Results, s Selection) bool {
	if e == nil {
		return false
	}
	value, sum := make([]float64, len(p.Domains)), 0.0
	for i, name := range p.Domains {
		value[i] = MoneyPerGain(e, r, s, name)
		sum += value[i]
	}
	if sum == 0 {
		return false
	}
	for i := range value {
		value[i] *= float64(len(value)) / sum
	}
	p.Value = value
	if tolerance > 0 {
		p.Tolerance = min(1, tolerance/sum)
	}
	return true
}
