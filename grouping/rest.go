package grouping

import (
	"slices"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/policy"
)

// Rest is what can be decided although some domains are in doubt: the
// recommended groups that no doubt touches, judged by draws of their own gains
// alone. What happens to those in doubt does not change them, since no group has
// domains of both.
type Rest struct {
	Domains []string `json:"domains"`
	// Firmness is that of these groups.
	Firmness Firmness `json:"firmness"`
	// Lasting are those of them that can be acted on where they are open as a
	// whole.
	Lasting [][]string `json:"lasting"`
	// Stability is that of these groups.
	Stability *Stability `json:"stability"`
}

// leastRest is the share of the domains' value that must be out of doubt for a
// decision on them alone.
const leastRest = 0.5

// Doubted lists the domains whose groups a doubt that bears on the recommendation
// touches, in the study's order. A doubt without domains is about all of them.
func (r *Recommendation) Doubted() []string {
	on, _ := r.Bearing(r.Doubts)
	touched := map[string]bool{}
	for _, names := range r.Names() {
		if slices.ContainsFunc(on, func(d analysis.Doubt) bool { return concerns(d, names) }) {
			for _, name := range names {
				touched[name] = true
			}
		}
	}
	out := []string{}
	for _, d := range r.Domains {
		if touched[d.Name] {
			out = append(out, d.Name)
		}
	}
	return out
}

// concerns says whether a doubt is about the group of these domains.
func concerns(d analysis.Doubt, names []string) bool {
	if len(d.Domains) == 0 {
		return true
	}
	return slices.ContainsFunc(names, func(name string) bool { return slices.Contains(d.Domains, name) })
}

// rest finds what is out of doubt, nil where nothing is in doubt, or the doubts
// bear on the decision as a whole: where they touch more than half of the value, or
// leave no two domains that could have shared, or where a bound on the number of
// groups ties all domains together.
func (r *Recommendation) rest() *Rest {
	doubted := r.Doubted()
	if len(doubted) == 0 || r.MaxGroups > 0 && r.MaxGroups < len(r.Domains) {
		return nil
	}
	out := &Rest{}
	all, clean := 0.0, 0.0
	for _, d := range r.Domains {
		all += d.Value
		if !slices.Contains(doubted, d.Name) {
			clean += d.Value
			out.Domains = append(out.Domains, d.Name)
		}
	}
	if len(out.Domains) < 2 || clean < leastRest*all {
		return nil
	}
	return out
}

// OfRest is the recommendation for the domains that are out of doubt, by itself;
// the whole where OutOfDoubt is nil.
func (r *Recommendation) OfRest() *Recommendation {
	if r.OutOfDoubt == nil {
		return r
	}
	of := *r
	of.OutOfDoubt, of.Doubts = nil, nil
	has := func(names []string) bool {
		return !slices.ContainsFunc(names, func(name string) bool { return !slices.Contains(r.OutOfDoubt.Domains, name) })
	}
	of.Groups = slices.DeleteFunc(slices.Clone(r.Groups), func(g Group) bool { return !has(g.Names()) })
	of.Domains = slices.DeleteFunc(slices.Clone(r.Domains), func(d DomainValue) bool { return !has([]string{d.Name}) })
	of.Pairs = slices.DeleteFunc(slices.Clone(r.Pairs), func(p PairGain) bool { return !has([]string{p.A.Domain, p.B.Domain}) })
	of.Stability = r.OutOfDoubt.Stability
	of.Firmness, of.Lasting = r.OutOfDoubt.Firmness, r.OutOfDoubt.Lasting
	of.Total = 0
	for _, g := range of.Groups {
		of.Total += g.Total
	}
	return &of
}

// decideRest fills in OutOfDoubt: it draws the gains of the pools of domains out of
// doubt again, for a decision about them alone. Where it makes no difference which
// of these share, the cheapest of their partitions is recommended.
func (r *Recommendation) decideRest(p *Problem, c Context, choice *Choice) error {
	rest := r.rest()
	// Rules of the study may tie domains in doubt to the others.
	if rest == nil || r.Stability == nil || len(p.Rules) > 0 {
		return nil
	}
	part := p.within(rest.Domains)
	if c := p.Policy; c != nil {
		left := slices.DeleteFunc(slices.Clone(c.Domains()), func(d policy.Domain) bool { return !slices.Contains(rest.Domains, d.Name) })
		var err error
		if part.Policy, err = policy.New(c.Policy(), left); err != nil {
			return nil // its rules are about domains in doubt as well
		}
	}
	own, err := Choose(part, c.Draws, c.Seed)
	if err != nil {
		return err
	}
	if rest.Stability = own.Stability; rest.Stability == nil {
		return nil // no gain of theirs has limits
	}
	r.OutOfDoubt = rest
	of := r.OfRest()
	switch {
	case of.Same(own.Recommended.Names()):
	case own.Guess == nil || !of.Same(own.Guess.Names()):
		r.OutOfDoubt = nil // they are grouped otherwise by themselves, by a tie
		return nil
	default:
		groups := own.Recommended.Names()
		for _, names := range r.Names() {
			if !slices.Contains(rest.Domains, names[0]) {
				groups = append(groups, names)
			}
		}
		if err := choice.replace(p, groups, c); err != nil {
			return err
		}
		if err := r.take(p, choice); err != nil {
			return err
		}
		of = r.OfRest()
	}
	of.Decide()
	rest.Firmness, rest.Lasting = of.Firmness, of.Lasting
	return nil
}

// within is the problem of some of the domains alone.
func (p *Problem) within(names []string) *Problem {
	out := *p
	out.Domains, out.Value, out.Pools, out.Covariances = nil, nil, nil, nil
	if p.Across != nil {
		across := *p.Across
		across.Runs, out.Across = nil, &across
	}
	at := map[int]int{} // new numbers of domains
	for i, name := range p.Domains {
		if slices.Contains(names, name) {
			at[i] = len(out.Domains)
			out.Domains = append(out.Domains, name)
			out.Value = append(out.Value, p.value(i))
		}
	}
	if p.Policy != nil {
		out.Policy = p.Policy.Among(out.Domains)
	}
	kept := map[int]int{} // new numbers of pools
	for k, pool := range p.Pools {
		members := make([]int, 0, len(pool.Members))
		for _, m := range pool.Members {
			if to, ok := at[m]; ok {
				members = append(members, to)
			}
		}
		if len(members) == len(pool.Members) {
			kept[k] = len(out.Pools)
			pool.Members = members
			out.Pools = append(out.Pools, pool)
			if p.Across != nil {
				out.Across.Runs = append(out.Across.Runs, p.Across.Runs[k])
			}
		}
	}
	for _, c := range p.Covariances {
		part := Covariance{DF: c.DF}
		var rows []int
		for i, cell := range c.Cells {
			if to, ok := kept[cell.Pool]; ok {
				rows = append(rows, i)
				part.Cells = append(part.Cells, Cell{to, cell.Member})
			}
		}
		for _, i := range rows {
			row := make([]float64, 0, len(rows))
			for _, k := range rows {
				row = append(row, c.Matrix[i][k])
			}
			part.Matrix = append(part.Matrix, row)
		}
		if len(rows) > 0 {
			out.Covariances = append(out.Covariances, part)
		}
	}
	return &out
}
