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
