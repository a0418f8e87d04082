package trainer

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/evaluate"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
)

// The columns of the table that a program leaves.
const (
	colDomain     = "domain"
	colSample     = "sample"
	colLoss       = "loss"
	colCorrect    = "correct"
	colPrediction = "prediction"
	colConfidence = "confidence"
	colScore      = "score"
)

func lossColumn(name string) bool {
	switch name {
	case colDomain, colSample, colLoss, colCorrect, colPrediction, colConfidence, colScore:
		return true
	}
	_, further := strings.CutPrefix(name, colPrediction+"_")
	return further
}

// oneOf finds the one of some files that a program left; "" where there is none.
func oneOf(dir string, names ...string) (string, error) {
	var found []string
	for _, n := range names {
		switch _, err := os.Lstat(filepath.Join(dir, n)); {
		case err == nil:
			found = append(found, n)
		case !errors.Is(err, fs.ErrNotExist):
			return "", fmt.Errorf("trainer: %w", err)
		}
	}
	if len(found) > 1 {
		return "", bad("the program left both %s; one of them is due", strings.Join(found, " and "))
	}
	if len(found) == 0 {
		return "", nil
	}
	return filepath.Join(dir, found[0]), nil
}

// returned is what a program says of the test samples of one domain, by their position
// in the test part.
type returned struct {
	domain *dataset.Domain
	row    []int // in the table, -1 where the sample is missing
}

// readLosses reads the table that a program left, and makes it one as sharewise's own
// runs leave it, with what the data say of the samples. diverged is not empty where all
// losses of a domain are no finite numbers.
func readLosses(dir string, domains []*dataset.Domain, meta losses.Meta) (t *losses.Table, diverged string, err error) {
	path, err := oneOf(dir, "losses.parquet", "losses.csv")
	if err != nil {
		return nil, "", err
	}
	if path == "" {
		return nil, "", &Error{Fault: NoResult, Detail: "the program ended well and left neither losses.parquet nor losses.csv in its folder"}
	}
	due := 0
	for _, d := range domains {
		due += d.Test.Len()
	}
	x, err := readFrame(path, lossColumn, 2*due+1000)
	if err != nil {
		return nil, "", err
	}
	return tableOf(x, domains, meta)
}

// tableOf makes the loss table of a run from what a table says of its test samples.
func tableOf(x *frame, domains []*dataset.Domain, meta losses.Meta) (t *losses.Table, diverged string, err error) {
	for _, name := range []string{colDomain, colSample} {
		if !x.has(name) {
			return nil, "", bad("%s has no column %q; it has %s", x.path, name, strings.Join(x.names, ", "))
		}
	}
	parts, err := x.assign(domains)
	if err != nil {
		return nil, "", err
	}
	t = &losses.Table{Meta: meta}
	for _, p := range parts {
		o, err := x.outcome(p)
		if err != nil {
			return nil, "", err
		}
		if diverged, err = finite(o.Loss, p, x); diverged != "" || err != nil {
			return nil, diverged, err
		}
		d := p.domain
		if isClasses(d) {
			d = &dataset.Domain{Name: d.Name, Task: dataset.Task{Kind: dataset.Classification}}
		}
		evaluate.Append(t, d, p.domain.Test, o, meta.Seed)
	}
	evaluate.Trim(t, domains)
	return t, "", x.unknown(t, parts)
}

