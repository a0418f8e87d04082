package analysis

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/measures"
)

// Comparison is what Compare found, by domain and without a study: effects and
// gains are those of [Results], under keys that say the domain alone.
type Comparison struct {
	Version int      `json:"version"`
	Level   float64  `json:"level"`
	Effects []Effect `json:"effects"`
	// Gains are those of the same domains in the same order, by what the effect
	// rests on or by the measure that was asked for.
	Gains []Gain `json:"gains"`
}

// Compare measures, domain by domain, what moving from the independent runs in
// a to the runs in b did. Both tables hold any number of seeds; every run of a
// domain must hold the same samples, unless o.Intersect is set, which keeps
// the domains and samples that all have; or each seed its own, as folds of a
// cross-validation have them: the same on both sides, and in common with no other
// seed's but for seeds of the same fold. A domain of regression has no
// correctness: unless told otherwise, its effect rests on losses.
func Compare(a, b *losses.Table, o Options) (*Comparison, error) {
	pairs, err := pairsOf(a, b, o)
	if err != nil {
		return nil, err
	}
	out := &Comparison{Version: resultsVersion, Level: o.WithDefaults().Level}
	comparisons, err := compared(pairs)
	if err != nil {
		return nil, err
	}
	var names []string
	for i, p := range pairs {
		c := comparisons[i]
		if measures.Of(o.Measure).Apart() {
			// What such a measure needs is more than what effects need, and named first.
			if _, err := c.Gain(o.Measure); err != nil {
				return nil, err
			}
		}
		e, err := p.effect(c)
		if err != nil {
			return nil, err
		}
		measure := cmp.Or(o.Measure, e.Measure)
		gain, err := c.Gain(measure)
		if err != nil {
			return nil, err
		}
		key := Key{Domain: p.a.Domain}
		out.Effects = append(out.Effects, Effect{key, *e})
		out.Gains = append(out.Gains, Gain{Key: key, Pool: []string{}, Gain: *gain})
		names = append(names, measure)
	}
	var gains []*effect.Gain
	for i := range out.Gains {
		gains = append(gains, &out.Gains[i].Gain)
	}
	judgeTogether(gains, comparisons, names, out.Level)
	return out, nil
}

// compared are the comparisons of all domains, which share what runs tell of how
// much runs vary.
func compared(pairs []pair) ([]*effect.Comparison, error) {
	var list []*effect.Comparison
	for _, p := range pairs {
		c, err := effect.Compare(p.a, p.b, p.o.Options)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	effect.Moderate(list)
	return list, nil
}

// sharing says what is taken for granted of tables whose runs have seeds in common.
func sharing(p *effect.Pairing, seeds effect.Pair[int]) []string {
	switch {
	case p == nil:
		return nil
	case p.Seeds < max(seeds.Independent, seeds.Arm):
		if p.Seeds == 1 {
			return []string{"one seed occurs on both sides and is taken to share randomness; seeds shared in part make intervals rougher"}
		}
		return []string{fmt.Sprintf("%d seeds occur on both sides and are taken to share randomness; seeds shared in part make intervals rougher", p.Seeds)}
	}
	return []string{"both sides have the same seeds and are taken to share randomness: pairs of one seed are left out"}
}

// effect reads the effect off a comparison and adds what only tables know.
func (p *pair) effect(c *effect.Comparison) (*effect.Effect, error) {
	e, err := c.Effect()
	if err != nil {
		return nil, err
	}
	nameCalls(e, p.ids)
	e.Warnings = append(e.Warnings, sharing(c.Pairing(), e.Seeds)...)
	if p.dropped > 0 {
		e.Warnings = append(e.Warnings, fmt.Sprintf("%d samples are not in every run and were left out", p.dropped))
	}
	if k := effect.AnswersOf([]*effect.Runs{p.a, p.b}); p.o.Measure == "" && e.Measure == measures.Correct && k.Classes && k.Largest > dominant {
		e.Warnings = append(e.Warnings, fmt.Sprintf("always guessing one class is right for %.3g%% of the samples: correctness hardly sees the others; the measure %s does", 100*k.Largest, k.ByClass()))
	}
	return e, nil
}

// pair is what both tables hold of a domain, sample by sample.
type pair struct {
	a, b    *effect.Runs
	ids     []losses.SampleID // their samples, row by row
	o       Options
	dropped int // samples that not all runs have
}

func pairsOf(a, b *losses.Table, o Options) ([]pair, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	for _, s := range []struct {
		name string
		t    *losses.Table
	}{{"independent", a}, {"arm", b}} {
		if s.t.Len() == 0 {
			return nil, fmt.Errorf("%s: %w: no rows", s.name, ErrSamples)
		}
	}
	names := groupNames{}
	names.add(a)
	names.add(b)
	sideA, sideB := outcomesOf(a), outcomesOf(b)
	domains, err := commonDomains(sideA, sideB, o.Intersect)
	if err != nil {
		return nil, err
	}
	var pairs []pair
	for _, d := range domains {
		domain := o
		domain.Group = names.grouper(d, o)
		p, err := pairOf(d, sideA[d], sideB[d], domain)
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, p)
	}
	return pairs, nil
}

