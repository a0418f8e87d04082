package grouping

import "math"

// Promise is what a grouping is expected to deliver with fresh seeds, on test
// samples that chose nothing. Gains that a grouping was chosen by lean high,
// since those that chance has favoured are chosen; these do not (see [Shrink]).
type Promise struct {
	// Why says why the promise is what was measured, and still leans high; empty
	// where it does not.
	Why    string          `json:"why"`
	Groups []PromisedGroup `json:"groups"` // in the order of the grouping's
	// Total is the sum over domains of value times gain.
	Total Shrunk `json:"total"`
}

// PromisedGroup is the promise to the members of a group.
type PromisedGroup struct {
	Members []PromisedGain `json:"members"`
	// Total is the sum over members of value times gain.
	Total Shrunk `json:"total"`
}

// PromisedGain is the promise to a domain.
type PromisedGain struct {
	Domain string `json:"domain"`
	Gain   Shrunk `json:"gain"`
	// Raw is the gain as measured, or estimated from measured pairs: that of the
	// grouping's member.
	Raw float64 `json:"raw"`
}

// PromiseOf returns what a grouping of the problem's domains is expected to
// deliver.
func PromiseOf(p *Problem, of *Grouping) (*Promise, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	g := newGains(p)
	partition, err := g.setsOf(of.Names())
	if err != nil {
		return nil, err
	}
	return g.promise(partition)
}

func (g *gains) promise(partition []set) (*Promise, error) {
	return g.promiseBy(partition, func(sums []*sum) ([]Shrunk, string, error) { return g.shrink(sums, true) })
}

// promiseBy makes figures of all sums of a partition by a rule, which also says why
// they are as measured.
func (g *gains) promiseBy(partition []set, rule func(sums []*sum) ([]Shrunk, string, error)) (*Promise, error) {
	total := g.newSum()
	sums := []*sum{total}
	for _, pool := range partition {
		group := g.newSum()
		sums = append(sums, group)
		for j := range pool.All() {
			member := g.newSum()
			member.add(g, j, pool, 1)
			group.add(g, j, pool, g.problem.value(j))
			total.add(g, j, pool, g.problem.value(j))
			sums = append(sums, member)
		}
	}
	shrunk, why, err := rule(sums)
	if err != nil {
		return nil, err
	}
	out := &Promise{Why: why, Total: shrunk[0]}
	at := 1
	for _, pool := range partition {
		group := PromisedGroup{Total: shrunk[at]}
		at++
		for j := range pool.All() {
			group.Members = append(group.Members, PromisedGain{g.problem.Domains[j], shrunk[at], dot(sums[at].cells, g.cell)})
			at++
		}
		out.Groups = append(out.Groups, group)
	}
	return out, nil
}

// Delivered is what groups delivered: the gains of a problem that had no part in
// choosing them, as measured, with the limits that they have by themselves.
func Delivered(p *Problem, groups [][]string) (*Promise, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	g := newGains(p)
	partition, err := g.setsOf(groups)
	if err != nil {
		return nil, err
	}
	errors, err := newErrorModel(g)
	if err != nil {
		return nil, err
	}
	return g.promiseBy(partition, func(sums []*sum) (out []Shrunk, why string, err error) {
		for _, s := range sums {
			mean := dot(s.cells, g.cell)
			half := math.Sqrt(errors.variance(s.cells)) * quantile((1+p.level())/2, errors.freedom(s.cells))
			out = append(out, Shrunk{mean, mean - half, mean + half})
		}
		return out, "they chose nothing", nil
	})
}