// assign finds the row of every test sample: each must be there once, and nothing else.
func (x *frame) assign(domains []*dataset.Domain) ([]returned, error) {
	parts, at := make([]returned, len(domains)), map[string]int{}
	position := make([]map[int64]int, len(domains))
	var names []string
	for k, d := range domains {
		parts[k] = returned{d, slices.Repeat([]int{-1}, d.Test.Len())}
		at[d.Name], position[k] = k, make(map[int64]int, d.Test.Len())
		names = append(names, d.Name)
		for i := range d.Test.Len() {
			position[k][d.Test.ID(i)] = i
		}
	}
	for row := range x.rows {
		name := x.cols[colDomain][row]
		k, known := at[name]
		if !known {
			return nil, bad("%s: the run has no domain %q%s; it has %s", x.place(row), name, study.DidYouMean(name, names), strings.Join(names, ", "))
		}
		id, err := x.whole(colSample, row)
		if err != nil {
			return nil, err
		}
		i, known := position[k][id]
		switch {
		case !known:
			hint := ""
			if x.imported {
				hint = "; rows must be of test samples, as 'sharewise dataset splits STUDY' lists them, under a model that did not learn these"
			}
			return nil, bad("%s: sample %d of %s is no test sample%s%s", x.place(row), id, name, elsewhere(domains[k], id), hint)
		case parts[k].row[i] >= 0:
			return nil, bad("%s: sample %d of %s occurs twice; it stands in %s too", x.place(row), id, name, x.place(parts[k].row[i]))
		}
		parts[k].row[i] = row
	}
	for _, p := range parts {
		missing := 0
		var first []string
		for i, row := range p.row {
			if row < 0 {
				if missing++; missing <= 3 {
					first = append(first, strconv.FormatInt(p.domain.Test.ID(i), 10))
				}
			}
		}
		if missing > 0 {
			return nil, bad("%s lacks %d of the %d test samples of %s, such as %s", x.path, missing, len(p.row), p.domain.Name, strings.Join(first, ", "))
		}
	}
	return parts, nil
}

// elsewhere says in which other part a sample is, if it is.
func elsewhere(d *dataset.Domain, id int64) string {
	for _, part := range []struct {
		name string
		of   *dataset.Split
	}{{"training", d.Train}, {"validation", d.Val}} {
		for i := range part.of.Len() {
			if part.of.ID(i) == id {
				return ": it is a " + part.name + " sample"
			}
		}
	}
	return ""
}

// finite looks for losses that are no finite numbers. Where none of a domain is, the run
// has diverged; single ones are a mistake.
func finite(loss []float32, p returned, x *frame) (diverged string, err error) {
	odd, first := 0, 0
	for i, l := range loss {
		if v := float64(l); math.IsNaN(v) || math.IsInf(v, 0) {
			if odd++; odd == 1 {
				first = i
			}
		}
	}
	switch odd {
	case 0:
		return "", nil
	case len(loss):
		return fmt.Sprintf("all test losses of domain %s are NaN or infinite", p.domain.Name), nil
	}
	return "", bad("%s: the loss of sample %d of %s is %g; %d of its %d losses are no finite numbers", x.place(p.row[first]), p.domain.Test.ID(first), p.domain.Name, loss[first], odd, len(loss))
}

// unknown drops what the program did not say of any domain with classes, and marks it
// as not known where it said it of others.
func (x *frame) unknown(t *losses.Table, parts []returned) error {
	others := slices.ContainsFunc(parts, func(p returned) bool { return !isClasses(p.domain) })
	nan := float32(math.NaN())
	if !x.has(colPrediction) {
		t.Prediction = nil // regression and labels cannot do without, so there are none
	}
	if !x.has(colConfidence) {
		t.Confidence = nil
	}
	if t.Prediction != nil {
		for i, v := range t.Prediction {
			if v == noClass {
				t.Prediction[i] = nan
			}
		}
	}
	if !x.has(colScore) || others {
		return nil
	}
	for _, p := range parts {
		for _, row := range p.row {
			v, err := x.number(colScore, row)
			if err != nil {
				return err
			}
			t.Score = append(t.Score, float32(v))
		}
	}
	return nil
}

// noClass is the predicted class of a sample of which none is given.
const noClass = -1

// outcome is what the table says of the test samples of a domain.
func (x *frame) outcome(p returned) (evaluate.Outcome, error) {
	o := evaluate.Outcome{Rows: make([]int, len(p.row)), Loss: make([]float32, len(p.row))}
	for i := range o.Rows {
		o.Rows[i] = i
	}
	of := x.values
	if isClasses(p.domain) {
		of = x.classes
	}
	if err := of(p, &o); err != nil || !x.has(colLoss) {
		return o, err
	}
	for i, row := range p.row {
		v, err := x.number(colLoss, row)
		if err != nil {
			return o, err
		}
		o.Loss[i] = float32(v)
	}
	return o, nil
}

