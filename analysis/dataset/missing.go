package dataset

import (
	"fmt"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// Missing is a column of numbers with values that are missing.
type Missing struct {
	Name string `json:"name"`
	// Train, Val and Test count the samples in which it is missing.
	Train int `json:"train"`
	Val   int `json:"validation"`
	Test  int `json:"test"`
	// Fill is what stands in for a missing value; 0 where training has none.
	Fill float64 `json:"fill"`
	// InTraining says that training samples have values.
	InTraining bool `json:"in_training"`
}

// IndicatorName is what the input is called that says where a column's values
// are missing.
func IndicatorName(column string) string { return column + " missing" }

// gaps counts missing numbers, by column.
type gaps struct {
	part   [nowhere][]int // by split
	valued []int          // rows of any split with a value
}

// findGaps counts the missing numbers of the rows in use.
func (a *assembly) findGaps() *gaps {
	st := a.store
	g := &gaps{valued: make([]int, len(st.features))}
	for p := range g.part {
		g.part[p] = make([]int, len(st.features))
	}
	if !st.table.gapped {
		for j := range g.valued {
			g.valued[j] = st.rows()
		}
		return g
	}
	x := make([]float32, st.size())
	for row, p := range st.part {
		if p == nowhere {
			continue
		}
		st.values.read(row, x)
		for j := range g.valued {
			if v := x[j]; v != v {
				g.part[p][j]++
			} else {
				g.valued[j]++
			}
		}
	}
	return g
}

// completeInputs settles the inputs of tables with missing values: columns that
// have no value in any domain go, each column with missing training values in
// any domain gets an indicator in all of them, and each with any missing values
// gets something to stand in for them.
func completeInputs(parts []*assembly) {
	u := gapsOfAll{map[string]bool{}, map[string]bool{}, map[string]bool{}}
	found := make([]*gaps, len(parts))
	for i, p := range parts {
		if !p.imputes() {
			continue
		}
		g := p.findGaps()
		found[i] = g
		for j, name := range p.store.features {
			u.valued[name] = u.valued[name] || g.valued[j] > 0
			u.learnt[name] = u.learnt[name] || g.part[inTrain][j] > 0
			u.any[name] = u.any[name] || g.missing(j) > 0
		}
	}
	for i, p := range parts {
		if found[i] != nil {
			p.complete(found[i], u)
		}
	}
}

// gapsOfAll says of each column, by its name, whether any domain has a value in it
// (valued), lacks one in training (learnt: models learn what a gap means) or lacks one in
// any split (any).
type gapsOfAll struct{ valued, learnt, any map[string]bool }

// missing counts the missing values of a column.
func (g *gaps) missing(j int) int {
	return g.part[inTrain][j] + g.part[inVal][j] + g.part[inTest][j]
}

// imputes reports whether missing numbers of the domain are filled in.
func (s *source) imputes() bool {
	return study.IsTable(s.d.Format) && !s.texts() && s.d.Columns.Impute != study.NoImpute
}

// gap returns NaN for a field without a number, where missing numbers are filled in
// and the field is empty, or its column had no value among the first rows and holds texts
// further below. For other fields it returns the reason why they are bad.
func (t *table) gap(column, reason string) (float64, string) {
	_, empty := t.worded[column]
	switch {
	case !t.fills || reason != datafile.MissingValue && !empty:
		return 0, reason
	case reason != datafile.MissingValue:
		t.worded[column] = true
	}
	t.gapped = true
	return math.NaN(), ""
}

// impute is how a domain's missing numbers are filled in; "" where none is
// missing.
func (s *source) impute(d *Domain) string {
	if len(d.Missing) == 0 {
		return ""
	}
	return s.d.Columns.Impute
}

// complete gives a domain's samples the columns that have values in any domain,
// and the indicators.
func (a *assembly) complete(g *gaps, u gapsOfAll) {
	st := a.store
	listed := len(a.d.Columns.Features) > 0
	c := &completed{numberRows: st.values, width: st.size(), codes: len(st.categories)}
	var words, names, indicators []string
	for j, name := range st.features {
		switch {
		case listed:
		case st.table.worded[name]:
			words = append(words, name)
			continue
		case !u.valued[name]:
			a.domain.Valueless = append(a.domain.Valueless, name)
			continue
		}
		if u.any[name] {
			a.filled = append(a.filled, len(names))
		}
		if u.learnt[name] && a.d.Columns.Indicators && !a.follows(name) {
			c.indicated = append(c.indicated, len(names))
			indicators = append(indicators, IndicatorName(name))
		}
		c.numbers = append(c.numbers, j)
		names = append(names, name)
		if g.missing(j) > 0 && !a.follows(name) {
			a.domain.Missing = append(a.domain.Missing, Missing{
				Name: name, Train: g.part[inTrain][j], Val: g.part[inVal][j], Test: g.part[inTest][j],
				InTraining: g.part[inTrain][j] < len(rowsIn(st, inTrain)),
			})
		}
	}
	if len(words) > 0 {
		a.notef("columns without numbers are left out: %s", datafile.List(words))
	}
	if len(a.domain.Valueless) > 0 {
		a.notef("columns without values are left out: %s", datafile.List(a.domain.Valueless))
	}
	if len(names) == len(st.features) && len(indicators) == 0 {
		return
	}
	if st.offset != nil {
		offset := make([]float64, 0, len(names)+len(indicators)+c.codes)
		for _, j := range c.numbers {
			offset = append(offset, st.offset[j])
		}
		st.offset = append(offset, make([]float64, len(indicators)+c.codes)...)
	}
	st.values, st.features, st.indicators = c, append(names, indicators...), len(indicators)
	st.shape = []int{len(st.features) + c.codes}
	a.domain.Shape, a.domain.Features, a.domain.Indicators = st.shape, st.features, len(indicators)
}

// completed are rows of the numbers that are used, of indicators, 1 where a
// number is missing, and of codes.
type completed struct {
	numberRows
	width     int   // of a row as it is stored
	numbers   []int // used ones among those stored, ascending
	indicated []int // of these, those with an indicator
	codes     int
}

func (c *completed) read(row int, dst []float32) {
	n, stored := len(c.numbers), dst
	if c.width > len(dst) {
		stored = make([]float32, c.width)
	}
	c.numberRows.read(row, stored[:c.width])
	if c.width != n+c.codes { // some numbers are not used
		codes := slices.Clone(stored[c.width-c.codes : c.width])
		for k, j := range c.numbers {
			dst[k] = stored[j]
		}
		copy(dst[len(dst)-c.codes:], codes)
	} else {
		copy(dst[len(dst)-c.codes:], stored[n:c.width])
	}
	for k, j := range c.indicated {
		v := float32(0)
		if dst[j] != dst[j] {
			v = 1
		}
		dst[n+k] = v
	}
}

// mostRanked bounds the training values of a column that its median comes from,
// evenly spaced ones where there are more.
const mostRanked = 1 << 20

// fitFill finds what stands in for the missing numbers of columns, as it is
// stored, NaN for other columns and those without a training value; nil where
// none is missing in any domain.
func (a *assembly) fitFill(train []int) []float32 {
	if len(a.filled) == 0 {
		return nil
	}
	st := a.store
	fill, x := slices.Repeat([]float32{nan32}, st.size()), make([]float32, st.size())
	stride := (len(train) + mostRanked - 1) / mostRanked
	// A few columns at a time, so that memory stays bounded.
	for some := range slices.Chunk(a.filled, 16) {
		ranked := make([][]float32, len(some))
		sum, count := make([]float64, len(some)), make([]int, len(some))
		for i, row := range train {
			st.values.read(row, x)
			for k, j := range some {
				if v := x[j]; v == v {
					sum[k] += float64(v)
					count[k]++
					if i%stride == 0 {
						ranked[k] = append(ranked[k], v)
					}
				}
			}
		}
		for k, j := range some {
			switch {
			case count[k] == 0:
			case a.d.Columns.Impute == study.Mean, len(ranked[k]) == 0:
				fill[j] = float32(sum[k] / float64(count[k]))
			default:
				fill[j] = median(ranked[k])
			}
		}
	}
	for k := range a.domain.Missing {
		if m := &a.domain.Missing[k]; m.InTraining {
			j := slices.Index(st.features, m.Name)
			if m.Fill = float64(fill[j]); st.offset != nil {
				m.Fill += st.offset[j]
			}
		}
	}
	return fill
}

// median returns the median of at least one value; it sorts them.
func median(values []float32) float32 {
	slices.Sort(values)
	n := len(values)
	return float32((float64(values[(n-1)/2]) + float64(values[n/2])) / 2)
}

// noteMissing says which inputs are filled in.
func (a *assembly) noteMissing() {
	missing := a.domain.Missing
	if len(missing) == 0 {
		return
	}
	d := a.domain
	var late []Missing
	for _, m := range missing {
		if m.Train == 0 {
			late = append(late, m)
		}
	}
	where := ""
	if d.Indicators > 0 {
		where = ", with a further input for each column where training lacks values that says so"
	}
	a.notef("missing inputs are replaced by the training %s%s: %s", a.d.Columns.Impute, where, datafile.FirstFew(missing, func(m Missing) string {
		return fmt.Sprintf("%q (%d of %d training, %d of %d test rows)", m.Name, m.Train, d.Train.Len(), m.Test, d.Test.Len())
	}))
	if len(late) > 0 && len(late) < len(missing) {
		a.notef("missing in test or validation rows alone, so that no model learns what that means: %s", datafile.FirstFew(late, func(m Missing) string { return fmt.Sprintf("%q", m.Name) }))
	}
	var none []Missing
	for _, m := range missing {
		if !m.InTraining {
			none = append(none, m)
		}
	}
	if len(none) > 0 {
		a.notef("without any value in training, so that models are given 0: %s", datafile.FirstFew(none, func(m Missing) string { return fmt.Sprintf("%q", m.Name) }))
	}
}

// nan32 is a missing number as it is stored.
var nan32 = float32(math.NaN())
