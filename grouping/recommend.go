package grouping

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/grouping/solve"
)

// Context is what a recommendation says about its origin, and how it is made.
type Context struct {
	Study     string
	Selection Selection
	Doubts    []analysis.Doubt // of the results
	Warnings  []string         // of FromResults
	// Refused are pools that the study asked for and that its policy or its rules for
	// groups forbid.
	Refused []study.RefusedArm
	Draws   int // of Resample; 0: default
	Seed    uint64
}

// Recommend solves the problem and gathers all that planners should know about
// the answer.
func Recommend(p *Problem, c Context) (*Recommendation, error) {
	open := p
	if p.Policy != nil {
		governed, err := p.Governed(p.Policy)
		if err != nil {
			return nil, err
		}
		p = governed
	}
	p = p.Ruled()
	choice, err := Choose(p, c.Draws, c.Seed)
	if errors.Is(err, ErrNoPartition) {
		return nil, open.noPartition(c.Refused) // pools that rules forbid would be there without these
	}
	if err != nil {
		return nil, err
	}
	tree, err := Linkage(p)
	if err != nil {
		return nil, err
	}
	r := &Recommendation{
		Version: fileVersion, Study: c.Study, Rung: c.Selection.Rung, Weighting: c.Selection.Weighting,
		Level: p.level(), MinGain: p.MinGain, MaxGroups: p.MaxGroups, Pairs: newGains(p).pairGains(), Tree: tree,
		NothingToGain: []string{}, Doubts: slices.Clone(c.Doubts),
	}
	for i, name := range p.Domains {
		r.Domains = append(r.Domains, DomainValue{name, p.value(i)})
	}
	if r.Doubts == nil {
		r.Doubts = []analysis.Doubt{}
	}
	if err := r.take(p, choice); err != nil {
		return nil, err
	}
	r.Decide()
	if choice.Guess != nil && len(r.Doubted()) > 0 && r.rest() == nil {
		// Few models tie domains to those in doubt, where more may leave something to
		// act on.
		of := *r
		if err := of.take(p, choice.ofGuess()); err != nil {
			return nil, err
		}
		if of.Decide(); of.rest() != nil {
			*r, choice = of, choice.ofGuess()
		}
	}
	if err := r.decideRest(p, c, choice); err != nil {
		return nil, err
	}
	r.Decide()
	// What rules cost is counted by the largest totals.
	best := choice.largest()
	if p.Policy != nil && !p.Policy.Policy().Empty() {
		if r.Governance, err = govern(open, best, c.Refused); err != nil {
			return nil, err
		}
	}
	if r.Constraints, err = open.ruleCosts(best, c.Refused); err != nil {
		return nil, err
	}
	r.Barred = open.barred()
	r.Warnings = slices.Concat(c.Warnings, r.Governance.warnings(), newGains(p).warnings(r, choice))
	if r.Warnings == nil {
		r.Warnings = []string{}
	}
	return r, nil
}

// barred lists the domains of which rules forbid every pair.
func (p *Problem) barred() []Barred {
	var out []Barred
	for i, name := range p.Domains {
		var by []string
		for j := range p.Domains {
			if j == i {
				continue
			}
			rule := solve.Forbidden(p.Rules, solve.SetOf(i, j))
			if rule == "" {
				by = nil
				break
			}
			if !slices.Contains(by, rule) {
				by = append(by, rule)
			}
		}
		if by != nil {
			out = append(out, Barred{name, by})
		}
	}
	return out
}

// take fills in what follows from the choice of groups.
func (r *Recommendation) take(p *Problem, c *Choice) error {
	g := newGains(p)
	promised, err := PromiseOf(p, c.Recommended)
	if err != nil {
		return err
	}
	r.Grouping, r.Promised, r.Stability = *c.Recommended, promised, c.Stability
	r.RunnerUp = nil
	r.Chosen = ByGain
	if c.Guess != nil {
		r.Chosen = ByModels
	}
	r.Alternatives, r.Confirm = g.alternatives(c), g.confirm(c)
	r.Frontier, err = g.frontier(c.largest())
	return err
}

