package gaintable

import (
	"math"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/grouping/sheet"
	"github.com/sharewise/sharewise/grouping/solve"
)

// Plan is the answer for planners: which pools to train, and whom each serves.
type Plan struct {
	Version int           `json:"version"` // 1
	Pools   []PlannedPool `json:"pools"`
	// Objective is what the choice is worth by the objective of that name; Bound is
	// what no choice exceeds.
	ObjectiveName Objective `json:"objective_name"`
	Objective     float64   `json:"objective"`
	Bound         float64   `json:"bound"`
	// Certificate is "optimal" where no other choice is better, "gap" where one may
	// be, by Gap at most.
	Certificate string  `json:"certificate"`
	Gap         float64 `json:"gap"`

	Models int     `json:"models"`
	Cost   float64 `json:"cost"`
	// Mean, Worst and Total are of the domains' gains, whatever the objective.
	Mean  float64 `json:"mean_gain"`
	Worst float64 `json:"worst_gain"`
	Total float64 `json:"total_gain"`

	Helpers   bool     `json:"helpers"`
	MaxModels int      `json:"max_models"` // 0: no bound
	Budget    *float64 `json:"budget"`     // null: no bound
	// Rules are what each constraint costs.
	Rules []PlannedRule `json:"rules"`
	// Forbidden are the pools of the table that a policy forbids, with the reasons.
	Forbidden []ForbiddenPool `json:"forbidden,omitempty"`
	// Stability is null where no gain has limits.
	Stability *Stability `json:"stability"`
	Notes     []string   `json:"notes"`
}

// PlannedPool is a pool to train.
type PlannedPool struct {
	Train  []string `json:"train"`
	Serves []string `json:"serves"`
	Cost   float64  `json:"cost"`
	Source Source   `json:"source"`
	// Gains are those of the domains that the pool serves.
	Gains []PlannedGain `json:"gains"`
	// Share is the share of draws in which a pool with these domains serves these;
	// null where there are none.
	Share *float64 `json:"share"`
}

// PlannedGain is the gain of a domain.
type PlannedGain struct {
	Domain string        `json:"domain"`
	Gain   float64       `json:"gain"`
	Lo     effect.Number `json:"lo"` // null where unknown
	Hi     effect.Number `json:"hi"`
}

// PlannedRule is a constraint with what it costs.
type PlannedRule struct {
	Name string `json:"name"`
	// Cost is by how much the objective would be larger without it; null where that
	// is not known.
	Cost *float64 `json:"cost"`
	// Rule is a policy's rule as a sentence, Because what it says where it comes from;
	// Pools counts those of the table that it forbids.
	Rule    string `json:"rule,omitempty"`
	Because string `json:"because,omitempty"`
	Pools   int    `json:"pools,omitempty"`
}

// Optimal says that no other choice is better.
func (p *Plan) Optimal() bool { return p.Certificate == "optimal" }

// describe makes a plan of a solution.
func (t *Table) describe(s *solve.Solution) *Plan {
	p := &Plan{Version: 1, Pools: []PlannedPool{}, Rules: []PlannedRule{}, Notes: append([]string{}, t.Notes...), Models: len(s.Chosen), Cost: s.Cost, Worst: math.Inf(1)}
	for _, c := range s.Chosen {
		q := &t.Pools[c.Pool]
		pool := PlannedPool{Train: t.names(q.Train), Serves: t.names(c.Serves), Cost: q.Cost, Source: q.Source}
		for i, j := range q.Serves {
			if !c.Serves.Has(j) {
				continue
			}
			pool.Gains = append(pool.Gains, PlannedGain{t.Domains[j], q.Gain[i], effect.Number(q.Lo[i]), effect.Number(q.Hi[i])})
			p.Total += q.Gain[i]
			p.Worst = min(p.Worst, q.Gain[i])
		}
		p.Pools = append(p.Pools, pool)
	}
	p.Mean = p.Total / float64(len(t.Domains))
	return p
}

func (t *Table) names(s solve.Set) []string {
	out := []string{}
	for j := range s.All() {
		out = append(out, t.Domains[j])
	}
	return out
}

// Sheet lists which pool serves which domain, for spreadsheets.
func (p *Plan) Sheet() []sheet.Row {
	var rows []sheet.Row
	for i := range p.Pools {
		pool := &p.Pools[i]
		for _, g := range pool.Gains {
			rows = append(rows, sheet.Row{
				Group: i + 1, Domain: g.Domain, Members: pool.Train, Gain: g.Gain, Lo: float64(g.Lo), Hi: float64(g.Hi),
				Source: string(pool.Source), Promised: math.NaN(),
			})
		}
	}
	return rows
}
