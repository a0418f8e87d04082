package grouping

import (
	"math"
	"os"
	"slices"

	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/grouping/solve"
)

// Takes is what the model of a pool takes where it serves; NaN where that is not
// known.
type Takes struct {
	Memory, Latency float64
}

// takes are what the models of a study's pools take, by members: what the study says,
// else, of memory, the bytes of the trained model.
func (o *Options) takes(p *Problem, s Selection) map[set]Takes {
	out := map[set]Takes{}
	if o.plan == nil {
		return out
	}
	of := func(names []string) (set, bool) {
		members, err := p.Indices(names)
		return solve.SetOf(members...), err == nil
	}
	for _, r := range o.plan.Runs {
		if r.Rung.Name != s.Rung || len(r.Domains) > 1 && r.Weighting.Name != s.Weighting {
			continue
		}
		pool, ok := of(r.Domains)
		if _, has := out[pool]; !ok || has {
			continue
		}
		if info, err := os.Stat(o.folder.Run(r.ID).Model()); err == nil {
			out[pool] = Takes{float64(info.Size()), math.NaN()}
		}
	}
	for _, m := range o.plan.Grouping.Models {
		pool, ok := of(m.Pool)
		if !ok {
			continue
		}
		t, has := out[pool]
		if !has {
			t = Takes{math.NaN(), math.NaN()}
		}
		if m.Memory > 0 {
			t.Memory = m.Memory
		}
		if m.Latency > 0 {
			t.Latency = m.Latency
		}
		out[pool] = t
	}
	return out
}

// needsOf says what pools take at sites, where constraints limit that.
func (o *Options) needsOf(p *Problem, s Selection) solve.Needs {
	if o.Constraints == nil || len(o.Constraints.Sites) == 0 {
		return solve.Needs{}
	}
	takes := o.takes(p, s)
	of := func(field func(Takes) float64) func(solve.Set) float64 {
		return func(pool solve.Set) float64 {
			if t, ok := takes[pool]; ok {
				return field(t)
			}
			return math.NaN()
		}
	}
	return solve.Needs{
		Memory:  of(func(t Takes) float64 { return t.Memory }),
		Latency: of(func(t Takes) float64 { return t.Latency }),
	}
}

// Takes are what the models of the problem's pools take, and those of its domains
// alone, by members.
func (s *Stated) Takes(members []int) Takes {
	if t, ok := s.takes[solve.SetOf(members...)]; ok {
		return t
	}
	return Takes{math.NaN(), math.NaN()}
}

// Cost is what a study says of a pool's cost, 1 where it says nothing.
func (s *Stated) Cost(members []int) float64 {
	names := s.Problem.names(members)
	slices.Sort(names)
	for _, m := range s.models() {
		pool := slices.Clone(m.Pool)
		if slices.Sort(pool); slices.Equal(pool, names) && m.Cost > 0 {
			return m.Cost
		}
	}
	return 1
}

func (s *Stated) models() []study.GroupModel {
	if s.Options.plan == nil {
		return nil
	}
	return s.Options.plan.Grouping.Models
}

// Planned are the settings of the study for a choice of pools.
func (s *Stated) Planned() study.Grouping {
	if s.Options.plan == nil {
		return study.Grouping{}
	}
	return s.Options.plan.Grouping
}
