package gaintable

import (
	"math"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/grouping/sheet"
	"github.com/sharewise/sharewise/grouping/solve"
)

// The certificates of a plan.
const (
	CertifiedOptimal = "optimal"
	CertifiedGap     = "gap"
	// Infeasible is the certificate of a plan without pools: it is proved that no
	// choice keeps to the constraints.
	Infeasible = "infeasible"
	// Unfound is that of one where no choice was found, and none is proved to be
	// impossible.
	Unfound = "none found"
)

// Plan is the answer for planners: which pools to train, and whom each serves.
type Plan struct {
	Version int           `json:"version"` // 1
	Pools   []PlannedPool `json:"pools"`
	// Objective is what the choice is worth by the objective of that name; Bound is
	// what no choice exceeds. Without pools these and all further figures are NaN.
	ObjectiveName Objective     `json:"objective_name"`
	Objective     effect.Number `json:"objective"`
	Bound         effect.Number `json:"bound"`
	// Certificate is "optimal" where no other choice is better, "gap" where one may
	// be, by Gap at most.
	Certificate string        `json:"certificate"`
	Gap         effect.Number `json:"gap"`
	// Impossible says why there are no pools; nil where there are some.
	Impossible *Impossible `json:"impossible,omitempty"`

	Models int           `json:"models"`
	Cost   effect.Number `json:"cost"`
	// Mean, Worst and Total are of the domains' gains, whatever the objective.
	Mean  effect.Number `json:"mean_gain"`
	Worst effect.Number `json:"worst_gain"`
	Total effect.Number `json:"total_gain"`

	Helpers   bool     `json:"helpers"`
	MaxModels int      `json:"max_models"` // 0: no bound
	Budget    *float64 `json:"budget"`     // null: no bound
	// Sites are what the places allow where models serve, with what these take.
	Sites []PlannedSite `json:"sites,omitempty"`
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
	// Memory and Latency are what the model takes; NaN where that is not known.
	Memory  effect.Number `json:"memory"`
	Latency effect.Number `json:"latency"`
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

// PlannedSite is what the site of a domain allows: NaN stands for any. TakesMemory and
// TakesLatency are of the model that serves the domain; NaN where that is not known, or
// none does.
type PlannedSite struct {
	Domain       string        `json:"domain"`
	Memory       effect.Number `json:"memory"`
	TakesMemory  effect.Number `json:"takes_memory"`
	Latency      effect.Number `json:"latency"`
	TakesLatency effect.Number `json:"takes_latency"`
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
func (p *Plan) Optimal() bool { return p.Certificate == CertifiedOptimal }

// describe makes a plan of a solution.
func (t *Table) describe(s *solve.Solution) *Plan {
	p := &Plan{Version: planVersion, Pools: []PlannedPool{}, Rules: []PlannedRule{}, Notes: append([]string{}, t.Notes...), Models: len(s.Chosen), Cost: effect.Number(s.Cost)}
	total, worst := 0.0, math.Inf(1)
	for _, c := range s.Chosen {
		q := &t.Pools[c.Pool]
		pool := PlannedPool{Train: t.names(q.Train), Serves: t.names(c.Serves), Cost: q.Cost, Source: q.Source, Memory: effect.Number(q.Memory), Latency: effect.Number(q.Latency)}
		for i, j := range q.Serves {
			if !c.Serves.Has(j) {
				continue
			}
			pool.Gains = append(pool.Gains, PlannedGain{t.Domains[j], q.Gain[i], effect.Number(q.Lo[i]), effect.Number(q.Hi[i])})
			total += q.Gain[i]
			worst = min(worst, q.Gain[i])
		}
		p.Pools = append(p.Pools, pool)
	}
	p.Total, p.Worst, p.Mean = effect.Number(total), effect.Number(worst), effect.Number(total/float64(len(t.Domains)))
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
