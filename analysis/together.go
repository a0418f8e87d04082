package analysis

import "github.com/sharewise/sharewise/analysis/effect"

// together judges the gains of every rung and weighting together, since among
// many some exclude zero by chance: which of them are discoveries, and limits
// that hold for all at once. Gain k is that of comparison k.
func (a *analyzer) together(comparisons []*effect.Comparison) {
	type family struct{ rung, weighting string }
	of := map[family][]int{}
	for i, g := range a.results.Gains {
		f := family{g.Rung, g.Weighting}
		of[f] = append(of[f], i)
	}
	for _, members := range of {
		var gains []*effect.Gain
		var list []*effect.Comparison
		var measures []string
		for _, i := range members {
			g := &a.results.Gains[i]
			o, _ := a.options(g.Domain)
			gains, list, measures = append(gains, &g.Gain), append(list, comparisons[i]), append(measures, o.Measure)
		}
		judgeTogether(gains, list, measures, a.Options.Level)
	}
	a.covariances(comparisons)
}

// covariances fills in how far the gains of one domain err together.
func (a *analyzer) covariances(comparisons []*effect.Comparison) {
	type key struct{ target, rung, weighting string }
	of := map[key]int{}
	var lists [][]*effect.Comparison
	for i, g := range a.results.Gains {
		if !g.Relative.Limited() {
			continue
		}
		k := key{g.Domain, g.Rung, g.Weighting}
		at, ok := of[k]
		if !ok {
			at = len(lists)
			of[k] = at
			lists = append(lists, nil)
			a.results.Covariances = append(a.results.Covariances, GainCovariance{Target: g.Domain, Rung: g.Rung, Weighting: g.Weighting})
		}
		lists[at] = append(lists[at], comparisons[i])
		c := &a.results.Covariances[at]
		c.Arms = append(c.Arms, g.Arm)
	}
	for at, list := range lists {
		c := &a.results.Covariances[at]
		o, _ := a.options(c.Target)
		found := effect.Together(list, o.Measure)
		c.Matrix, c.Freedom, c.Run = found.Matrix, found.Freedom, found.Run
	}
	a.across(lists)
}

// across fills in how far runs move gains of different domains together; list k
// holds the comparisons of covariance k.
func (a *analyzer) across(lists [][]*effect.Comparison) {
	type family struct{ rung, weighting string }
	type gathered struct {
		errors         []effect.RunErrors
		domains, pools []string
	}
	of := map[family]*gathered{}
	var order []family
	for at, list := range lists {
		c := &a.results.Covariances[at]
		o, _ := a.options(c.Target)
		f := family{c.Rung, c.Weighting}
		if of[f] == nil {
			of[f] = &gathered{}
			order = append(order, f)
		}
		g := of[f]
		c.RunVariance = make([]float64, len(list))
		for k, comparison := range list {
			if e, ok := comparison.RunErrors(o.Measure); ok {
				c.RunVariance[k] = e.Variance
				g.errors, g.domains, g.pools = append(g.errors, e), append(g.domains, c.Target), append(g.pools, c.Arms[k])
			}
		}
	}
	for _, f := range order {
		g := of[f]
		if found := effect.AcrossDomains(g.errors, g.domains, g.pools); found.Seeds > 0 {
			a.results.Across = append(a.results.Across, AcrossDomains{f.rung, f.weighting, found})
		}
	}
}

// judgeTogether fills in what is said of gains together; comparison k is that of
// gain k, and measure k what it rests on.
func judgeTogether(gains []*effect.Gain, comparisons []*effect.Comparison, measures []string, level float64) {
	var chances []float64
	limited := 0
	for _, g := range gains {
		chances = append(chances, g.P)
		if g.Relative.Limited() {
			limited++
		}
	}
	for k, found := range effect.Discoveries(chances, 1-level) {
		gains[k].Discovery = found
		gains[k].Simultaneous = comparisons[k].RelativeGain(measures[k], effect.Simultaneous(level, limited))
	}
}
