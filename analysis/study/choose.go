package study

import "slices"

// Adaptive says that the runs of a plan were chosen one after another, as
// decisions.json tells, and that there may be more.
type Adaptive struct {
	// Until is what training goes on to: "settled".
	Until string `json:"until"`
	// Candidates counts the runs that could be chosen.
	Candidates int `json:"candidates"`
}

// Choose returns a plan of some of the runs, by their IDs, in the plan's order:
// of those alone it lists rungs and weightings and adds up the cost.
func (p *Plan) Choose(ids []string) *Plan {
	chosen := map[string]bool{}
	for _, id := range ids {
		chosen[id] = true
	}
	out := *p
	out.Runs, out.Total, out.Seeds, out.IndependentSeeds = nil, Cost{}, 0, 0
	rungs, weightings := map[string]bool{}, map[string]bool{}
	for _, r := range p.Runs {
		if !chosen[r.ID] {
			continue
		}
		out.Runs = append(out.Runs, r)
		out.Total.add(r.Cost)
		rungs[r.Rung.Name] = true
		if r.Arm == Independent {
			out.IndependentSeeds = max(out.IndependentSeeds, r.Seed)
			continue
		}
		out.Seeds = max(out.Seeds, r.Seed)
		weightings[r.Weighting.Name] = true
	}
	out.Rungs = slices.DeleteFunc(slices.Clone(p.Rungs), func(name string) bool { return !rungs[name] })
	if len(weightings) > 0 {
		out.Weightings = slices.DeleteFunc(slices.Clone(p.Weightings), func(name string) bool { return !weightings[name] })
	}
	if p.ManyPairs != "" {
		out.ManyPairs = ""
		out.Warnings = slices.DeleteFunc(slices.Clone(p.Warnings), func(w string) bool { return w == p.ManyPairs })
	}
	return &out
}
