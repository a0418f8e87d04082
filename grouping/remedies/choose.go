package remedies

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
)

// spending is what a budget has been asked for so far, whether or not it was trained
// before: a trial that goes on asks for the same.
type spending struct {
	budget  Budget
	runs    int
	seconds float64
	seen    map[string]bool
}

// covers spends what testing a candidate takes, or says of it that the budget does not
// hold that.
func (s *spending) covers(t *trial, c candidate) (bool, error) {
	ok, err := s.ask(t, t.needed(c))
	if err == nil && !ok {
		c.remedy.Outcome.Verdict = OverBudget
	}
	return ok, err
}

// ask takes runs that the study does not have, if they are within the budget, and
// reports whether they are. side is how many train side by side.
func (s *spending) ask(t *trial, runs []study.PlannedRun) (bool, error) {
	n, seconds := 0, 0.0
	var names []string
	for _, r := range runs {
		in, err := t.where(r)
		if err != nil {
			return false, err
		}
		if in == t.folder || s.seen[r.ID] {
			continue
		}
		names = append(names, r.ID)
		n, seconds = n+1, seconds+r.FLOPs*t.rate/float64(t.project.SideBySide(t.o.Jobs))
	}
	if b := s.budget; b.Runs > 0 && s.runs+n > b.Runs || b.Time > 0 && s.seconds+seconds > b.Time.Seconds() {
		return false, nil
	}
	s.runs, s.seconds = s.runs+n, s.seconds+seconds
	for _, id := range names {
		s.seen[id] = true
	}
	return true, nil
}

// choose picks what is tested. Where all remedies are within the budget, validation
// samples choose among settings of a kind only; else they also say which kinds come
// first.
func (t *trial) choose(ctx context.Context, all []candidate) ([]candidate, error) {
	kinds := map[Kind]int{}
	everything := &spending{budget: t.o.Budget, seen: map[string]bool{}}
	fits := true
	for _, c := range all {
		kinds[c.remedy.Kind]++
		runs := t.needed(c)
		if kinds[c.remedy.Kind] > 1 {
			runs = c.runs[:1]
		}
		ok, err := everything.ask(t, runs)
		if err != nil {
			return nil, err
		}
		fits = fits && ok
	}
	spent := &spending{budget: t.o.Budget, seen: map[string]bool{}}
	var left []candidate
	var tasks []train.Task
	for _, c := range all {
		c.search = !fits || kinds[c.remedy.Kind] > 1
		if c.search {
			ok, err := spent.ask(t, c.runs[:1])
			if err != nil {
				return nil, err
			}
			if !ok {
				c.remedy.Outcome.Verdict = OverBudget
				continue
			}
			tasks = append(tasks, t.tasks(c, c.runs[:1])...)
		}
		left = append(left, c)
	}
	if err := t.schedule(ctx, "validation", tasks); err != nil {
		return nil, err
	}
	if err := t.rank(left); err != nil {
		return nil, err
	}
	var out []candidate
	tried := map[Kind]bool{}
	if !fits {
		slices.SortStableFunc(left, byValidation)
	}
	for _, c := range left {
		best := c
		for _, other := range left {
			if other.remedy.Kind == c.remedy.Kind && byValidation(other, best) < 0 {
				best = other
			}
		}
		if best.remedy != c.remedy {
			c.remedy.Outcome.Verdict = Worse
			continue
		}
		if tried[c.remedy.Kind] { // as good as another to the last digit
			c.remedy.Outcome.Verdict = Worse
			continue
		}
		ok, err := spent.covers(t, c)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		tried[c.remedy.Kind] = true
		out = append(out, c)
	}
	return out, nil
}

// afford picks what is tested where validation samples may not choose, since other seeds
// test them: the first setting of every kind, then the second of every kind, and so on,
// as far as the budget goes.
func (t *trial) afford(_ context.Context, all []candidate) ([]candidate, error) {
	turn, kinds := map[*Remedy]int{}, map[Kind]int{}
	for _, c := range all {
		turn[c.remedy] = kinds[c.remedy.Kind]
		kinds[c.remedy.Kind]++
	}
	slices.SortStableFunc(all, func(x, y candidate) int { return cmp.Compare(turn[x.remedy], turn[y.remedy]) })
	spent := &spending{budget: t.o.Budget, seen: map[string]bool{}}
	var out []candidate
	for _, c := range all {
		ok, err := spent.covers(t, c)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		out = append(out, c)
	}
	return out, nil
}

// rank fills in what validation samples say of those that one seed was trained of.
func (t *trial) rank(all []candidate) error {
	for _, c := range all {
		if !c.search {
			continue
		}
		was, known, err := t.validation(t.pool[0], c.remedy.Harmed)
		if err != nil {
			return err
		}
		now, also, err := t.validation(c.runs[0], c.remedy.Harmed)
		if err != nil {
			return err
		}
		if known && also {
			c.remedy.Outcome.Validation = effect.Number(now - was)
		}
	}
	return nil
}

// byValidation puts what is better on validation samples first, and what was not looked
// at, or diverged, last.
func byValidation(x, y candidate) int {
	value := func(c candidate) float64 {
		if v := float64(c.remedy.Outcome.Validation); !math.IsNaN(v) {
			return v
		}
		return math.Inf(1)
	}
	return cmp.Compare(value(x), value(y))
}
