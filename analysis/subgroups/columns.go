package subgroups

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/stat"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
)

// All stands for all columns.
const All = "all"

// Columns divides the test samples of domains of tables by their inputs: numbers by
// the quartiles of the domain's test samples, words by word, missing values apart. names
// are those of columns, or [All]; one that no domain has is an error. Domains are given
// once for every fold.
func Columns(folds [][]*dataset.Domain, names []string) (divisions []analysis.Division, notes []string, err error) {
	known := map[string]bool{}
	for i, d := range folds[0] {
		columns := slices.Clone(d.Numbers())
		for _, c := range d.Categories {
			columns = append(columns, c.Name)
		}
		for k, column := range columns {
			known[column] = true
			if !slices.Contains(names, All) && !slices.Contains(names, column) {
				continue
			}
			if d.Confidential {
				notes = append(notes, fmt.Sprintf("%s is confidential: its samples are not divided by %s", d.Name, column))
				continue
			}
			divisions = append(divisions, divideBy(folds, i, k, column))
		}
	}
	for _, name := range names {
		if name != All && !known[name] {
			return nil, nil, fmt.Errorf("no domain has an input column %q%s", name, study.DidYouMean(name, slices.Sorted(maps.Keys(known))))
		}
	}
	return divisions, notes, nil
}

// divideBy divides the domain at a place by its k-th input, numbers before words.
func divideBy(folds [][]*dataset.Domain, domain, k int, column string) analysis.Division {
	d := folds[0][domain]
	values := map[losses.SampleID]float64{}
	size := 1
	for _, n := range d.Shape {
		size *= n
	}
	x := make([]float64, size)
	at := k
	if numbers := len(d.Numbers()); k >= numbers {
		at = size - len(d.Categories) + k - numbers
	}
	for _, f := range folds {
		test := f[domain].Test
		for i := range test.Len() {
			test.Raw(i, x)
			values[losses.SampleID{Number: test.ID(i)}] = x[at]
		}
	}
	name := quarters(values)
	if k >= len(d.Numbers()) {
		words := d.Categories[k-len(d.Numbers())].Words
		name = func(v float64) string {
			if code := int(v); code >= 1 && code <= len(words) {
				return words[code-1]
			}
			return "missing or rare"
		}
	}
	return analysis.Division{Domain: d.Name, By: column, Of: func(id losses.SampleID) string {
		v, ok := values[id]
		if !ok {
			return ""
		}
		return name(v)
	}}
}

// quarters names the quarter of the values that a number is in. Numbers of four values
// at most go by themselves.
func quarters(values map[losses.SampleID]float64) func(v float64) string {
	var sorted []float64
	for _, v := range values {
		if !math.IsNaN(v) {
			sorted = append(sorted, v)
		}
	}
	slices.Sort(sorted)
	single := slices.Compact(slices.Clone(sorted))
	var borders []float64
	if len(single) > 4 {
		for _, q := range []float64{0.25, 0.5, 0.75} {
			borders = append(borders, stat.Quantile(q, stat.Empirical, sorted, nil))
		}
		borders = slices.Compact(borders)
	}
	return func(v float64) string {
		switch {
		case math.IsNaN(v):
			return "missing"
		case borders == nil:
			return short(v)
		}
		k := 0
		for k < len(borders) && v > borders[k] {
			k++
		}
		switch k {
		case 0:
			return "up to " + short(borders[0])
		case len(borders):
			return "above " + short(borders[k-1])
		}
		return short(borders[k-1]) + " to " + short(borders[k])
	}
}

func short(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }
