package dataset

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/sharewise/sharewise/analysis/study"
)

// OpenFolds is [OpenAll] for every fold of a study, in their order: each has
// training, validation and test samples of its own, and what is fitted to training
// samples, such as normalisation, is fitted to those of the fold. Without folds
// there is one. The memory budget is that of all folds together.
func OpenFolds(ctx context.Context, s *study.Study, how ...Option) ([][]*Domain, error) {
	h := holdingOf(how)
	var out [][]*Domain
	for f := range max(1, s.Folds()) {
		domains, err := openAll(ctx, s.AtFold(f), h)
		if err != nil {
			return nil, err
		}
		out = append(out, domains)
	}
	return out, nil
}

// divideFolds puts rows into the splits of the study's fold. Which rows are of which
// fold does not depend on the fold that is asked for; validation samples are drawn
// from the others, for each fold anew.
func (a *assembly) divideFolds(st *store, rows []int) error {
	n := a.d.Split.Folds
	mark(st, rows, inTrain)
	fold, err := a.folds(st, rows, n)
	if err != nil {
		return err
	}
	rest := []int{}
	for k, row := range rows {
		if fold[k] == a.study.Fold() {
			st.part[row] = inTest
		} else {
			rest = append(rest, row)
		}
	}
	tested := len(rows) - len(rest)
	if tested == 0 {
		return &Error{File: name(a.d.Files), Reason: fmt.Sprintf("fold %d of %d is empty; set split.folds lower", a.study.Fold()+1, n)}
	}
	want := int(math.Round(a.d.Split.Val * float64(len(rows))))
	if want == 0 || slices.Contains(st.part, inVal) {
		return nil
	}
	rng := a.foldStream("validation")
	switch split := a.d.Split; {
	case split.By == study.ByTime:
		a.validateInTime(st, rows)
		return nil
	case split.By == study.ByGroup:
		return a.divideGroups(st, rest, 0, want, rng)
	case split.By == study.ByContent:
		copies := *st
		copies.group = contentGroups(st, rows)
		return a.divideGroups(&copies, rest, 0, want, rng)
	case st.span != nil && overlap(st, rows):
		blocks, err := a.blocks(st, rows)
		if err != nil {
			return err
		}
		return a.divideGroups(blocks, rest, 0, want, rng)
	}
	mark(st, sample(st, rest, want, 1, rng), inVal)
	return nil
}

// foldStream is a stream of the domain's splits for the study's fold.
func (a *assembly) foldStream(purpose string) *rand.Rand {
	return rand.New(rand.NewPCG(a.study.Seed64(a.d.SplitKey(), fmt.Sprintf("fold %d %s", a.study.Fold(), purpose)), 0))
}

// folds numbers the folds of rows from 0.
func (a *assembly) folds(st *store, rows []int, n int) ([]int, error) {
	of := make([]int, st.rows())
	rng := a.splitStream()
	switch {
	case a.d.Split.By == study.ByTime:
		for _, rows := range bySignal(st, inTime(st, rows)) {
			for f, block := range stretches(st, rows, n) {
				for _, row := range block {
					of[row] = f
				}
			}
		}
	case a.d.Split.By == study.ByGroup:
		if err := a.dealGroups(st, rows, n, of, rng); err != nil {
			return nil, err
		}
	case a.d.Split.By == study.ByContent:
		copies := *st
		copies.group = contentGroups(st, rows)
		if err := a.dealGroups(&copies, rows, n, of, rng); err != nil {
			return nil, err
		}
	case st.span != nil && overlap(st, rows):
		blocks, err := a.blocks(st, rows)
		if err != nil {
			return nil, err
		}
		if err := a.dealGroups(blocks, rows, n, of, rng); err != nil {
			return nil, err
		}
	default:
		dealRows(st, rows, n, of, rng)
	}
	out := make([]int, len(rows))
	for k, row := range rows {
		out[k] = of[row]
	}
	return out, nil
}

// never is the fold of rows that are never tested.
const never = -1

// dealRows deals the rows of every class in turns, the next class where the one
// before ended, so that folds are of one size and have their share of every class.
// The only row of a class always trains: no model could learn it otherwise.
func dealRows(st *store, rows []int, n int, of []int, rng *rand.Rand) {
	classes := map[int32][]int{}
	var order []int32
	for _, row := range rows {
		c := int32(0)
		if st.label != nil {
			c = st.label[row]
		}
		if classes[c] == nil {
			order = append(order, c)
		}
		classes[c] = append(classes[c], row)
	}
	slices.Sort(order)
	next := 0
	for _, c := range order {
		list := classes[c]
		if len(list) == 1 {
			of[list[0]] = never
			continue
		}
		rng.Shuffle(len(list), func(a, b int) { list[a], list[b] = list[b], list[a] })
		for _, row := range list {
			of[row] = next % n
			next++
		}
	}
}

// dealGroups deals whole groups, the largest first, each to the fold that has the
// fewest rows of the group's class and, of those, the fewest of all.
func (a *assembly) dealGroups(st *store, rows []int, n int, of []int, rng *rand.Rand) error {
	bundles := groups(st, rows)
	if len(bundles) < n {
		return &Error{File: name(a.d.Files), Reason: fmt.Sprintf("%d groups cannot be dealt to %d folds; set split.folds to at most %d", len(bundles), n, len(bundles))}
	}
	rng.Shuffle(len(bundles), func(a, b int) { bundles[a], bundles[b] = bundles[b], bundles[a] })
	slices.SortStableFunc(bundles, func(a, b bundle) int { return cmp.Compare(len(b.rows), len(a.rows)) })
	ofClass := make([]map[int32]int, n) // rows by class
	size := make([]int, n)
	for f := range ofClass {
		ofClass[f] = map[int32]int{}
	}
	for _, b := range bundles {
		best := 0
		for f := range n {
			if empty := cmp.Compare(min(size[f], 1), min(size[best], 1)); cmp.Or(empty, cmp.Compare(ofClass[f][b.class], ofClass[best][b.class]), cmp.Compare(size[f], size[best])) < 0 {
				best = f
			}
		}
		ofClass[best][b.class] += len(b.rows)
		size[best] += len(b.rows)
		for _, row := range b.rows {
			of[row] = best
		}
	}
	return nil
}

// stretches cuts rows in time into n of nearly one length. Rows of one time stay
// together.
func stretches(st *store, rows []int, n int) [][]int {
	out := make([][]int, n)
	from := 0
	for f := range n {
		to := len(rows)
		if f < n-1 {
			to = max(from, cutInTime(st, rows, (f+1)*len(rows)/n))
		}
		out[f] = rows[from:to]
		from = to
	}
	return out
}

// validateInTime takes for validation what lies before the stretch that is tested,
// or behind the first one.
func (a *assembly) validateInTime(st *store, rows []int) {
	for _, rows := range bySignal(st, inTime(st, rows)) {
		want := int(math.Round(a.d.Split.Val * float64(len(rows))))
		first := slices.IndexFunc(rows, func(row int) bool { return st.part[row] == inTest })
		if want == 0 || first < 0 {
			continue
		}
		last := first
		for last < len(rows) && st.part[rows[last]] == inTest {
			last++
		}
		if first >= want {
			mark(st, rows[min(first, cutInTime(st, rows, first-want)):first], inVal)
		} else if last < len(rows) {
			mark(st, rows[last:min(len(rows), max(last, cutInTime(st, rows, min(last+want, len(rows)-1))))], inVal)
		}
	}
}
