package inspection

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/ranks"
	"github.com/sharewise/sharewise/analysis/wording"
)

// Numbered is a column of a table that follows the numbers of its rows: an
// index that was written with the table, or the time of a steady recording.
// Where the table is sorted, or neighbours resemble each other, a model reads
// the answer from it, and a random split does not notice.
type Numbered struct {
	Column string `json:"column"`
	// How is one of package dataset's.
	How dataset.Numbering `json:"how"`
	// Changes is how often the class changes from one row to the next, in the order
	// of the column; Expected is how often it would in random order. Both are 0
	// where there are no classes.
	Changes  int     `json:"changes"`
	Expected float64 `json:"expected"`
	// Correlation is Spearman's of the column and the first target; 0 where there
	// is none.
	Correlation float64 `json:"correlation"`
}

// What makes a column tell the answer: half of the changes of class that
// chance would bring, or a rank correlation of a half, beyond what chance makes
// of it.
const (
	tellingChanges     = 0.5
	tellingCorrelation = 0.5
	chanceDeviations   = 4
)

// Tells reports whether the order of the rows tells what is to be predicted.
func (c Numbered) Tells() bool {
	// The number of changes in random order has a deviation below its root.
	few := float64(c.Changes) < c.Expected*tellingChanges && c.Expected-float64(c.Changes) > chanceDeviations*math.Sqrt(c.Expected)
	return c.Expected > 0 && few || math.Abs(c.Correlation) >= tellingCorrelation
}

// String is a clause about the column.
func (c Numbered) String() string {
	s := fmt.Sprintf("column %q %s", c.Column, c.How)
	switch {
	case !c.Tells():
	case c.Expected > 0:
		s += fmt.Sprintf(" and tells the class: along it the class changes %s, where chance makes it %.0f", wording.Plural(c.Changes, "time"), c.Expected)
	default:
		s += fmt.Sprintf(" and tells the target: their rank correlation is %.2f", c.Correlation)
	}
	return s
}

// numberedOf looks at the first MostSampled rows of a table.
func numberedOf(d *dataset.Domain) []Numbered {
	if len(d.Shape) != 1 || d.Features == nil {
		return nil
	}
	samples := inFileOrder(d)
	rows := make([]int64, len(samples))
	for i, s := range samples {
		rows[i] = s.row
	}
	x := make([]float64, sizeOf(d))
	columns := make([][]float64, len(d.Features))
	var open []int // columns that may follow the rows
	for j, name := range d.Numbers() {
		if !slices.Contains(d.Dated, name) { // dates mean what they say
			open = append(open, j)
		}
	}
	const precise = 1.0 / (1 << 23)
	for i, s := range samples {
		s.split.Raw(s.at, x)
		for _, j := range open {
			columns[j] = append(columns[j], x[j])
		}
		// Most columns are out after a few rows.
		if n := i + 1; n&(n-1) == 0 && n >= 32 {
			open = slices.DeleteFunc(open, func(j int) bool {
				return dataset.NumberingOf(rows[:n], columns[j], precise) == dataset.NotNumbered && !whole(columns[j])
			})
		}
		if len(open) == 0 {
			return nil
		}
	}
	var out []Numbered
	for _, j := range open {
		how := dataset.NumberingOf(rows, columns[j], precise)
		if how == dataset.NotNumbered || len(samples) < 20 {
			continue
		}
		c := Numbered{Column: d.Features[j], How: how}
		c.judge(d, samples, columns[j])
		out = append(out, c)
	}
	return out
}

// whole reports whether a column has whole numbers, none twice: they may number
// the rows in another order.
func whole(values []float64) bool {
	if slices.ContainsFunc(values, func(v float64) bool { return v != math.Trunc(v) }) {
		return false
	}
	sorted := slices.Sorted(slices.Values(values))
	return len(slices.Compact(sorted)) == len(values)
}

// sample is one of a domain's, of any split.
type sample struct {
	split *dataset.Split
	at    int
	row   int64
}

// inFileOrder lists the first MostSampled samples of a domain in the order of
// their rows.
func inFileOrder(d *dataset.Domain) []sample {
	var out []sample
	for _, s := range splitsOf(d) {
		for i := range s.Len() {
			out = append(out, sample{s, i, s.ID(i)})
		}
	}
	slices.SortFunc(out, func(a, b sample) int { return cmp.Compare(a.row, b.row) })
	// Given test data count their rows anew: no order leads through both.
	for i := 1; i < len(out); i++ {
		if out[i].row == out[i-1].row {
			return inFileOrderOf(d.Train)
		}
	}
	return out[:min(len(out), MostSampled)]
}

func inFileOrderOf(s *dataset.Split) []sample {
	out := make([]sample, min(s.Len(), MostSampled))
	for i := range out {
		out[i] = sample{s, i, s.ID(i)}
	}
	return out
}

// judge looks at the answers along the column.
func (c *Numbered) judge(d *dataset.Domain, samples []sample, values []float64) {
	order := make([]int, len(samples))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	if len(d.Task.Classes) > 0 {
		count := make([]int, len(d.Task.Classes))
		last := -1
		for i, k := range order {
			class := samples[k].split.Label(samples[k].at)
			count[class]++
			if i > 0 && class != last {
				c.Changes++
			}
			last = class
		}
		n := float64(len(order))
		alike := 0.0
		for _, m := range count {
			alike += float64(m) * float64(m-1) / (n * (n - 1))
		}
		c.Expected = (n - 1) * (1 - alike)
		return
	}
	y := make([]float64, len(d.Task.Targets))
	var along, targets []float64
	for _, k := range order {
		if samples[k].split.RawTargets(samples[k].at, y); len(y) > 0 && !math.IsNaN(y[0]) {
			along, targets = append(along, float64(len(along))), append(targets, y[0])
		}
	}
	if r := stat.Correlation(along, ranks.Of(targets), nil); len(along) > 2 && !math.IsNaN(r) {
		c.Correlation = r
	}
}
