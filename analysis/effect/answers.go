package effect

import "github.com/sharewise/sharewise/analysis/measures"

// Answers is what all runs of a domain know of its answers, and what can be
// measured by it.
type Answers struct {
	Correct bool    // every run knows which samples it had right
	Classes bool    // and their classes, of which there are several
	Ranks   bool    // every run ranks the samples of two classes
	Two     bool    // there are two classes
	One     bool    // all test samples are of one class
	Largest float64 // the share of the test samples that are of the most frequent class
}

// AnswersOf gathers what all runs of a domain know.
func AnswersOf(all []*Runs) Answers {
	k := Answers{Correct: true, Classes: true, Ranks: true}
	for _, r := range all {
		k.Correct = k.Correct && r.Correct != nil
		k.Classes = k.Classes && r.Correct != nil && r.Label != nil
		k.Ranks = k.Ranks && r.Score != nil
	}
	if len(all) == 0 || all[0].Label == nil {
		return Answers{Correct: k.Correct}
	}
	sizes := all[0].classSizes()
	k.One = len(sizes) == 1 && all[0].Label[0] >= 0
	k.Classes = k.Classes && !k.One
	k.Two = len(sizes) == 2 && sizes[0].samples > 0 && sizes[1].samples > 0
	k.Ranks = k.Ranks && k.Two
	for _, c := range sizes {
		k.Largest = max(k.Largest, c.samples/float64(all[0].Samples))
	}
	return k
}

// Can reports whether the runs tell what a measure needs.
func (k Answers) Can(measure string) bool {
	switch needs := measures.Of(measure).Needs; {
	case needs.Has(measures.Scores):
		return k.Ranks
	case needs.Has(measures.Classes):
		return k.Classes
	case needs.Has(measures.Answers):
		return k.Correct
	}
	return true
}

// ByClass is the measure in which classes count alike that the runs allow.
func (k Answers) ByClass() string {
	if k.Ranks {
		return measures.AUC
	}
	return measures.Balanced
}

// Lacks says why the runs cannot be measured so.
func (k Answers) Lacks(measure string) string {
	needs := measures.Of(measure).Needs
	switch {
	case k.One:
		return "all its test samples are of one class"
	case needs.Has(measures.Scores) && k.Classes && !k.Two:
		return "its test samples are not of two classes"
	case needs.Has(measures.Scores):
		return "its tables do not rank samples of two classes"
	case needs.Has(measures.Classes):
		return "its tables do not tell classes"
	}
	return "its tables do not tell right from wrong"
}
