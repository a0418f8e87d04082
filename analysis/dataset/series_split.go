package dataset

import (
	"cmp"
	"fmt"
	"slices"
)

// bySignal sorts rows into lists, one for each recording that they are windows of; rows
// of other data make one list.
func bySignal(st *store, rows []int) [][]int {
	if st.span == nil {
		return [][]int{rows}
	}
	var out [][]int
	for i, row := range rows {
		if i == 0 || st.span[row].signal != st.span[rows[i-1]].signal {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], row)
	}
	return out
}

// overlap reports whether any windows that follow each other overlap.
func overlap(st *store, rows []int) bool {
	for i := 1; i < len(rows); i++ {
		a, b := st.span[rows[i-1]], st.span[rows[i]]
		if a.signal == b.signal && a.to >= b.from {
			return true
		}
	}
	return false
}

// divideBlocks deals whole stretches of recordings at random, so that few
// windows overlap another split.
func (a *assembly) divideBlocks(st *store, rows []int, nTest, nVal int) error {
	blocks, err := a.blocks(st, rows)
	if err != nil {
		return err
	}
	return a.divideGroups(blocks, rows, nTest, nVal, a.splitStream())
}

// blocks returns the store with stretches of recordings for groups.
func (a *assembly) blocks(st *store, rows []int) (*store, error) {
	blocks := *st // the same parts under other groups
	blocks.group = make([]string, st.rows())
	span := int32(0)
	for _, row := range rows {
		span = max(span, st.span[row].to-st.span[row].from+1)
	}
	for _, row := range rows {
		s := st.span[row]
		blocks.group[row] = fmt.Sprintf("%d/%d", s.signal, int(s.from)/(int(span)*a.d.Series.Block))
	}
	if len(groups(&blocks, rows)) < 2 {
		return nil, &Error{File: name(a.d.Files), Reason: fmt.Sprintf("windows overlap, and all lie in one block of %d samples; set series.block lower, or split by time", int(span)*a.d.Series.Block)}
	}
	return &blocks, nil
}

// separate leaves out windows that overlap a window of another split: those of
// training first, then those of validation.
func (a *assembly) separate(st *store) {
	if st.span == nil {
		return
	}
	var kept []span // of splits that come first, by signal and time
	out := 0
	for _, p := range []part{inTest, inVal, inTrain} {
		before := len(kept)
		for _, row := range rowsIn(st, p) {
			if touches(kept[:before], st.span[row]) {
				st.part[row] = nowhere
				out++
				continue
			}
			kept = append(kept, st.span[row])
		}
		slices.SortFunc(kept, func(a, b span) int {
			return cmp.Or(cmp.Compare(a.signal, b.signal), cmp.Compare(a.from, b.from))
		})
	}
	if out > 0 {
		a.notef("%d windows are left out because they overlap windows of another split", out)
	}
}

// touches reports whether a span overlaps one of a sorted list. Spans of one
// signal that begin later end later, or at its end.
func touches(list []span, s span) bool {
	k, _ := slices.BinarySearchFunc(list, s, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.signal, b.signal), cmp.Compare(a.to, b.from))
	})
	return k < len(list) && list[k].signal == s.signal && list[k].from <= s.to
}
