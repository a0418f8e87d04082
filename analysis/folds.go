package analysis

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/analysis/effect"
)

// Where data were divided into folds, runs of different seeds were tested on other
// samples each: on the same ones or on none in common.

// union is all samples of outcomes, sorted. Each outcome must be sorted.
func union(all []*outcome) samples {
	ids := all[0].ids
	for _, c := range all[1:] {
		if !ids.equal(&c.ids) {
			ids = merge(ids, c.ids, func(bool, bool) bool { return true })
		}
	}
	return ids
}

// parts are the different sets of samples that outcomes have, in the order in which
// they come.
func parts(all []*outcome) []*outcome {
	var out []*outcome
	for _, c := range all {
		if !slices.ContainsFunc(out, func(o *outcome) bool { return o.ids.equal(&c.ids) }) {
			out = append(out, c)
		}
	}
	return out
}

// disjoint returns an error where two different sets of samples have some in common:
// what is said over folds does not hold of splits drawn anew for every seed.
func disjoint(domain string, parts []*outcome) error {
	for i, p := range parts {
		for _, q := range parts[:i] {
			if both := merge(p.ids, q.ids, func(inA, inB bool) bool { return inA && inB }); both.len() > 0 {
				return fmt.Errorf("domain %s: %w: seed %d was tested on %d samples and seed %d on %d, of which %d are the same (%s): seeds are compared on one set of samples, or on folds that have none in common",
					domain, ErrSamples, q.seed, q.ids.len(), p.seed, p.ids.len(), both.len(), someSamples(both))
			}
		}
	}
	return nil
}

// inFolds reports whether outcomes have several sets of samples, no two of which
// have one in common.
func inFolds(domain string, all []*outcome) bool {
	p := parts(all)
	return len(p) > 1 && disjoint(domain, p) == nil
}

// foldRunsOf puts outcomes side by side that were tested on parts of some samples.
// label is the class of each sample, nil where unknown.
func foldRunsOf(domain string, all []*outcome, ids samples, label []int32) (*effect.Runs, error) {
	if err := sortBySeed(domain, all); err != nil {
		return nil, err
	}
	n := ids.len()
	r := &effect.Runs{Domain: domain, Samples: n, Tested: make([]uint64, n), Correct: make([]uint64, n), Label: label}
	scored, known := label != nil, true
	for k, c := range all {
		r.Seeds = append(r.Seeds, c.seed)
		loss, score := make([]float32, n), make([]float32, n)
		known, scored = known && c.correct != nil, scored && c.score != nil
		for at := range c.ids.len() {
			i, _ := ids.find(c.ids.at(at))
			r.Tested[i] |= 1 << k
			loss[i] = c.loss[at]
			if c.correct != nil && c.correct[at] {
				r.Correct[i] |= 1 << k
			}
			if c.score != nil {
				score[i] = c.score[at]
			}
		}
		r.Loss, r.Score = append(r.Loss, loss), append(r.Score, score)
	}
	if !scored {
		r.Score = nil
	}
	if !known {
		r.Correct = nil
	}
	return r, nil
}

// foldPairOf puts the runs of both sides side by side where seeds were tested on
// other samples each.
func foldPairOf(domain string, a, b []*outcome) (pair, error) {
	var p pair
	for _, x := range a {
		for _, y := range b {
			if x.seed == y.seed && !x.ids.equal(&y.ids) {
				return p, fmt.Errorf("domain %s: %w: seed %d was tested on other samples by independent than by arm, so that its difference is one of samples: test both models of a seed on the same fold", domain, ErrSamples, x.seed)
			}
		}
	}
	all := slices.Concat(a, b)
	p.ids = union(all)
	tested := merge(union(a), union(b), func(inA, inB bool) bool { return inA && inB })
	p.dropped = p.ids.len() - tested.len()
	label := labelsOf(all, p.ids)
	var err error
	if p.a, err = foldRunsOf(domain, a, p.ids, label); err != nil {
		return p, err
	}
	p.b, err = foldRunsOf(domain, b, p.ids, label)
	return p, err
}