// classes takes what is said of the samples of a classification.
func (x *frame) classes(p returned, o *evaluate.Outcome) error {
	test, name := p.domain.Test, p.domain.Name
	if !x.has(colLoss) {
		return bad("%s has no column %q, which domain %s needs; it has %s", x.path, colLoss, name, strings.Join(x.names, ", "))
	}
	if !x.has(colCorrect) && !x.has(colPrediction) {
		return bad("%s has neither a column %q nor a column %q, one of which domain %s needs; it has %s", x.path, colCorrect, colPrediction, name, strings.Join(x.names, ", "))
	}
	for i, row := range p.row {
		class, confidence := int64(noClass), float32(math.NaN())
		if x.has(colPrediction) && x.cols[colPrediction][row] != "" {
			var err error
			if class, err = x.whole(colPrediction, row); err != nil {
				return err
			}
			if class < 0 || int(class) >= len(p.domain.Task.Classes) {
				return bad("%s: prediction %d is no class of %s, whose %d are numbered from 0", x.place(row), class, name, len(p.domain.Task.Classes))
			}
		}
		correct := class == int64(test.Label(i))
		if x.has(colCorrect) {
			said, err := x.truth(colCorrect, row)
			if err != nil {
				return err
			}
			if class >= 0 && said != correct {
				return bad("%s: correct is %t for sample %d of %s, and the prediction is class %d (%s) where class %d (%s) is right",
					x.place(row), said, test.ID(i), name, class, p.domain.Task.Classes[class], test.Label(i), p.domain.Task.Classes[test.Label(i)])
			}
			correct = said
		} else if class == noClass {
			return bad("%s: there is no prediction, and no column %q", x.place(row), colCorrect)
		}
		if x.has(colConfidence) {
			v, err := x.number(colConfidence, row)
			if err != nil {
				return err
			}
			if v < 0 || v > 1.0001 {
				return bad("%s: confidence %g is no probability", x.place(row), v)
			}
			confidence = float32(min(v, 1))
		}
		o.Class, o.Confidence, o.Correct = append(o.Class, class), append(o.Confidence, confidence), append(o.Correct, correct)
	}
	return nil
}

// values takes predictions of numbers and of labels, and computes squared errors where no
// losses are given.
func (x *frame) values(p returned, o *evaluate.Outcome) error {
	d, outputs := p.domain, p.domain.Task.Outputs()
	computes := d.Task.Kind == dataset.Regression
	if !x.has(colLoss) && (!computes || d.Objective.Loss != study.SquaredError) {
		return bad("%s has no column %q, which domain %s needs; it has %s", x.path, colLoss, d.Name, strings.Join(x.names, ", "))
	}
	columns := make([]string, outputs)
	for k := range columns {
		columns[k] = colPrediction
		if k > 0 {
			columns[k] += "_" + strconv.Itoa(k+1)
		}
		if !x.has(columns[k]) {
			return bad("%s has no column %q: the prediction of %s of domain %s; it has %s", x.path, columns[k], d.Task.Targets[k], d.Name, strings.Join(x.names, ", "))
		}
	}
	targets := make([]float32, outputs)
	for i, row := range p.row {
		d.Test.Targets([]int{i}, targets)
		sum, known := 0.0, 0
		for k, c := range columns {
			v, err := x.number(c, row)
			if err != nil {
				return err
			}
			if d.Task.Kind == dataset.Regression {
				v -= targetMean(d, k)
				v /= float64(d.TargetNorm.Std[k])
			} else if v < 0 || v > 1.0001 {
				return bad("%s: %s %g is no probability", x.place(row), c, v)
			}
			o.Values = append(o.Values, float32(v))
			if y := float64(targets[k]); y == y {
				sum += (v - y) * (v - y)
				known++
			}
		}
		o.Loss[i] = float32(sum / float64(max(1, known)))
	}
	return nil
}

// targetMean is what predictions in standard units are off by, in the targets' units.
func targetMean(d *dataset.Domain, k int) float64 { return d.TargetNorm.Value(0, k) }
