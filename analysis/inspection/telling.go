package inspection

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/wording"
)

// Telling is inputs of a table that tell what is to be predicted without error, as where the answer
// was computed from them or they from it. It may be known before the answer is; where it is not, a
// model that uses it is worth nothing.
type Telling struct {
	// Inputs are columns: one that tells the class alone, or those whose sum, each times a number, is the
	// target.
	Inputs []string `json:"inputs"`
	Target string   `json:"target,omitempty"` // empty where it is the class
	// Samples is the number that was looked at.
	Samples int `json:"samples"`
}

// Note is String with what to do about it.
func (t Telling) Note() string {
	return t.String() + "; what is known only with the answer has to be left out, by columns.ignore, and what is known before it is to be listed under columns.known"
}

// String is a clause about the inputs.
func (t Telling) String() string {
	if t.Target == "" {
		return fmt.Sprintf("column %q alone tells the class of all %s that were looked at", t.Inputs[0], wording.Plural(t.Samples, "sample"))
	}
	return fmt.Sprintf("target %q is a sum of columns, each times a number, in all %s that were looked at: %s", t.Target, wording.Plural(t.Samples, "sample"), datafile.List(t.Inputs))
}

// With fewer samples, or fewer outside the most frequent class, chance may make it look so; with more
// nothing is learned.
const (
	fewestTold      = 50
	mostTold        = 4000
	fewestOfClasses = 10
)

// tellingOf looks at the first rows of a table. Columns that follow the rows are told of as such,
// and those that the study says are known before the answer not at all.
func tellingOf(d *dataset.Domain, numbered []Numbered) []Telling {
	return slices.DeleteFunc(tellingInputs(d), func(t Telling) bool {
		return len(datafile.Without(t.Inputs, d.Known)) == 0 || slices.ContainsFunc(numbered, func(c Numbered) bool { return slices.Contains(t.Inputs, c.Column) })
	})
}

func tellingInputs(d *dataset.Domain) []Telling {
	if len(d.Shape) != 1 || d.Features == nil || d.Text != nil || d.Task.Kind == study.Multilabel {
		return nil
	}
	width := sizeOf(d)
	samples := inFileOrder(d)
	samples = samples[:min(len(samples), mostTold, mostNumbers/max(1, width))]
	if len(samples) < fewestTold {
		return nil
	}
	columns := make([][]float64, width)
	x := make([]float64, width)
	for _, s := range samples {
		s.split.Raw(s.at, x)
		for j, v := range x {
			columns[j] = append(columns[j], v)
		}
	}
	if len(d.Task.Classes) > 0 {
		return tellingClass(d, samples, columns)
	}
	return tellingTargets(d, samples, columns[:len(d.Numbers())])
}

// tellingClass finds columns of numbers along which every class has a range of its own, and columns
// of words each of which stands for one class.
func tellingClass(d *dataset.Domain, samples []sample, columns [][]float64) []Telling {
	class := make([]int, len(samples))
	count := make([]int, len(d.Task.Classes))
	for i, s := range samples {
		class[i] = s.split.Label(s.at)
		count[class[i]]++
	}
	if len(samples)-slices.Max(count) < fewestOfClasses {
		return nil
	}
	classes := len(slices.DeleteFunc(count, func(n int) bool { return n == 0 }))
	numbers := d.Numbers()
	var out []Telling
	for j, values := range columns {
		if j < len(numbers) {
			if runs, pure := runsAlong(values, class); pure && runs == classes {
				out = append(out, Telling{Inputs: []string{numbers[j]}, Samples: len(samples)})
			}
			continue
		}
		k := j - len(numbers)
		if k >= len(d.Categories) {
			break
		}
		const each = 5 // samples of a word, in the mean
		of, pure := map[float64]int{}, true
		for i, v := range values {
			if c, met := of[v]; met && c != class[i] {
				pure = false
				break
			}
			of[v] = class[i]
		}
		if pure && each*len(of) <= len(values) {
			out = append(out, Telling{Inputs: []string{d.Categories[k].Name}, Samples: len(samples)})
		}
	}
	return out
}

// runsAlong counts the runs of equal classes in the order of values. It is not pure where samples
// of one value are of several classes.
func runsAlong(values []float64, class []int) (runs int, pure bool) {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	for i, k := range order {
		switch {
		case i > 0 && class[k] == class[order[i-1]]:
		case i > 0 && values[k] == values[order[i-1]]:
			return 0, false
		default:
			runs++
		}
	}
	return runs, true
}

// tellingTargets finds targets that least squares fit to a millionth of their variance.
func tellingTargets(d *dataset.Domain, samples []sample, columns [][]float64) []Telling {
	const most = 256 // inputs
	scaled := make([][]float64, 0, len(columns))
	var names []string
	for j, name := range d.Numbers() {
		mean, sd := stat.MeanStdDev(columns[j], nil)
		if sd <= 1e-6*math.Abs(mean) || math.IsNaN(sd) || slices.Contains(d.Dated, name) {
			continue
		}
		z := make([]float64, len(columns[j]))
		for i, v := range columns[j] {
			z[i] = (v - mean) / sd
		}
		scaled, names = append(scaled, z), append(names, name)
	}
	p := len(scaled)
	if p == 0 || p > most {
		return nil
	}
	var out []Telling
	y := make([]float64, len(d.Task.Targets))
	for t, target := range d.Task.Targets {
		var rows []int
		var values []float64
		for i, s := range samples {
			if s.split.RawTargets(s.at, y); !math.IsNaN(y[t]) {
				rows, values = append(rows, i), append(values, y[t])
			}
		}
		if len(rows) < fewestTold+2*p {
			continue
		}
		if inputs := exactSum(scaled, names, rows, values); inputs != nil {
			out = append(out, Telling{Inputs: inputs, Target: target, Samples: len(rows)})
		}
	}
	return out
}

// exactSum names the columns, scaled to a mean of 0 and a deviation of 1, whose weighted sum the
// values are in some rows; nil where they are none.
func exactSum(scaled [][]float64, names []string, rows []int, values []float64) []string {
	const rest, part = 1e-6, 1e-3 // of the variance, and of the deviation
	p := len(scaled)
	mean, sd := stat.MeanStdDev(values, nil)
	if sd == 0 {
		return nil
	}
	a := mat.NewSymDense(p+1, nil)
	b := mat.NewVecDense(p+1, nil)
	row := mat.NewVecDense(p+1, nil)
	for i, k := range rows {
		row.SetVec(p, 1)
		for j := range scaled {
			row.SetVec(j, scaled[j][k])
		}
		a.SymRankOne(a, 1, row)
		b.AddScaledVec(b, (values[i]-mean)/sd, row)
	}
	for j := range p + 1 { // columns may be sums of each other
		a.SetSym(j, j, a.At(j, j)+1e-9*float64(len(rows)))
	}
	var c mat.Cholesky
	weight := mat.NewVecDense(p+1, nil)
	if !c.Factorize(a) || c.SolveVecTo(weight, b) != nil {
		return nil
	}
	left := 0.0
	for i, k := range rows {
		e := (values[i]-mean)/sd - weight.AtVec(p)
		for j := range scaled {
			e -= weight.AtVec(j) * scaled[j][k]
		}
		left += e * e
	}
	if left > rest*float64(len(rows)) {
		return nil
	}
	var inputs []string
	for j, name := range names {
		if math.Abs(weight.AtVec(j)) > part {
			inputs = append(inputs, name)
		}
	}
	return inputs
}
