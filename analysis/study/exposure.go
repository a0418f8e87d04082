package study

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Exposure is test samples of a domain that training sees: scores on them are
// too good, and so are gains of models that saw them.
type Exposure struct {
	Domain string `json:"domain"`
	// In is the domain in whose training data they are: Domain itself, or one
	// that a shared model learns beside it.
	In string `json:"in"`
	// Samples of Of test samples are concerned.
	Samples int `json:"samples"`
	Of      int `json:"of"`
	// By says what they have in common with training samples.
	By string `json:"by"`
	// Column is that which follows the numbers of the rows, for ByRows, or the first of
	// those that tell the answer, for ByAnswer.
	Column string `json:"column,omitempty"`
}

// What test samples have in common with training samples.
const (
	SameInputs = "inputs"
	SameGroup  = "group"
	// ByRows: the order of the rows, which a column gives away.
	ByRows = "rows"
	// ByAnswer: columns that tell what is to be predicted without error, so that it may be
	// made of them, or they of it.
	ByAnswer = "answer"
)

// Share is the part of the test samples that is concerned.
func (e Exposure) Share() float64 { return float64(e.Samples) / math.Max(1, float64(e.Of)) }

// String says it in a clause.
func (e Exposure) String() string {
	who := fmt.Sprintf("%s%% of the test samples of %s", strconv.FormatFloat(100*e.Share(), 'g', 2, 64), e.Domain)
	switch {
	case e.By == ByRows:
		return fmt.Sprintf("column %q of %s follows the numbers of the rows, and these tell what is to be predicted", e.Column, e.Domain)
	case e.By == ByAnswer:
		return fmt.Sprintf("column %q of %s tells what is to be predicted without error, as what is known only with the answer does", e.Column, e.Domain)
	case e.By == SameGroup:
		return who + " are of groups that its training data have too"
	case e.In != e.Domain:
		return who + " stand in the training data of " + e.In
	}
	return who + " have a copy in its training data"
}

// SumExposures adds up those of the folds of a study: every fold tests other
// samples of a domain.
func SumExposures(folds [][]Exposure, domains []PlanDomain) []Exposure {
	if len(folds) == 1 {
		return folds[0]
	}
	tested := map[string]int{}
	for _, d := range domains {
		tested[d.Name] = d.Test
	}
	var out []Exposure
	for _, e := range slices.Concat(folds...) {
		at := slices.IndexFunc(out, func(o Exposure) bool {
			return o.Domain == e.Domain && o.In == e.In && o.By == e.By && o.Column == e.Column
		})
		if at < 0 {
			at = len(out)
			out = append(out, Exposure{Domain: e.Domain, In: e.In, Of: tested[e.Domain], By: e.By, Column: e.Column})
		}
		out[at].Samples += e.Samples
	}
	return out
}
