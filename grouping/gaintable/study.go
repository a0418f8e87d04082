package gaintable

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/solve"
)

// OfStudy makes a table of what a study measured, so that pools can be chosen from it
// by other objectives, within a budget, or with helpers. Every pool costs 1. What the
// study says beside gains, rules and values among it, goes into the options, which
// hold for the table.
func OfStudy(s *grouping.Stated) (*Table, Options, error) {
	p := s.Problem
	if len(p.Domains) > solve.MaxDomains {
		return nil, Options{}, fmt.Errorf("gaintable: the study has %d domains; %d are the most", len(p.Domains), solve.MaxDomains)
	}
	t := &Table{Domains: slices.Clone(p.Domains), Notes: slices.Clone(s.Notes)}
	scale := 1.0
	if p.Level > 0 && p.Level != 0.95 {
		scale = distuv.UnitNormal.Quantile(0.975) / distuv.UnitNormal.Quantile(0.5+p.Level/2)
		t.Notes = append(t.Notes, fmt.Sprintf("Limits of %.4g %% are made those of 95 %%.", 100*p.Level))
	}
	limit := func(limits []float64, i int, gain float64) float64 {
		if i >= len(limits) {
			return math.NaN()
		}
		return gain + scale*(limits[i]-gain)
	}
	for _, pool := range p.Pools {
		q := Pool{Train: solve.SetOf(pool.Members...), Serves: slices.Clone(pool.Members), Gain: slices.Clone(pool.Gain), Cost: 1, Source: Measured}
		for i, gain := range pool.Gain {
			q.Lo, q.Hi = append(q.Lo, limit(pool.Lo, i, gain)), append(q.Hi, limit(pool.Hi, i, gain))
		}
		t.Pools = append(t.Pools, q)
	}
	t.alone()
	o := Options{Policy: s.Options.Policy, Values: map[string]float64{}}
	if s.Options.Constraints != nil {
		o.Constraints = *s.Options.Constraints
	}
	if s.Options.MaxGroups != nil {
		o.MaxModels = *s.Options.MaxGroups
	}
	equal := true
	for j, v := range p.Value {
		o.Values[p.Domains[j]] = v
		equal = equal && v == p.Value[0]
	}
	if equal {
		o.Values = nil
	}
	return t, o, nil
}

// alone adds the domains alone, where they have no pool.
func (t *Table) alone() {
	has := map[solve.Set]bool{}
	for k := range t.Pools {
		has[t.Pools[k].Train] = len(t.Pools[k].Serves) > 0
	}
	for j := range t.Domains {
		if has[solve.SetOf(j)] {
			continue
		}
		nan := []float64{math.NaN()}
		t.Pools = append(t.Pools, Pool{
			Train: solve.SetOf(j), Serves: []int{j}, Gain: []float64{0}, Lo: nan, Hi: slices.Clone(nan), Cost: 1, Source: Assumed,
		})
	}
}
