package grouping

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/grouping/solve"
)

// Governed is the problem under a policy: measured pools that it forbids are left
// out with their errors, and no pool that it forbids is valued from pairs. The
// checker must know the problem's domains, in their order.
func (p *Problem) Governed(c *policy.Checker) (*Problem, error) {
	domains := c.Domains()
	if len(domains) != len(p.Domains) {
		return nil, fmt.Errorf("grouping: the policy knows %d domains, and there are %d", len(domains), len(p.Domains))
	}
	for i, d := range domains {
		if d.Name != p.Domains[i] {
			return nil, fmt.Errorf("grouping: the policy knows domain %s where %s is", d.Name, p.Domains[i])
		}
	}
	out := p.keep(c.Allows)
	out.Policy = c
	return out, nil
}

// keep is the problem with the measured pools that are allowed, and their errors.
func (p *Problem) keep(allowed func(members []int) bool) *Problem {
	out := *p
	out.Pools, out.Covariances = nil, nil
	if p.Across != nil {
		across := *p.Across
		across.Runs, out.Across = nil, &across
	}
	at := make([]int, len(p.Pools))
	for k, pool := range p.Pools {
		at[k] = -1
		if allowed(pool.Members) {
			at[k] = len(out.Pools)
			out.Pools = append(out.Pools, pool)
			if p.Across != nil {
				out.Across.Runs = append(out.Across.Runs, p.Across.Runs[k])
			}
		}
	}
	for _, v := range p.Covariances {
		if left := v.among(at); len(left.Cells) > 0 {
			out.Covariances = append(out.Covariances, left)
		}
	}
	return &out
}

// among is the covariance of the cells whose pools are left; at says where.
func (c *Covariance) among(at []int) Covariance {
	out := Covariance{DF: c.DF}
	var kept []int
	for i, cell := range c.Cells {
		if to := at[cell.Pool]; to >= 0 {
			kept = append(kept, i)
			out.Cells = append(out.Cells, Cell{Pool: to, Member: cell.Member})
		}
	}
	for _, i := range kept {
		row := make([]float64, len(kept))
		for k, j := range kept {
			row[k] = c.Matrix[i][j]
		}
		out.Matrix = append(out.Matrix, row)
	}
	return out
}

// forbids reports whether a policy or a rule forbids a pool.
func (p *Problem) forbids(pool set) bool {
	if pool.Count() > 1 && solve.Forbidden(p.Rules, pool) != "" {
		return true
	}
	return p.Policy != nil && pool.Count() > 1 && !p.Policy.Allows(pool.Members())
}

// Governance says what a policy did to a recommendation.
type Governance struct {
	SHA256 string `json:"sha256"` // of rules and labels
	// Labels of each domain, as the rules saw them.
	Domains []policy.Domain `json:"domains"`
	Rules   []RuleEffect    `json:"rules"`
	// Forbidden are pools that the study asked for, or that were trained, and that
	// are no candidates.
	Forbidden []ForbiddenPool `json:"forbidden"`
}

// RuleEffect is a rule with what it forbade and what it costs.
type RuleEffect struct {
	Name    string `json:"name"`
	Rule    string `json:"rule"` // as a sentence
	Because string `json:"because,omitempty"`
	// Pools counts those of Forbidden that the rule forbids.
	Pools int `json:"pools"`
	// Cost is by how much the total gain would be larger without the rule, all
	// others in force, as far as gains are known: measured, or estimated from
	// pairs. It is null where no pool that the rule alone keeps out has known gains,
	// and where that is nothing by those that have and others were never trained.
	Cost *float64 `json:"cost"`
	// Instead are the groups that would be recommended then; nil where Cost is null
	// or nothing would change.
	Instead [][]string `json:"instead,omitempty"`
	// Estimated says that these have gains that are estimated from pairs.
	Estimated bool `json:"estimated,omitempty"`
	// Untrained counts pools among Forbidden that the rule alone keeps out and whose
	// gains nobody knows.
	Untrained int `json:"untrained"`
}

// ForbiddenPool is a pool with the reasons against it.
type ForbiddenPool struct {
	Pool    []string         `json:"pool"`
	Because []policy.Refusal `json:"because"`
	// Trained says that the pool's gains were measured all the same, before the
	// policy was there or elsewhere.
	Trained bool `json:"trained"`
}

