package evaluate

import (
	"fmt"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/dataset"
)

// columnMap makes the inputs of a form from the raw numbers of a table's row:
// columns in the form's order, indicators of missing numbers, codes of words.
type columnMap struct {
	from  []int // for each column of the form that of the domain; -1: it has no values
	fill  []float64
	marks []int // columns of the form with an indicator
	codes int
}

// shapeOf is the shape of a domain's samples as the form takes them.
func (f *Form) shapeOf(d *dataset.Domain) []int {
	if f.Columns == nil || !isTable(d) {
		return d.Shape
	}
	return []int{len(f.Columns) + len(f.Indicators) + len(d.Categories)}
}

// isTable reports whether the numbers of a domain's samples have names.
func isTable(d *dataset.Domain) bool { return len(d.Shape) == 1 && d.Features != nil }

// columnsOf maps the columns of a domain to those of the form. It returns nil
// where samples go to the model as they are.
func (f *Form) columnsOf(d *dataset.Domain) (*columnMap, error) {
	if f.Columns == nil || !isTable(d) {
		return nil, nil
	}
	own := d.Numbers()
	c := &columnMap{codes: len(d.Categories)}
	matched := 0
	for k, name := range f.Columns {
		j := slices.Index(own, name)
		if j >= 0 || slices.Contains(d.Valueless, name) {
			matched++
		}
		c.from = append(c.from, j)
		fill := f.Fill
		if fill == nil { // no value was missing in training: the mean stands in
			fill = make([]float64, len(f.Columns))
			for i := range min(len(fill), len(f.Mean)) {
				fill[i] = float64(f.Mean[i])
				if f.Offset != nil {
					fill[i] += f.Offset[i]
				}
			}
		}
		c.fill = append(c.fill, fill[k])
	}
	switch {
	case matched == 0 && len(own) == len(f.Columns): // the names are all others: go by position
		for k := range c.from {
			c.from[k] = k
		}
	case matched < len(f.Columns):
		var lacking []string
		for k, name := range f.Columns {
			if c.from[k] < 0 && !slices.Contains(d.Valueless, name) {
				lacking = append(lacking, name)
			}
		}
		return nil, fmt.Errorf("it takes columns that the domain lacks: %s", quoted(lacking))
	}
	for _, name := range f.Indicators {
		k := slices.Index(f.Columns, name)
		if k < 0 {
			return nil, fmt.Errorf("its metadata name an indicator of %q, which is no column of its own", name)
		}
		c.marks = append(c.marks, k)
	}
	return c, nil
}

// apply writes the inputs of a raw sample into dst.
func (c *columnMap) apply(raw, dst []float64) {
	n := len(c.from)
	for k, j := range c.from {
		dst[k] = math.NaN()
		if j >= 0 {
			dst[k] = raw[j]
		}
	}
	for i, k := range c.marks {
		dst[n+i] = 0
		if math.IsNaN(dst[k]) {
			dst[n+i] = 1
		}
	}
	for k, fill := range c.fill {
		if math.IsNaN(dst[k]) {
			dst[k] = fill
		}
	}
	copy(dst[len(dst)-c.codes:], raw[len(raw)-c.codes:])
}

// takeColumns lets a model from elsewhere take the columns of a domain: with the
// indicators of missing numbers where its input has room for them.
func (f *Form) takeColumns(d *dataset.Domain, fits func(shape []int) bool) {
	if !isTable(d) {
		return
	}
	f.Columns, f.Fill = d.Numbers(), d.Fills()
	if f.Indicators = d.Indicated(); !fits(f.shapeOf(d)) {
		f.Indicators = nil
		if !fits(f.shapeOf(d)) { // neither fits: the error will list all columns
			f.Indicators = d.Indicated()
		}
	}
}

// ScaleAs makes the form scale inputs as those of a domain are scaled.
func (f *Form) ScaleAs(d *dataset.Domain) {
	n := d.Norm
	f.Offset, f.Mean, f.Std, f.Rows = n.Offset, n.Mean, n.Std, n.Rows
	if f.Columns == nil || !isTable(d) || len(f.Indicators) == d.Indicators {
		return
	}
	from, to := len(f.Columns), len(f.Columns)+d.Indicators
	f.Mean, f.Std = without(n.Mean, from, to), without(n.Std, from, to)
	if n.Offset != nil {
		f.Offset = without(n.Offset, from, to)
	}
}

func without[T any](values []T, from, to int) []T {
	return append(slices.Clone(values[:from]), values[to:]...)
}
