package effect

import "math"

// upperGrid are the values c at which √S ≤ S/(2c) + c/2 is used, so that the
// upper bound ½(Δ + √S) becomes a minimum of linear combinations, each with an
// interval of its own. They are counted in the unit of the moments.
var upperGrid = []float64{.01, .02, .03, .05, .07, .1, .15, .2, .3, .5}

// bounds returns bound_lo and bound_hi of transfer (sign 1) or interference
// (sign -1) at a nominal level:
//
//	bound_lo  the largest of 0 and the one-sided lower limits, at 1-(1-level)/5
//	          each, of ±Δ, the cross-fitted bound and, for correctness, the
//	          excess
//	bound_hi  the least one-sided upper limit, at 1-(1-level)/2, of
//	          ±Δ/2 + S/(4c) + c/4, not below that of ±Δ, nor below bound_lo, nor
//	          below what as many samples would miss (see fewchanges.go)
//
// At a level of 0.95 those are limits of 99 % and 97.5 %.
//
// where c runs over upperGrid times the unit.
//
// The lower bounds hold because T - I = Δ with I ≥ 0, because
// E_T = ½ mean[(q-p)² + (q-p)] ≤ mean max(q-p, 0) for |q-p| ≤ 1, and by
// construction of the cross-fitted bound; the upper one because
// T + I = mean|q-p| ≤ √mean(q-p)². The excess of losses also sees changes of
// their spread and bounds nothing.
//
// Since T ≥ Δ, an upper limit of T below that of Δ says that S came out too
// small, even negative, by chance; it would close the bounds to nothing.
func (m moments) bounds(sign float64, level float64) (lo, hi float64) {
	alpha := 1 - level
	delta := combDelta.times(sign)
	for _, c := range m.below(sign) {
		lo = math.Max(lo, m.lower(c, 1-alpha/5))
	}
	hi = math.Inf(1)
	if m.unit == 0 {
		hi = lo // no two runs differ on any sample
	} else {
		for _, c := range upperGrid {
			f := figure{fixed: delta.times(0.5), scaled: combS.times(1 / (4 * c))}
			hi = math.Min(hi, m.variance(f).upper(dot(f.in(m.jackknife), m.mean()), 1-alpha/2)+c*m.unit/4)
		}
	}
	change := m.interval(combDelta, level)
	hi = math.Max(hi, math.Max(sign*change.Lo, sign*change.Hi))
	return lo, math.Max(lo, math.Max(hi, m.unseen(1-alpha/2)))
}

// below lists what lies below transfer (sign 1) or interference (sign -1) in the
// mean.
func (m moments) below(sign float64) []combination {
	excess, crossfit := combExcessT, combCrossfitT
	if sign < 0 {
		excess, crossfit = combExcessI, combCrossfitI
	}
	list := []combination{combDelta.times(sign)}
	if m.excess {
		list = append(list, excess)
	}
	if m.crossfits || len(m.deleted) == 0 {
		list = append(list, crossfit)
	}
	return list
}

// chance is the probability of lower limits as far above zero as these where
// transfer (sign 1) or interference (sign -1) is zero. With m figures below the
// side, t their estimates in standard errors and F Student's distribution,
//
//	p = min(1, m · min(1 - F(t)))
//
// (Bonferroni). NaN where no run can be left out.
func (m moments) chance(sign float64) float64 {
	if len(m.deleted) == 0 {
		return math.NaN()
	}
	list, p := m.below(sign), 1.0
	for _, c := range list {
		p = math.Min(p, float64(len(list))*m.variance(figureOf(c)).Chance(m.estimate(c)))
	}
	return p
}

// changedShare is the least share of samples whose probability changed:
// S ≤ share because (q-p)² ≤ 1, and (T+I)² = (mean|q-p|)² ≤ share · S by
// Cauchy and Schwarz. A point figure; 0 where S ≤ 0.
func (m moments) changedShare() float64 {
	s := m.estimate(combS)
	if s <= 0 {
		return 0
	}
	cf := m.estimate(combCrossfitT) + m.estimate(combCrossfitI)
	return math.Min(1, math.Max(s, cf*math.Max(0, cf)/s))
}
