package analysis

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"github.com/sharewise/sharewise/analysis/losses"
)

// loader puts the rows of runs on one domain together while several goroutines read
// them. Nearly always all runs have the same samples in the same order: what of a
// run is the same as in another is kept once.
type loader struct {
	domain string
	mu     sync.Mutex
	ids    *samples // of the first run that was complete, in order
	label  []int32  // likewise
	group  []int32
	runs   map[int64]*loading // by seed
}

// loading is a run that is being read.
type loading struct {
	outcome
	mu       sync.Mutex
	rows, of int // read, and in all if that is known
	// like, unless it is nil, has the samples of the rows so far as its first, which
	// are not kept again.
	like *samples
}

// loadOutcomes reads all runs on some domains, by domain and sorted by seed. like
// has samples that are kept once with those of others, by domain.
func loadOutcomes(s *losses.Set, domains []string, like map[string]*samples) (map[string][]*outcome, error) {
	loaders := map[string]*loader{}
	for _, d := range domains {
		loaders[d] = newLoader(d)
		loaders[d].ids = like[d]
	}
	for r, n := range s.Rows() {
		if l := loaders[r.Domain]; l != nil {
			l.expect(r.Seed, n)
		}
	}
	if err := s.Each(domains, func(p *losses.Part) error { return loaders[p.Domain].add(p) }); err != nil {
		return nil, err
	}
	out := map[string][]*outcome{}
	for d, l := range loaders {
		out[d], like[d] = l.outcomes(), l.ids
	}
	return out, nil
}

func newLoader(domain string) *loader { return &loader{domain: domain, runs: map[int64]*loading{}} }

// expect announces n rows of a run.
func (l *loader) expect(seed int64, n int) {
	l.runs[seed] = &loading{outcome: outcome{seed: seed}, of: n}
}

// outcomes are the runs, sorted by seed.
func (l *loader) outcomes() []*outcome {
	var list []*outcome
	for _, r := range l.runs {
		list = append(list, &r.outcome)
	}
	slices.SortFunc(list, func(a, b *outcome) int { return cmp.Compare(a.seed, b.seed) })
	return list
}

// add takes in a part of a run.
func (l *loader) add(p *losses.Part) error {
	r := l.runs[p.Seed]
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.take(l, p); err != nil {
		return err
	}
	if r.rows == r.of {
		return r.complete(l)
	}
	return nil
}

// take appends a part.
func (r *loading) take(l *loader, p *losses.Part) error {
	if err := r.addSamples(l, p); err != nil {
		return err
	}
	t, err := p.Columns(losses.Correct | losses.Label | losses.Targets)
	if err != nil {
		return err
	}
	r.loss = append(room(r.loss, r.of), t.Loss...)
	if t.Correct != nil {
		r.correct = room(r.correct, r.of)
		if t.Target == nil {
			r.correct = append(r.correct, t.Correct...)
		} else {
			for i, ok := range t.Correct {
				if !t.Regression(i) { // samples of regression have no correctness
					r.correct = append(r.correct, ok)
				}
			}
		}
	}
	if t.Label != nil {
		r.label = append(room(r.label, r.of), t.Label...)
		if err := r.addScores(p, t.Label); err != nil {
			return err
		}
	}
	groups, err := p.Groups()
	if err != nil {
		return err
	}
	r.group = append(r.group, groups...)
	r.rows += p.N
	return nil
}

// room makes room for all rows at once.
func room[T any](column []T, n int) []T {
	if column == nil {
		return make([]T, 0, n)
	}
	return column
}

// addSamples takes in the samples of a part.
func (r *loading) addSamples(l *loader, p *losses.Part) error {
	part, err := p.Samples()
	if err != nil {
		return err
	}
	if r.rows == 0 {
		l.mu.Lock()
		r.like = l.ids
		l.mu.Unlock()
	}
	if r.like != nil {
		if r.like.begins(r.rows, part, p.N) {
			return nil
		}
		r.ids, r.like = r.like.first(r.rows), nil
	}
	if r.ids.named == nil && part.Numbers != nil {
		r.ids.numbers = room(r.ids.numbers, r.of)
	}
	r.ids.addAll(part, p.N)
	return nil
}

// addScores keeps how likely samples are taken for class 1, as long as there are two
// classes.
func (r *loading) addScores(p *losses.Part, label []int32) error {
	if !r.many && slices.ContainsFunc(label, func(l int32) bool { return l < 0 || l > 1 }) {
		r.many, r.score = true, nil
	}
	if r.many {
		return nil
	}
	t, err := p.Columns(losses.Prediction | losses.Confidence | losses.Score)
	if err != nil {
		return err
	}
	r.score = room(r.score, r.of)
	for i := range p.N {
		s := t.PositiveScore(i)
		if s != s {
			r.many, r.score = true, nil
			return nil
		}
		r.score = append(r.score, s)
	}
	return nil
}

// complete brings the rows into order, and lets go of what another run has too.
func (r *loading) complete(l *loader) error {
	if len(r.correct) < r.rows {
		r.correct = nil // of regression
	}
	switch {
	case r.like != nil && r.rows == r.like.len():
		r.ids = *r.like
	case r.like != nil:
		r.ids = r.like.first(r.rows)
	default:
		r.sort()
		if i := r.ids.twice(); i >= 0 {
			return fmt.Errorf("%w: domain %s, seed %d, sample %s", losses.ErrDuplicate, l.domain, r.seed, r.ids.at(i))
		}
	}
	r.like = nil
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.ids == nil:
		l.ids = &r.ids
	case l.ids.equal(&r.ids):
		r.ids = *l.ids
	}
	share(&l.label, &r.label)
	share(&l.group, &r.group)
	return nil
}

// share keeps one of two equal columns.
func share(known, column *[]int32) {
	switch {
	case *column == nil:
	case *known == nil:
		*known = *column
	case slices.Equal(*known, *column):
		*column = *known
	}
}