// alternatives lists the best guess where another is recommended, the runner-up, all
// alone and all together, less what is the recommendation itself and what cannot be
// valued.
func (g *gains) alternatives(c *Choice) []Alternative {
	out := []Alternative{}
	add := func(name string, other *Grouping) {
		if other == nil || other.Same(c.Recommended.Names()) {
			return
		}
		out = append(out, Alternative{Name: name, Total: other.Total, Source: other.source(), Groups: other.Names()})
	}
	add(BestGuess, c.Guess)
	add("runner-up", c.largest().RunnerUp)
	if !g.problem.linked() {
		add("independent", g.grouping(alone(g.n)))
	}
	all := solve.AllOf(g.n)
	if _, measured := g.pools[all]; measured || g.hasPairs(all) {
		add("joint", g.grouping([]set{all}))
	}
	return out
}

// confirm asks for the pools that the recommendation and the runner-up only
// estimate: nothing where the recommendation is the cheapest of those that make no
// difference, all of which were trained.
func (g *gains) confirm(c *Choice) []Confirmation {
	out := []Confirmation{}
	if c.Guess != nil {
		return out
	}
	best := c.Recommended
	seen := map[string]bool{}
	ask := func(from *Grouping, recommended bool, why string) {
		if from == nil {
			return
		}
		for _, group := range from.Groups {
			names := group.Names()
			if key := fmt.Sprint(names); group.Source == FromPairs && !seen[key] {
				seen[key] = true
				out = append(out, Confirmation{names, recommended, why})
			}
		}
	}
	ask(best, true, "recommended, but its gain is an estimate from pairs")
	ask(best.RunnerUp, false, "in the runner-up, and its gain is an estimate from pairs")
	return out
}

func (g *gains) warnings(r *Recommendation, c *Choice) []string {
	var out, estimated []string
	for _, group := range r.Groups {
		names := pooled(group.Names())
		var harmed []string
		for _, m := range group.Members {
			if group.Source != Single && m.Verdict == Apart {
				harmed = append(harmed, m.Domain)
			}
		}
		because := "The pool is recommended because the others gain more, or because of the bound on groups."
		if len(g.problem.Rules) > 0 {
			because = "The pool is recommended because the others gain more, or because of the bound on groups or a rule."
		}
		switch len(harmed) {
		case 0:
		case 1:
			out = append(out, fmt.Sprintf("%s is better off alone than in the recommended pool of %s: its gain lies below zero with all of its limits. %s", harmed[0], names, because))
		default:
			out = append(out, fmt.Sprintf("%s are better off alone than in the recommended pool of %s: their gains lie below zero with all of their limits. %s", pooled(harmed), names, because))
		}
		if group.Source == FromPairs {
			estimated = append(estimated, names)
		}
	}
	switch n := len(estimated); {
	case n == 1:
		out = append(out, fmt.Sprintf("The gains of the pool of %s are estimated as means of pair gains; the pool itself was not trained. Larger pools need more capacity, and pairs do not show that.", estimated[0]))
	case n > 1:
		out = append(out, fmt.Sprintf("The gains of %d of the pools, such as that of %s, are estimated as means of pair gains; the pools themselves were not trained. Larger pools need more capacity, and pairs do not show that.", n, estimated[0]))
	}
	if len(g.cell) == 0 {
		return out // what was left out, and why, is said
	}
	if missing := g.missingPairs(); missing > 0 {
		out = append(out, fmt.Sprintf("%d of %d pairs were not measured. Pools that need them were not considered.", missing, g.n*(g.n-1)/2))
	}
	if best := c.largest(); !best.Optimal {
		out = append(out, fmt.Sprintf("The partition was searched for among many and may not be the best one: its total is %.4g, and no partition's total exceeds %.4g.", best.Total, best.Bound))
	}
	if g.problem.Conditional {
		out = append(out, "Some gains rest on two runs of a side. Their limits leave out how runs vary, so that they settle nothing; three seeds do.")
	}
	switch {
	case r.Stability == nil:
		out = append(out, "No gain has limits, so nothing can be said about how firm the groups are.")
	case r.Stability.Fixed > 0:
		out = append(out, fmt.Sprintf("%d of %d gains have no limits; the stability takes them as exact.", r.Stability.Fixed, len(g.cell)))
	}
	return out
}

// pooled lists the members of a pool for a sentence; of many, the first.
func pooled(names []string) string {
	const most = 8
	if extra := len(names) - most; extra > 1 {
		return fmt.Sprintf("%s and %d others", strings.Join(names[:most], ", "), extra)
	}
	return strings.Join(names, ", ")
}
