package losses

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
)

// Output is what a table says of one output of its samples: a regression
// target or a label that is right or wrong. NaN is unknown, or a sample of a
// domain with fewer outputs.
type Output struct {
	Prediction []float32 // value, or probability of the label
	Target     []float32 // value, or 0 or 1
}

// Outputs lists the outputs that the table has columns for; the first is
// Prediction and Target themselves.
func (t *Table) Outputs() []Output {
	if t.Target == nil {
		return nil
	}
	return append([]Output{{t.Prediction, t.Target}}, t.More...)
}

// Special values of Label, for samples that do not have one class.
const (
	LabelRegression = -1
	LabelMultilabel = -2
)

// Regression reports whether row i is a sample of a regression domain, for
// which correct means nothing.
func (t *Table) Regression(i int) bool { return t.hasTarget(i) && !t.Multilabel(i) }

// Multilabel reports whether row i is a sample with several labels that are
// each right or wrong; correct says whether all of them are predicted rightly.
func (t *Table) Multilabel(i int) bool {
	return t.Label != nil && t.Label[i] == LabelMultilabel && t.hasTarget(i)
}

// Classification reports whether row i is a sample that has one class, of two
// or more, as far as the table says.
func (t *Table) Classification(i int) bool { return t.Correct != nil && !t.hasTarget(i) }

// PositiveScore is how likely the model takes sample i for class 1 of two: the
// column score or, without it, the probability that follows from prediction and
// confidence, as far as 32 bits of the confidence tell samples apart. NaN where
// the table does not say, or the prediction is another class.
func (t *Table) PositiveScore(i int) float32 {
	if t.Score != nil {
		return t.Score[i]
	}
	if t.Prediction == nil || t.Confidence == nil {
		return float32(math.NaN())
	}
	switch t.Prediction[i] {
	case 0:
		return 1 - t.Confidence[i]
	case 1:
		return t.Confidence[i]
	}
	return float32(math.NaN())
}

// hasTarget reports whether a target of row i is known.
func (t *Table) hasTarget(i int) bool {
	if t.Target == nil {
		return false
	}
	if known(t.Target[i]) {
		return true
	}
	return slices.ContainsFunc(t.More, func(o Output) bool { return known(o.Target[i]) })
}

func known(v float32) bool { return !math.IsNaN(float64(v)) }

// outputColumn is the name of the column of output k, counted from 1, whose
// first has no number.
func outputColumn(base string, k int) string {
	if k == 1 {
		return base
	}
	return base + "_" + strconv.Itoa(k)
}

var furtherOutput = regexp.MustCompile(`^(` + colPrediction + `|` + colTarget + `)_([1-9][0-9]{0,4})$`)

// furtherOutputs counts the outputs beyond the first among the columns of a
// file. Both columns of every output must be there, without a gap.
func furtherOutputs(path string, columns []string) (int, error) {
	last, name := 1, ""
	for _, c := range columns {
		if m := furtherOutput.FindStringSubmatch(c); m != nil {
			if k, _ := strconv.Atoi(m[2]); k > last {
				last, name = k, c
			}
		}
	}
	for k := 1; k <= last && last > 1; k++ {
		for _, base := range []string{colPrediction, colTarget} {
			if want := outputColumn(base, k); !slices.Contains(columns, want) {
				return 0, &FileError{Path: path, Column: want, Reason: fmt.Sprintf("is missing, and there is %s; give prediction and target of every output", name)}
			}
		}
	}
	return last - 1, nil
}

// matchOutputs gives t as many outputs as u, with NaN for those it lacks.
func (t *Table) matchOutputs(u *Table) {
	if t.Target == nil || t.Prediction == nil {
		return
	}
	for len(t.More) < len(u.More) {
		t.More = append(t.More, Output{unknowns(t.Len()), unknowns(t.Len())})
	}
}

func unknowns(n int) []float32 { return slices.Repeat([]float32{float32(math.NaN())}, n) }
