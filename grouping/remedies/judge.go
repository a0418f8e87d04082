package remedies

import (
	"iter"
	"slices"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/losses"
)

// tested is a finished run with its test samples.
type tested struct {
	id      string
	domains []string
	seed    int64
	open    func() iter.Seq2[*losses.Table, error]
}

// arm is what is held against something else: a remedy's runs.
type arm struct {
	name string
	runs []tested
}

// gains measures arms against base, domain by domain: relative reductions of its error,
// with limits and probabilities as of gains against independent models. The study says
// how domains are measured.
func gains(s analysis.Study, base []tested, arms []arm, domains []string) (*analysis.Results, error) {
	s.Rungs, s.Weightings, s.Parameters = []string{"one"}, []string{"one"}, nil
	s.Runs, s.Conflict, s.Curves, s.Baselines, s.Doubts, s.Warnings = nil, nil, nil, nil, nil, nil
	s.GainsOnly, s.Concurrent = true, false
	tables := map[string]tested{}
	add := func(name, domain string, t tested) {
		id := name + "\x00" + domain + "\x00" + t.id
		tables[id] = t
		s.Runs = append(s.Runs, analysis.Run{ID: id, Arm: name, Domains: []string{domain}, Rung: "one", Weighting: "one", Seed: t.seed, Status: analysis.Finished})
	}
	for _, d := range domains {
		for _, t := range base {
			if slices.Contains(t.domains, d) {
				add(analysis.Independent, d, t)
			}
		}
		for _, a := range arms {
			for _, t := range a.runs {
				if slices.Contains(t.domains, d) {
					add(a.name, d, t)
				}
			}
		}
	}
	s.Open = func(r analysis.Run) iter.Seq2[*losses.Table, error] {
		return func(yield func(*losses.Table, error) bool) {
			for t, err := range tables[r.ID].open() {
				if err == nil {
					if t = t.Of(r.Domains[0]); t.Len() == 0 {
						continue
					}
				}
				if !yield(t, err) {
					return
				}
			}
		}
	}
	return analysis.Analyze(s)
}

// gainOf is the gain of an arm on a domain, nil where it was not measured.
func gainOf(r *analysis.Results, name, domain string) *analysis.Gain {
	return r.Gain(analysis.Key{Arm: name, Rung: "one", Weighting: "one", Domain: domain})
}

// adjust fills in what probabilities are among all of them: Holm's, the largest so far
// of the k-th least times the number of those that are left.
func adjust(changes []*Change, level float64) {
	slices.SortStableFunc(changes, func(x, y *Change) int {
		switch {
		case x.P < y.P:
			return -1
		case x.P > y.P:
			return 1
		}
		return 0
	})
	most := 0.0
	for i, c := range changes {
		most = max(most, min(1, float64(c.P)*float64(len(changes)-i)))
		c.Adjusted = effect.Number(most)
		switch c.Verdict = NotSettled; {
		case most > 1-level:
		case c.Against.Value > 0:
			c.Verdict = Helps
		case c.Against.Value < 0:
			c.Verdict = Harms
		}
	}
}

// together is the verdict of a remedy on several harmed domains.
func together(changes []Change) Verdict {
	helps := slices.ContainsFunc(changes, func(c Change) bool { return c.Verdict == Helps })
	harms := slices.ContainsFunc(changes, func(c Change) bool { return c.Verdict == Harms })
	switch {
	case helps && harms:
		return Mixed
	case helps:
		return Helps
	case harms:
		return Harms
	}
	return NotSettled
}

// judge fills in the outcomes of remedies: every harmed domain, and every other of the
// pool, against the pool as it was. settled are remedies with the runs of the test, whose
// seeds are those of their pool, and of own models, as far as there are any.
func judge(f *File, s analysis.Study, pool []tested, settled []settled) error {
	var harmed, others []*Change
	for _, group := range bySeeds(settled) {
		var arms []arm
		for _, c := range group {
			arms = append(arms, arm{c.remedy.Name, c.runs})
		}
		var base []tested
		for _, t := range pool {
			if slices.Contains(group[0].seeds, int(t.seed)) {
				base = append(base, t)
			}
		}
		r, err := gains(s, base, arms, group[0].remedy.Pool)
		if err != nil {
			return err
		}
		for _, c := range group {
			o := c.remedy.Outcome
			o.Seeds, o.Domains, o.Others = c.seeds, []Change{}, []Change{}
			for _, d := range c.remedy.Pool {
				g := gainOf(r, c.remedy.Name, d)
				if g == nil {
					continue
				}
				change := Change{Domain: d, Before: f.before(c.remedy.Arm, d), After: effect.Unknown(), Against: g.Relative, P: effect.Number(g.P)}
				if change.After, err = c.after(s, d); err != nil {
					return err
				}
				if slices.Contains(c.remedy.Harmed, d) {
					o.Domains = append(o.Domains, change)
				} else {
					o.Others = append(o.Others, change)
				}
			}
		}
	}
	for _, c := range settled {
		o := c.remedy.Outcome
		if c.remedy.Kind == Own { // nothing was tried: that the pool harms is why it is here
			for i := range o.Domains {
				o.Domains[i].Adjusted, o.Domains[i].Verdict = effect.NaN, Helps
			}
			continue
		}
		for i := range o.Domains {
			harmed = append(harmed, &o.Domains[i])
		}
		for i := range o.Others {
			others = append(others, &o.Others[i])
		}
	}
	adjust(harmed, f.Level)
	adjust(others, f.Level)
	for _, c := range settled {
		c.remedy.Outcome.Verdict = together(c.remedy.Outcome.Domains)
	}
	if f.Trial != nil {
		f.Trial.Tests = len(harmed)
	}
	return nil
}

// settled is a remedy whose runs have all ended.
type settled struct {
	remedy *Remedy
	seeds  []int
	runs   []tested
	own    map[string][]tested // by domain
}

// after is the gain under the remedy against a model of the domain's own.
func (c *settled) after(s analysis.Study, domain string) (effect.Interval, error) {
	if c.remedy.Kind == Own {
		return effect.Interval{}, nil
	}
	if len(c.own[domain]) == 0 {
		return effect.Unknown(), nil
	}
	r, err := gains(s, c.own[domain], []arm{{c.remedy.Name, c.runs}}, []string{domain})
	if err != nil {
		return effect.Unknown(), err
	}
	if g := gainOf(r, c.remedy.Name, domain); g != nil {
		return g.Relative, nil
	}
	return effect.Unknown(), nil
}

// bySeeds puts remedies together that are tested with the same seeds, whose runs then
// tell together how runs vary.
func bySeeds(all []settled) [][]settled {
	var out [][]settled
	for _, c := range all {
		at := slices.IndexFunc(out, func(g []settled) bool { return slices.Equal(g[0].seeds, c.seeds) })
		if at < 0 {
			out = append(out, []settled{c})
			continue
		}
		out[at] = append(out[at], c)
	}
	return out
}

// before is the gain that a domain had in the pool.
func (f *File) before(arm, domain string) effect.Interval {
	for _, h := range f.Harms {
		if h.Arm == arm && h.Domain == domain {
			return h.Gain
		}
	}
	if g, ok := f.gains[arm+"\x00"+domain]; ok {
		return g
	}
	return effect.Unknown()
}
