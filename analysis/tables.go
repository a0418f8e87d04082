package analysis

import (
	"cmp"
	"fmt"
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
	return CompareSets(losses.SetOf(a), losses.SetOf(b), o)
}

// CompareSets is Compare for tables that need not be in memory: a domain's rows are
// read, measured and let go before the next one's.
func CompareSets(a, b *losses.Set, o Options) (*Comparison, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	for _, s := range []struct {
		name string
		set  *losses.Set
	}{{"independent", a}, {"arm", b}} {
		if len(s.set.Rows()) == 0 {
			return nil, fmt.Errorf("%s: %w: no rows", s.name, ErrSamples)
		}
	}
	domains, err := commonDomains(a.Domains(), b.Domains(), o.Intersect)
	if err != nil {
		return nil, err
	}
	var found []compared
	for _, batch := range batchesOf(domains, a, b) {
		more, err := compareBatch(batch, a, b, o)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	return summary(found, o)
}

// batchRows is the number of rows of several domains that are read at once: files
// that hold many small domains should not be opened for each of them.
const batchRows = 1 << 24

// batchesOf divides domains into those that are read at once.
func batchesOf(domains []string, sets ...*losses.Set) [][]string {
	size := map[string]int{}
	for _, s := range sets {
		for r, n := range s.Rows() {
			size[r.Domain] += n
		}
	}
	var out [][]string
	rows := 0
	for _, d := range domains {
		if rows += size[d]; len(out) == 0 || rows > batchRows {
			out, rows = append(out, nil), size[d]
		}
		out[len(out)-1] = append(out[len(out)-1], d)
	}
	return out
}

// compared is a domain whose rows have been measured and let go.
type compared struct {
	*effect.Comparison
	domain  string
	measure string         // that was asked for
	answers effect.Answers // what is known of them
	dropped int            // samples that not all runs have
}

// compareBatch measures some domains.
func compareBatch(domains []string, a, b *losses.Set, o Options) ([]compared, error) {
	like := map[string]*samples{}
	sideA, err := loadOutcomes(a, domains, like)
	if err != nil {
		return nil, err
	}
	sideB, err := loadOutcomes(b, domains, like)
	if err != nil {
		return nil, err
	}
	var out []compared
	for _, d := range domains {
		p, err := pairOf(d, side{sideA[d], a}, side{sideB[d], b}, o)
		if err != nil {
			return nil, err
		}
		delete(sideA, d)
		delete(sideB, d)
		c, err := effect.Compare(p.a, p.b, o.Options)
		if err != nil {
			return nil, err
		}
		out = append(out, compared{c, d, o.Measure, effect.AnswersOf([]*effect.Runs{p.a, p.b}), p.dropped})
		c.Settle(func(row int) string { return p.ids.at(row).String() })
	}
	return out, nil
}

// summary reads effects and gains off the comparisons of all domains, which share
// what runs tell of how much runs vary.
func summary(found []compared, o Options) (*Comparison, error) {
	out := &Comparison{Version: resultsVersion, Level: o.WithDefaults().Level}
	var comparisons []*effect.Comparison
	for _, c := range found {
		comparisons = append(comparisons, c.Comparison)
	}
	effect.Moderate(comparisons)
	var names []string
	for _, c := range found {
		if measures.Of(o.Measure).Apart() {
			// What such a measure needs is more than what effects need, and named first.
			if _, err := c.Gain(o.Measure); err != nil {
				return nil, err
			}
		}
		e, err := c.effect()
		if err != nil {
			return nil, err
		}
		measure := cmp.Or(o.Measure, e.Measure)
		gain, err := c.Gain(measure)
		if err != nil {
			return nil, err
		}
		key := Key{Domain: c.domain}
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
func (c *compared) effect() (*effect.Effect, error) {
	e, err := c.Effect()
	if err != nil {
		return nil, err
	}
	e.Warnings = append(e.Warnings, sharing(c.Pairing(), e.Seeds)...)
	if c.dropped > 0 {
		e.Warnings = append(e.Warnings, fmt.Sprintf("%d samples are not in every run and were left out", c.dropped))
	}
	if k := c.answers; c.measure == "" && e.Measure == measures.Correct && k.Classes && k.Largest > dominant {
		e.Warnings = append(e.Warnings, fmt.Sprintf("always guessing one class is right for %.3g%% of the samples: correctness hardly sees the others; the measure %s does", 100*k.Largest, k.ByClass()))
	}
	return e, nil
}

// pair is what both tables hold of a domain, sample by sample.
type pair struct {
	a, b    *effect.Runs
	ids     samples // row by row
	dropped int     // samples that not all runs have
}

// side is what one of the tables holds of a domain.
type side struct {
	all []*outcome
	set *losses.Set
}

// pairOf puts the runs of both sides side by side.
func pairOf(domain string, sideA, sideB side, o Options) (pair, error) {
	a, b := sideA.all, sideB.all
	p, err := ungroupedPair(domain, a, b, o)
	if err != nil {
		return p, err
	}
	if o.Group != nil {
		p.a.Group = groupsOf(domain, p.ids, o.Group)
	} else {
		p.a.Group = namedGroups(p.ids, sideA, sideB)
	}
	p.b.Group = p.a.Group
	return p, nil
}

func ungroupedPair(domain string, a, b []*outcome, o Options) (pair, error) {
	var p pair
	if inFolds(domain, slices.Concat(a, b)) {
		return foldPairOf(domain, a, b)
	}
	if o.Intersect {
		ids, n := common(slices.Concat(a, b))
		if ids.len() == 0 {
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
	p.b, err = runsOf(domain, b)
	return p, err
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

// commonDomains returns the domains of both sides, which are sorted.
func commonDomains(inA, inB []string, intersect bool) ([]string, error) {
	var both, onlyA, onlyB []string
	for _, d := range inA {
		if slices.Contains(inB, d) {
			both = append(both, d)
		} else {
			onlyA = append(onlyA, d)
		}
	}
	for _, d := range inB {
		if !slices.Contains(inA, d) {
			onlyB = append(onlyB, d)
		}
	}
	if len(both) == 0 || !intersect && len(onlyA)+len(onlyB) > 0 {
		return nil, fmt.Errorf("%w: independent has %q, arm has %q", ErrDomains, inA, inB)
	}
	return both, nil
}

// groupsOf numbers the groups that the samples fall into.
func groupsOf(domain string, ids samples, group func(string, losses.SampleID) string) []int32 {
	number := map[string]int32{}
	out := make([]int32, ids.len())
	for i := range out {
		name := group(domain, ids.at(i))
		n, ok := number[name]
		if !ok {
			n = int32(len(number))
			number[name] = n
		}
		out[i] = n
	}
	return out
}