func pairOf(domain string, a, b []*outcome, o Options) (pair, error) {
	p := pair{o: o}
	if inFolds(domain, slices.Concat(a, b)) {
		return foldPairOf(domain, a, b, o)
	}
	if o.Intersect {
		ids, n := common(slices.Concat(a, b))
		if len(ids) == 0 {
			return p, fmt.Errorf("domain %s: %w: no sample is in every run", domain, ErrSamples)
		}
		for _, c := range slices.Concat(a, b) {
			c.takeSamples(ids)
		}
		p.dropped = n
	} else if err := checkSamples(domain, a, b); err != nil {
		return p, err
	}
	p.ids = a[0].ids
	var err error
	if p.a, err = runsOf(domain, a); err != nil {
		return p, err
	}
	if p.b, err = runsOf(domain, b); err != nil {
		return p, err
	}
	if o.Group != nil {
		p.a.Group = groupsOf(domain, p.ids, o.Group)
		p.b.Group = p.a.Group
	}
	return p, nil
}

// checkSamples returns an error where runs differ in their samples: those of
// one side first, then the two sides.
func checkSamples(domain string, a, b []*outcome) error {
	for _, s := range []struct {
		name string
		all  []*outcome
	}{{"independent", a}, {"arm", b}} {
		if p := parts(s.all); len(p) > 2 { // no slip in one run
			if err := disjoint(domain, p); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}
		for _, c := range s.all[1:] {
			name := func(c *outcome) string { return fmt.Sprintf("seed %d of %s", c.seed, s.name) }
			if err := sameSamples(domain, name(s.all[0]), s.all[0].ids, name(c), c.ids); err != nil {
				return err
			}
		}
	}
	return sameSamples(domain, "independent", a[0].ids, "arm", b[0].ids)
}

// commonDomains returns the domains of both sides, sorted.
func commonDomains(a, b map[string][]*outcome, intersect bool) ([]string, error) {
	inA, inB := slices.Sorted(maps.Keys(a)), slices.Sorted(maps.Keys(b))
	var both, onlyA, onlyB []string
	for _, d := range inA {
		if _, ok := b[d]; ok {
			both = append(both, d)
		} else {
			onlyA = append(onlyA, d)
		}
	}
	for _, d := range inB {
		if _, ok := a[d]; !ok {
			onlyB = append(onlyB, d)
		}
	}
	if len(both) == 0 || !intersect && len(onlyA)+len(onlyB) > 0 {
		return nil, fmt.Errorf("%w: independent has %q, arm has %q", ErrDomains, inA, inB)
	}
	return both, nil
}

// outcomesOf splits a table by domain and seed, each sorted by sample.
func outcomesOf(t *losses.Table) map[string][]*outcome {
	type key struct {
		domain string
		seed   int64
	}
	split := map[key]*outcome{}
	out := map[string][]*outcome{}
	var last key
	var c *outcome
	for i := range t.Len() {
		if k := (key{t.Domain[i], t.Seed[i]}); c == nil || k != last {
			last = k
			if c = split[k]; c == nil {
				c = &outcome{seed: k.seed}
				split[k] = c
				out[k.domain] = append(out[k.domain], c)
			}
		}
		c.add(t, i)
	}
	for _, all := range out {
		slices.SortFunc(all, func(a, b *outcome) int { return cmp.Compare(a.seed, b.seed) })
		for _, c := range all {
			c.sort()
		}
	}
	return out
}

// add appends row i of a table. Samples of regression have no correctness.
func (c *outcome) add(t *losses.Table, i int) {
	c.ids = append(c.ids, t.Sample[i])
	c.loss = append(c.loss, t.Loss[i])
	if t.Correct != nil && !t.Regression(i) {
		c.correct = append(c.correct, t.Correct[i])
	}
	if t.Label != nil {
		c.label = append(c.label, t.Label[i])
		c.addScore(t.PositiveScore(i), t.Label[i])
	}
}

// addScore keeps the score of a sample as long as there are two classes.
func (c *outcome) addScore(score float32, label int32) {
	if c.many || score != score || label < 0 || label > 1 {
		c.score, c.many = nil, true
		return
	}
	c.score = append(c.score, score)
}

// groupsOf numbers the groups that the samples fall into.
func groupsOf(domain string, samples []losses.SampleID, group func(string, losses.SampleID) string) []int32 {
	number := map[string]int32{}
	out := make([]int32, len(samples))
	for i, s := range samples {
		name := group(domain, s)
		n, ok := number[name]
		if !ok {
			n = int32(len(number))
			number[name] = n
		}
		out[i] = n
	}
	return out
}
