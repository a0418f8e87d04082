package affinity

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/wording"
)

// Proposed are the pools to train next.
type Proposed struct {
	// Estimator is the one that proposes pairs, Grower the one that proposes
	// larger pools; empty where all of these are random.
	Estimator string `json:"estimator"`
	Grower    string `json:"grower"`
	// Why is a sentence for readers.
	Why string `json:"why"`
	// Pools lists pairs, those at random first, Random of them, and then the
	// larger pools, Larger of them, those at random first, RandomLarger of them.
	Pools        [][]string `json:"pools"`
	Random       int        `json:"random"`
	Larger       int        `json:"larger"`
	RandomLarger int        `json:"random_larger"`
}

// fewLarger is the number of measured pools of three and more below which random
// ones are proposed among others, to audit by.
const fewLarger = 8

// propose asks estimators that passed, or chance.
func (m *Material) propose(all []Assessed, o FolderOptions) (*Proposed, error) {
	out := &Proposed{Pools: [][]string{}}
	by := Passed(all)
	larger := 0
	if by != nil {
		larger = o.Pools / 4
	}
	if o.Larger != 0 {
		larger = min(max(0, o.Larger), o.Pools)
	}
	if by != nil && o.Larger == 0 {
		larger = max(larger, o.Pools-m.untrainedPairs()) // nothing else is left
	}
	pools := m.grow(all, larger, o, out)
	pairs := o.Pools - len(pools)
	if pairs > 0 {
		found, err := m.pairs(by, pairs, o, out)
		if err != nil {
			return nil, err
		}
		pools = append(found, pools...)
	}
	for _, pool := range pools {
		var names []string
		for _, i := range pool {
			names = append(names, m.Domains[i])
		}
		out.Pools = append(out.Pools, names)
	}
	out.explain(m.allowedPairs(), audited(all))
	return out, nil
}

// untrainedPairs counts the pairs that may be trained and were not.
func (m *Material) untrainedPairs() int {
	n := m.allowedPairs()
	for _, p := range m.Pools {
		if len(p.Members) == 2 {
			n--
		}
	}
	return n
}

func audited(all []Assessed) bool {
	for _, a := range all {
		if a.Report != nil {
			return true
		}
	}
	return false
}

// pairs are those that Screen proposes.
func (m *Material) pairs(by *Assessed, pools int, o FolderOptions, out *Proposed) ([][]int, error) {
	so := ScreenOptions{Pools: pools, Seed: o.Audit.Seed, Forbidden: m.Policy}
	for _, p := range m.Pools {
		so.Trained = append(so.Trained, p.Members)
	}
	var e Estimator
	if by != nil {
		e, out.Estimator = by.Estimator, by.Report.Name
		if len(so.Trained) > 0 {
			so.Audit = -1 // it has been audited
		}
	}
	p, err := Screen(e, len(m.Domains), so)
	if err != nil {
		return nil, err
	}
	out.Random = len(p.Audit)
	found := p.Audit
	for _, c := range p.Candidates {
		found = append(found, c.Pool)
	}
	return found, nil
}

// grow are the pools of three and more that Larger proposes, by the estimator that
// passed with the highest lower limit of its rank correlation: what it took to train
// its pools is spent.
func (m *Material) grow(all []Assessed, pools int, o FolderOptions, out *Proposed) [][]int {
	var by *Assessed
	for k := range all {
		if r := all[k].Report; r != nil && r.Passed && (by == nil || r.Spearman.Lo > by.Report.Spearman.Lo) {
			by = &all[k]
		}
	}
	if by == nil || pools == 0 {
		return nil
	}
	lo := LargerOptions{Pools: pools, Forbidden: m.Policy, Seed: o.Audit.Seed}
	larger := 0
	for _, p := range m.Pools {
		lo.Trained = append(lo.Trained, p.Members)
		if n := len(p.Members); n > 2 && n < len(m.Domains) {
			larger++
		}
	}
	if larger < fewLarger {
		lo.Random = (pools + 2) / 3
	}
	random, grown := Larger(by.Estimator, Calibrate(by.Estimator, m.pools()), len(m.Domains), lo)
	for _, g := range grown {
		random = append(random, g.Pool)
	}
	if len(grown) > 0 {
		out.Grower = by.Report.Name
	}
	out.Larger, out.RandomLarger = len(random), len(random)-len(grown)
	return random
}

// explain writes the sentence for readers, of all pairs that there are.
func (p *Proposed) explain(all int, audited bool) {
	pairs := len(p.Pools) - p.Larger
	switch {
	case pairs == 0:
		p.Why = "No pair is left to train"
	case p.Estimator != "":
		p.Why = fmt.Sprintf("Train these %d of %d pairs next, the best partners of every domain by %s", pairs, all, p.Estimator)
	case !audited:
		p.Why = fmt.Sprintf("Train these %d of %d pairs first, drawn at random, so that estimators can be audited", pairs, all)
	default:
		p.Why = fmt.Sprintf("No estimator passed its audit, so that these %d of %d pairs are drawn at random", pairs, all)
	}
	switch grown := p.Larger - p.RandomLarger; {
	case grown > 0 && p.RandomLarger > 0:
		p.Why += fmt.Sprintf("; then %s at random, to audit by, and %d that are expected to gain most by %s", wording.Plural(p.RandomLarger, "larger pool"), grown, p.Grower)
	case grown > 0:
		p.Why += fmt.Sprintf("; then %s expected to gain most by %s", wording.Plural(grown, "larger pool"), p.Grower)
	case p.RandomLarger > 0:
		p.Why += fmt.Sprintf("; then %s at random, to audit by, since nothing says that larger ones gain", wording.Plural(p.RandomLarger, "larger pool"))
	}
	p.Why += ":"
}
