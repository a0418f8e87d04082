package analysis

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/losses"
)

// outcome is one run on one domain, as read: row i is the sample ids[i].
type outcome struct {
	seed    int64
	ids     []losses.SampleID
	loss    []float32
	correct []bool // nil where unknown
	// label is nil where unknown, and so is score, of class 1, where there are
	// not two classes or a sample has none.
	label []int32
	score []float32
	many  bool // no score is kept: a sample is of another class, or has no score
}

// sort brings the rows into the order of their samples.
func (c *outcome) sort() {
	if slices.IsSortedFunc(c.ids, losses.SampleID.Compare) {
		return
	}
	rows := make([]int, len(c.ids))
	for i := range rows {
		rows[i] = i
	}
	slices.SortFunc(rows, func(i, j int) int { return c.ids[i].Compare(c.ids[j]) })
	c.take(rows)
}

// take keeps the given rows, in that order.
func (c *outcome) take(rows []int) {
	c.ids = at(c.ids, rows)
	c.loss = at(c.loss, rows)
	if c.correct != nil {
		c.correct = at(c.correct, rows)
	}
	if c.label != nil {
		c.label = at(c.label, rows)
	}
	if c.score != nil {
		c.score = at(c.score, rows)
	}
}

func at[T any](v []T, rows []int) []T {
	out := make([]T, len(rows))
	for to, i := range rows {
		out[to] = v[i]
	}
	return out
}

// takeSamples keeps the samples in ids, which is sorted, as c is.
func (c *outcome) takeSamples(ids []losses.SampleID) {
	if slices.Equal(c.ids, ids) {
		c.ids = ids // share
		return
	}
	rows := make([]int, 0, len(ids))
	next := 0
	for i, id := range c.ids {
		if next < len(ids) && ids[next] == id {
			rows = append(rows, i)
			next++
		}
	}
	c.take(rows)
}

// common returns the samples that all outcomes have, sorted, and how many
// samples some but not all of them have. Each outcome must be sorted.
func common(all []*outcome) (ids []losses.SampleID, dropped int) {
	ids = all[0].ids
	for _, c := range all[1:] {
		if slices.Equal(ids, c.ids) {
			continue
		}
		ids = merge(ids, c.ids, func(inA, inB bool) bool { return inA && inB })
	}
	union := all[0].ids
	for _, c := range all[1:] {
		if slices.Equal(union, c.ids) {
			continue
		}
		union = merge(union, c.ids, func(bool, bool) bool { return true })
	}
	return ids, len(union) - len(ids)
}

// merge walks through two sorted lists and keeps what keep says.
func merge(a, b []losses.SampleID, keep func(inA, inB bool) bool) []losses.SampleID {
	var out []losses.SampleID
	for i, j := 0, 0; i < len(a) || j < len(b); {
		var order int
		switch {
		case i == len(a):
			order = 1
		case j == len(b):
			order = -1
		default:
			order = a[i].Compare(b[j])
		}
		id := losses.SampleID{}
		if order <= 0 {
			id = a[i]
			i++
		}
		if order >= 0 {
			id = b[j]
			j++
		}
		if keep(order <= 0, order >= 0) {
			out = append(out, id)
		}
	}
	return out
}

// onlyIn returns the samples of a that b lacks.
func onlyIn(a, b []losses.SampleID) []losses.SampleID {
	return merge(a, b, func(inA, inB bool) bool { return inA && !inB })
}

// sameSamples returns an error where two lists differ; it names both and some
// of the samples.
func sameSamples(domain, nameA string, a []losses.SampleID, nameB string, b []losses.SampleID) error {
	if slices.Equal(a, b) {
		return nil
	}
	var parts []string
	if only := onlyIn(a, b); len(only) > 0 {
		parts = append(parts, fmt.Sprintf("only in %s: %s", nameA, someSamples(only)))
	}
	if only := onlyIn(b, a); len(only) > 0 {
		parts = append(parts, fmt.Sprintf("only in %s: %s", nameB, someSamples(only)))
	}
	return fmt.Errorf("domain %s: %w: %s", domain, ErrSamples, strings.Join(parts, "; "))
}

// someSamples lists the first few samples.
func someSamples(ids []losses.SampleID) string {
	const most = 5
	var names []string
	for _, id := range ids[:min(len(ids), most)] {
		names = append(names, id.String())
	}
	s := strings.Join(names, ", ")
	if len(ids) > most {
		s += fmt.Sprintf(" and %d more", len(ids)-most)
	}
	return s
}

// sortBySeed brings outcomes into the order of their seeds. It fails where there are
// none, or more than can be compared.
func sortBySeed(domain string, all []*outcome) error {
	if len(all) == 0 {
		return fmt.Errorf("domain %s: %w: no rows", domain, ErrSamples)
	}
	if len(all) > effect.MaxRuns {
		return fmt.Errorf("domain %s: %w: %d, at most %d", domain, effect.ErrTooManyRuns, len(all), effect.MaxRuns)
	}
	slices.SortFunc(all, func(a, b *outcome) int { return cmp.Compare(a.seed, b.seed) })
	return nil
}

// runsOf puts outcomes that have the same samples side by side.
func runsOf(domain string, all []*outcome) (*effect.Runs, error) {
	if err := sortBySeed(domain, all); err != nil {
		return nil, err
	}
	r := &effect.Runs{Domain: domain, Samples: len(all[0].ids)}
	known, scored := true, true
	r.Label = all[0].label
	for _, c := range all {
		r.Seeds = append(r.Seeds, c.seed)
		r.Loss = append(r.Loss, c.loss)
		r.Score = append(r.Score, c.score)
		known = known && c.correct != nil
		scored = scored && c.score != nil
		if !slices.Equal(c.label, r.Label) {
			r.Label = nil // runs that disagree know nothing
		}
	}
	if !scored || r.Label == nil {
		r.Score = nil
	}
	if !known {
		return r, nil
	}
	r.Correct = make([]uint64, r.Samples)
	for k, c := range all {
		for i, ok := range c.correct {
			if ok {
				r.Correct[i] |= 1 << k
			}
		}
	}
	return r, nil
}
