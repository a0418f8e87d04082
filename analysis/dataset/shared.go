package dataset

import (
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// shares reports whether the domain divides the rows of its file as all other domains
// do that may use the same rows.
func (s *source) shares() bool { return s.d.Split.Shared != nil && *s.d.Split.Shared }

// register records a row of the data, whether the domain uses it or not,
// with all that a shared split depends on.
func (t *table) register(r row) {
	if t.every == nil {
		t.every = &store{}
	}
	every, ro := t.every, t.roles
	p, group := undecided, ""
	complete := r.err == nil && len(r.fields) == len(ro.columns)
	if complete && ro.group >= 0 {
		group = t.intern(strings.TrimSpace(r.fields[ro.group]))
	}
	if complete && ro.split >= 0 {
		p = datafile.PartNames[strings.ToLower(strings.TrimSpace(r.fields[ro.split]))]
	}
	if !complete || ro.split >= 0 && p == undecided || ro.group >= 0 && t.Missing[group] {
		p = nowhere // bad for every domain
	}
	if ro.time >= 0 {
		at := 0.0
		if complete {
			var e *Error
			if at, e = t.timeOf(ro, r.fields); e != nil {
				p = nowhere
			}
		}
		every.time = append(every.time, at)
	}
	every.id = append(every.id, int64(len(every.id)))
	every.part = append(every.part, p)
	if ro.group >= 0 {
		every.group = append(every.group, group)
	}
}

// divideRows puts every undecided row into a split: of the domain's own rows,
// stratified by class, or, where the split is shared, of all rows of the file,
// whatever their labels.
func (a *assembly) divideRows(st *store) error {
	if !a.shares() {
		return a.divide(st)
	}
	all := &store{span: st.span, group: slices.Clone(st.group), time: st.time, part: slices.Clone(st.part), id: slices.Clone(st.id)}
	for i, p := range all.part {
		if p == nowhere { // of a class that is left out
			all.part[i] = undecided
		}
	}
	at := func(row int) int { return row }
	if st.table.every != nil {
		all = st.table.every
		at = func(row int) int { return int(st.id[row]) }
		// Rows of given validation and test data have their split already.
		all.part = append(all.part, st.part[a.own:]...)
		all.id = append(all.id, st.id[a.own:]...)
		if all.time != nil {
			all.time = append(all.time, st.time[a.own:]...)
		}
		if all.group != nil {
			all.group = append(all.group, st.group[a.own:]...)
		}
	}
	if err := a.divide(all); err != nil {
		return err
	}
	for row := range a.own {
		if st.part[row] != nowhere {
			st.part[row] = all.part[at(row)]
		}
	}
	return nil
}