// govern describes what a policy did: open is the problem without it, refused what
// the study asked for.
func govern(open *Problem, best *Grouping, refused []study.RefusedArm) (*Governance, error) {
	c := open.Policy
	out := &Governance{SHA256: policy.Hash(c.Policy(), c.Domains()), Domains: c.Domains(), Rules: []RuleEffect{}, Forbidden: []ForbiddenPool{}}
	free := *open
	free.Policy = nil
	known := map[string]bool{}
	for _, pool := range open.Pools {
		if because := c.Refusals(pool.Members); len(because) > 0 {
			names := open.names(pool.Members)
			known[strings.Join(names, "+")] = true
			out.Forbidden = append(out.Forbidden, ForbiddenPool{Pool: names, Because: because, Trained: true})
		}
	}
	for _, r := range refused {
		members, err := open.Indices(r.Domains)
		if err != nil {
			continue // a plan of other domains
		}
		// The rules in force decide, not those that the plan was made by.
		because := c.Refusals(members)
		if key := strings.Join(r.Domains, "+"); len(because) > 0 && !known[key] {
			known[key] = true
			out.Forbidden = append(out.Forbidden, ForbiddenPool{Pool: r.Domains, Because: because})
		}
	}
	for _, r := range c.Policy().Rules {
		effect := RuleEffect{Name: r.Name, Rule: r.Words(), Because: r.Because}
		returns := 0 // measured pools that the rule alone keeps out
		for _, f := range out.Forbidden {
			of := slices.ContainsFunc(f.Because, func(b policy.Refusal) bool { return b.Rule == r.Name })
			if of {
				effect.Pools++
			}
			switch {
			case !of || len(f.Because) > 1:
			case f.Trained:
				returns++
			default:
				effect.Untrained++
			}
		}
		if err := effect.price(&free, c, best, returns); err != nil {
			return nil, err
		}
		out.Rules = append(out.Rules, effect)
	}
	return out, nil
}

// warnings tell of pools that were trained and may not be used.
func (g *Governance) warnings() []string {
	if g == nil {
		return nil
	}
	var trained []ForbiddenPool
	for _, f := range g.Forbidden {
		if f.Trained {
			trained = append(trained, f)
		}
	}
	if len(trained) == 0 {
		return nil
	}
	such := fmt.Sprintf("%s, by %s", pooled(trained[0].Pool), trained[0].Because[0].Words())
	if len(trained) == 1 {
		return []string{"The policy forbids a pool that was trained: " + such + ". It is no candidate, and its models should be removed."}
	}
	return []string{fmt.Sprintf("The policy forbids %d pools that were trained, such as that of %s. They are no candidates, and their models should be removed.", len(trained), such)}
}

// price solves the problem without the rule.
func (e *RuleEffect) price(free *Problem, c *policy.Checker, best *Grouping, returns int) error {
	p, err := free.Governed(c.Without(e.Name))
	if err != nil {
		return err
	}
	with, err := free.Governed(c)
	if err != nil {
		return err
	}
	// Without a pool that comes back, only estimates from pairs could change.
	if returns == 0 && !p.valuesMore(with) {
		if e.Untrained == 0 {
			e.Cost = new(float64)
		}
		return nil
	}
	without, err := Best(p)
	if err != nil {
		return err
	}
	cost := max(0, without.Total-best.Total)
	if e.Cost = &cost; cost == 0 && e.Untrained > 0 {
		e.Cost = nil
	}
	if without.Same(best.Names()) || !(cost > 0) {
		return nil
	}
	e.Instead = without.Names()
	for _, g := range without.Groups {
		e.Estimated = e.Estimated || g.Source == FromPairs
	}
	return nil
}

// valuesMore reports whether the problem can value pools from pairs that another
// with the same measured pools cannot: of three domains whose pairs were measured.
// Larger ones hold such a three, unless it is allowed; they are looked for by
// extending what both allow.
func (p *Problem) valuesMore(other *Problem) bool {
	g := newGains(p)
	const most = 200_000 // pools looked at; then it is taken for true
	looked := 0
	var extend func(pool []int, next int) bool
	extend = func(pool []int, next int) bool {
		for j := next; j < g.n; j++ {
			if slices.ContainsFunc(pool, func(i int) bool { return g.pair[i*g.n+j] < 0 }) {
				continue
			}
			with := append(slices.Clone(pool), j)
			if looked++; looked > most {
				return true
			}
			if len(with) > 2 && !other.Policy.Allows(with) {
				if p.Policy.Allows(with) {
					return true
				}
				continue
			}
			if extend(with, j+1) {
				return true
			}
		}
		return false
	}
	return extend(nil, 0)
}

// Words says what the rule costs: "costs 0.031 of total gain", "unknown: never
// trained". worth is what the total is divided by to make it a mean over domains.
func (e *RuleEffect) Words(worth float64) string {
	untrained := ""
	switch {
	case e.Untrained == 1:
		untrained = "1 pool that it alone forbids was never trained"
	case e.Untrained > 1:
		untrained = fmt.Sprintf("%d pools that it alone forbids were never trained", e.Untrained)
	}
	switch {
	case e.Cost == nil:
		return "unknown: " + untrained
	case *e.Cost == 0:
		return "nothing"
	}
	cost := *e.Cost
	if worth > 0 {
		cost /= worth
	}
	out := fmt.Sprintf("%.1f %% of the error or loss, averaged over domains", 100*cost)
	if math.Round(1000*cost) == 0 {
		out = "less than 0.1 % of the error or loss, averaged over domains"
	}
	if e.Estimated {
		out += ", estimated from pairs"
	}
	if e.Untrained > 0 {
		out = "at least " + out + "; " + untrained
	}
	return out
}

// WorthOfAll is the sum of the domains' values: totals divided by it are means.
func (r *Recommendation) WorthOfAll() float64 {
	sum := 0.0
	for _, d := range r.Domains {
		sum += d.Value
	}
	return sum
}
