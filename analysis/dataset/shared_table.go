package dataset

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/sharewise/sharewise/analysis/study"
)

// sharedTable reads the files of one table once for several domains, which take
// different rows of it.
type sharedTable struct {
	waiting []*tableReader // domains whose rows are not read, in the study's order
	read    map[*tableReader]*taker
}

// heldBack bounds what a domain holds in memory while its rows are read, beside
// what a spool takes from the budget: the rows of a rowKeeper before the offsets of
// columns are settled, and the block that a spool fills.
const heldBack = 8*offsetNumbers + blockBytes

// shareTables finds the domains that take rows of the same table: those with the
// same files, whose study says the same of the columns but for the values under
// columns.where.
func shareTables(sources []*source) {
	shared := map[string]*sharedTable{}
	for _, s := range sources {
		r, ok := s.reader.(*tableReader)
		if !ok || !study.IsTable(s.d.Format) {
			continue
		}
		columns := *s.d.Columns
		columns.Where = nil
		said, err := json.Marshal([]any{s.d.Format, s.d.Files, s.d.Task.Kind, slices.Sorted(maps.Keys(s.d.Columns.Where)), columns})
		if err != nil {
			panic(fmt.Sprintf("dataset: columns: %v", err)) // texts, numbers and flags only
		}
		t := shared[string(said)]
		if t == nil {
			t = &sharedTable{read: map[*tableReader]*taker{}}
			shared[string(said)] = t
		}
		t.waiting, r.shared = append(t.waiting, r), t
	}
}

// of returns the rows of a domain, which it reads with those of the domains that
// wait for theirs, as many as memory allows.
func (s *sharedTable) of(r *tableReader, pattern string) (*table, error) {
	if s.read[r] == nil {
		if err := s.pass(r, pattern); err != nil {
			return nil, err
		}
	}
	own := s.read[r]
	delete(s.read, r)
	return own.table, own.err
}

// pass reads the table for a domain and others.
func (s *sharedTable) pass(r *tableReader, pattern string) error {
	s.waiting = slices.DeleteFunc(s.waiting, func(w *tableReader) bool { return w == r })
	paths, err := r.tablePaths(pattern)
	if err != nil {
		return err
	}
	if err := r.settleOrders(paths); err != nil {
		return err
	}
	n := min(len(s.waiting), int(r.budget.total/4/heldBack)-1)
	if held := int64(n+1) * heldBack; n > 0 && r.budget.take(held) {
		defer r.budget.give(held)
	} else {
		n = 0
	}
	takers := []*taker{r.newTaker()}
	for _, w := range s.waiting[:n] {
		w.first, w.order, w.orders = true, r.order, r.orders
		takers = append(takers, w.newTaker())
	}
	s.waiting = s.waiting[n:]
	for _, t := range takers {
		s.read[t.tableReader] = t
	}
	readParts(paths, takers)
	return nil
}

// newTaker returns one that keeps the rows of the domain.
func (r *tableReader) newTaker() *taker {
	t := r.newTable()
	t.fills = r.imputes()
	own := &taker{table: t, take: t.row}
	if r.texts() {
		t.written, own.err = r.newTextKeeper()
	}
	return own
}

// readParts reads files one after another as one table.
func readParts(paths []string, takers []*taker) {
	for _, p := range paths {
		left := slices.DeleteFunc(slices.Clone(takers), func(t *taker) bool { return t.err != nil })
		if len(left) == 0 {
			return
		}
		read, place := (*reading).text, ":"
		if left[0].d.Format == study.Parquet {
			read, place = (*reading).parquet, ": row "
		}
		for _, t := range left {
			t.st.origin.file(p + place)
		}
		(&reading{path: p, takers: left, rows: left[0].rows}).all(read)
	}
}
