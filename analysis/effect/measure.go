package effect

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/measures"
)

// errorForm says how an error comes from the samples of one run.
type errorForm struct {
	// parts fills in the part u of every sample in the error of run k.
	parts func(r *Runs, k int, u []float64)
	// averaged says over what the parts are averaged.
	averaged averaging
}

// errorForms are the errors that gains reduce, by measure, but for measures.Loss,
// which is a mean of what runs hold anyway.
var errorForms = map[string]errorForm{
	measures.Correct:  {wrong, overSamples},
	measures.Balanced: {wrong, overClasses},
	measures.AUC:      {misranked, overEither},
}

// averaging says over what an error averages the parts of samples.
type averaging int

const (
	overSamples averaging = iota // over all samples alike
	overClasses                  // over classes, within each over its samples
	overEither                   // over the samples of either of two classes, which come out the same
)

// weight is what the mean over one class of so many counts for in the error.
func (a averaging) weight(classes int) float64 {
	if a == overClasses {
		return 1 / float64(classes)
	}
	return 1
}

// wrong is 1 for samples that a run has wrong, else 0.
func wrong(r *Runs, k int, u []float64) {
	for i, c := range r.Correct {
		u[i] = 1 - float64(c>>k&1)
	}
}

// misranked is the share of samples of the other class, of two, that a run ranks
// on the wrong side.
func misranked(r *Runs, k int, u []float64) { placements(r.Label, r.Score[k], u) }

// lacking returns an error where a side lacks what a measure needs.
func (c *Comparison) lacking(measure string) error {
	// An interface that holds no error cannot be told apart from nothing.
	type answer struct{ err error }
	return remember(c, "lacking "+measure, func() answer { return answer{lacking(c.a, c.b, measure)} }).err
}

// lacking returns an error where the runs of a side lack what a measure needs.
func lacking(a, b *Runs, measure string) error {
	m := measures.Of(measure)
	need := func(n measures.Needs) bool { return m.Needs.Has(n) }
	title := m.Metric.Title
	switch {
	case m.Name == "":
		return fmt.Errorf("%s: measure %q: want one of %s", a.Domain, measure, strings.Join(measures.Names(), ", "))
	case need(measures.Losses) && (a.Loss == nil || b.Loss == nil):
		return fmt.Errorf("%s: %w", a.Domain, ErrNoLoss)
	case need(measures.Scores) && (a.Score == nil || b.Score == nil):
		return fmt.Errorf("%s: %s needs %w", a.Domain, title, ErrNoScore)
	case need(measures.Scores) && len(a.classSizes()) != 2:
		return fmt.Errorf("%s: %w, so that %s is unknown", a.Domain, ErrOneClass, title)
	case need(measures.Answers) && (a.Correct == nil || b.Correct == nil) && !need(measures.Classes):
		return fmt.Errorf("%s: %w", a.Domain, ErrNoCorrect)
	case need(measures.Answers) && (a.Correct == nil || b.Correct == nil),
		need(measures.Classes) && (a.Label == nil || b.Label == nil):
		return fmt.Errorf("%s: %s needs %w", a.Domain, title, ErrNoLabel)
	case need(measures.Classes) && !slices.Equal(a.Label, b.Label):
		return fmt.Errorf("%s: %s needs %w: both sides have a class for every sample, and some differ", a.Domain, title, ErrNoLabel)
	}
	return nil
}
