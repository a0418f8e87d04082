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
	ids     samples
	loss    []float32
	correct []bool // nil where unknown
	// label is nil where unknown, and so is score, of class 1, where there are
	// not two classes or a sample has none.
	label []int32
	score []float32
	many  bool // no score is kept: a sample is of another class, or has no score
	// group has numbers of the groups that the table names, nil where it names none.
	group []int32
}

// sort brings the rows into the order of their samples.
func (c *outcome) sort() {
	if c.ids.sorted() {
		return
	}
	rows := make([]int, c.ids.len())
	for i := range rows {
		rows[i] = i
	}
	slices.SortFunc(rows, func(i, j int) int { return c.ids.compare(i, j) })
	c.take(rows)
}

// take keeps the given rows, in that order.
func (c *outcome) take(rows []int) {
	c.ids = c.ids.take(rows)
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
	if c.group != nil {
		c.group = at(c.group, rows)
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
func (c *outcome) takeSamples(ids samples) {
	if c.ids.equal(&ids) {
		c.ids = ids // share
		return
	}
	rows := make([]int, 0, ids.len())
	next := 0
	for i := range c.ids.len() {
		if next < ids.len() && ids.at(next) == c.ids.at(i) {
			rows = append(rows, i)
			next++
		}
	}
	c.take(rows)
}

// common returns the samples that all outcomes have, sorted, and how many
// samples some but not all of them have. Each outcome must be sorted.
func common(all []*outcome) (ids samples, dropped int) {
	ids = all[0].ids
	for _, c := range all[1:] {
		if ids.equal(&c.ids) {
			continue
		}
		ids = merge(ids, c.ids, func(inA, inB bool) bool { return inA && inB })
	}
	union := all[0].ids
	for _, c := range all[1:] {
		if union.equal(&c.ids) {
			continue
		}
		union = merge(union, c.ids, func(bool, bool) bool { return true })
	}
	return ids, union.len() - ids.len()
}

// merge walks through two sorted lists and keeps what keep says.
func merge(a, b samples, keep func(inA, inB bool) bool) samples {
	var out samples
	for i, j := 0, 0; i < a.len() || j < b.len(); {
		var order int
		switch {
		case i == a.len():
			order = 1
		case j == b.len():
			order = -1
		default:
			order = a.at(i).Compare(b.at(j))
		}
		id := losses.SampleID{}
		if order <= 0 {
			id = a.at(i)
			i++
		}
		if order >= 0 {
			id = b.at(j)
			j++
		}
		if keep(order <= 0, order >= 0) {
			out.add(id)
		}
	}
	return out
}

// onlyIn returns the samples of a that b lacks.
func onlyIn(a, b samples) samples {
	return merge(a, b, func(inA, inB bool) bool { return inA && !inB })
}

// sameSamples returns an error where two lists differ; it names both and some
// of the samples.
func sameSamples(domain, nameA string, a samples, nameB string, b samples) error {
	if a.equal(&b) {
		return nil
	}
	var parts []string
	if only := onlyIn(a, b); only.len() > 0 {
		parts = append(parts, fmt.Sprintf("only in %s: %s", nameA, someSamples(only)))
	}
	if only := onlyIn(b, a); only.len() > 0 {
		parts = append(parts, fmt.Sprintf("only in %s: %s", nameB, someSamples(only)))
	}
	return fmt.Errorf("domain %s: %w: %s", domain, ErrSamples, strings.Join(parts, "; "))
}

// someSamples lists the first few samples.
func someSamples(ids samples) string {
	const most = 5
	var names []string
	for i := range min(ids.len(), most) {
		names = append(names, ids.at(i).String())
	}
	s := strings.Join(names, ", ")
	if ids.len() > most {
		s += fmt.Sprintf(" and %d more", ids.len()-most)
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
	r := &effect.Runs{Domain: domain, Samples: all[0].ids.len()}
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
	const block = 1 << 12 // words that stay at hand while run after run is read
	for from := 0; from < r.Samples; from += block {
		words := r.Correct[from:min(r.Samples, from+block)]
		for k, c := range all {
			bit := uint64(1) << k
			for i, ok := range c.correct[from : from+len(words)] {
				if ok {
					words[i] |= bit
				}
			}
		}
	}
	return r, nil
}
