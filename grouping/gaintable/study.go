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
	if err := t.drawn(s); err != nil {
		return nil, Options{}, err
	}
	cell := 0
	for _, pool := range p.Pools {
		q := Pool{Train: solve.SetOf(pool.Members...), Serves: slices.Clone(pool.Members), Gain: slices.Clone(pool.Gain), Cost: s.Cost(pool.Members), Source: Measured}
		takes := s.Takes(pool.Members)
		q.Memory, q.Latency = takes.Memory, takes.Latency
		for i, gain := range pool.Gain {
			if t.draws != nil {
				q.terms = append(q.terms, []term{{cell, 1}})
			}
			cell++
			q.Lo, q.Hi = append(q.Lo, limit(pool.Lo, i, gain)), append(q.Hi, limit(pool.Hi, i, gain))
		}
		t.Pools = append(t.Pools, q)
	}
	t.alone()
	for k := range t.Pools {
		if q := &t.Pools[k]; q.Source == Assumed {
			takes := s.Takes(q.Serves)
			q.Cost, q.Memory, q.Latency = s.Cost(q.Serves), takes.Memory, takes.Latency
			if t.draws != nil {
				q.terms = [][]term{nil}
			}
		}
	}
	o := Options{Policy: s.Options.Policy, Values: map[string]float64{}}
	for _, r := range s.Options.Refused {
		o.Refused = append(o.Refused, r.Domains)
	}
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

// jointDraws is the number of draws that objectives of a study's gains are judged by;
// fewer for many gains.
const jointDraws = 4000

// drawn draws the gains of a study together, where some have limits.
func (t *Table) drawn(s *grouping.Stated) error {
	if !slices.ContainsFunc(s.Problem.Pools, func(p grouping.Pool) bool {
		return slices.ContainsFunc(p.Lo, func(lo float64) bool { return !math.IsNaN(lo) })
	}) {
		return nil
	}
	cells := 0
	for _, p := range s.Problem.Pools {
		cells += len(p.Members)
	}
	draws, err := grouping.DrawGains(s.Problem, nil, max(400, min(jointDraws, 4_000_000/cells)), max(1, s.Options.Seed))
	if err != nil {
		return err
	}
	t.draws = draws.Gains
	t.centred = draws.Why == ""
	return nil
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
			Train: solve.SetOf(j), Serves: []int{j}, Gain: []float64{0}, Lo: nan, Hi: slices.Clone(nan), Cost: 1, Memory: math.NaN(), Latency: math.NaN(), Source: Assumed,
		})
	}
}