// labelsOf is the class of each sample, nil where an outcome has none or another.
func labelsOf(all []*outcome, ids samples) []int32 {
	label, known := make([]int32, ids.len()), make([]bool, ids.len())
	for _, c := range all {
		if c.label == nil {
			return nil
		}
		for at := range c.ids.len() {
			i, _ := ids.find(c.ids.at(at))
			if known[i] && label[i] != c.label[at] {
				return nil
			}
			label[i], known[i] = c.label[at], true
		}
	}
	return label
}

// foldOf is the fold that a run of a seed is tested on, from 0.
func foldOf(seed int64, folds int) int { return int((seed - 1) % int64(folds)) }

// spreadOverFolds holds the errors of a domain's targets against the spread of these over
// all folds: where folds are small, or in the order of time, the targets of one say little
// of it, and a mean of R² over folds is low however well models foresee them.
func (a *analyzer) spreadOverFolds(domain string) {
	bases := a.baselines[domain]
	folds := make([]*tally, a.Folds)
	for f, b := range bases {
		folds[f] = b.whole
	}
	var tallies []*tally
	var runs []*resampled
	for _, e := range a.evidence {
		if e.Domain != domain {
			continue
		}
		tallies, runs = append(tallies, e.tallies...), append(runs, e.resampled...)
		for k, c := range e.outcomes {
			if f := foldOf(c.seed, a.Folds); folds[f] == nil {
				folds[f] = e.tallies[k]
			}
		}
	}
	for _, r := range slices.Concat(bases, runs) {
		tallies = append(tallies, r.whole)
	}
	if spread := spreadOf(folds); spread != nil {
		for _, t := range tallies {
			t.figures().deviate(spread)
		}
		if bases != nil {
			spreadWithoutBlocks(bases, runs)
		}
	}
}

// spreadWithoutBlocks does the same without each block of samples, of a baseline by fold
// and of the runs that are held against it.
func spreadWithoutBlocks(bases, runs []*resampled) {
	folds := make([]*tally, len(bases))
	for block := range contestBlocks {
		for f, b := range bases {
			folds[f] = b.at(block)
		}
		spread := spreadOf(folds)
		for _, r := range slices.Concat(bases, runs) {
			own := *r.at(block).figures()
			own.deviate(spread)
			r.without[block] = &tally{done: &own}
		}
	}
}

// spreadOf puts together the targets of folds, some of which may be nil; nil where there
// are none.
func spreadOf(folds []*tally) []deviation {
	var all []deviation
	for _, t := range folds {
		if t == nil {
			continue
		}
		for k := range t.figures().deviations {
			all = grown(all, k)
			all[k].merge(&t.figures().deviations[k])
		}
	}
	return all
}

// gatherFolds finds the samples of every domain where runs were tested in folds.
func (a *analyzer) gatherFolds() error {
	for _, d := range a.Domains {
		var all []*outcome
		for _, e := range a.evidence {
			if e.Domain == d.Name {
				all = append(all, e.outcomes...)
			}
		}
		if len(all) == 0 {
			continue
		}
		a.spreadOverFolds(d.Name)
		p := parts(all)
		if err := disjoint(d.Name, p); err != nil {
			return err
		}
		if len(p) < a.Folds {
			a.warn("%s: %d of %d folds are tested so far; the others wait for runs of their seeds", d.Name, len(p), a.Folds)
		}
		ids := union(p)
		a.samples[d.Name] = &outcome{ids: ids, label: labelsOf(all, ids)}
		if group := a.names.grouper(d.Name, a.Options); group != nil {
			a.groups[d.Name] = groupsOf(d.Name, ids, group)
		}
	}
	return nil
}

// putTogether makes runs of the outcomes of an arm, which it lets go of.
func (a *analyzer) putTogether(e *evidence) error {
	runs, err := a.runsOf(e)
	if err != nil {
		return err
	}
	runs.Group = a.groups[e.Domain]
	e.runs, e.outcomes = runs, nil
	return nil
}

// runsOf puts the outcomes of an arm side by side.
func (a *analyzer) runsOf(e *evidence) (*effect.Runs, error) {
	if a.Folds == 0 {
		return runsOf(e.Domain, e.outcomes)
	}
	all := a.samples[e.Domain]
	return foldRunsOf(e.Domain, e.outcomes, all.ids, all.label)
}
