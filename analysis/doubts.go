package analysis

import (
	"fmt"
	"slices"
	"strings"
)

// Doubt is a reason for which the figures of a study may not mean what they
// seem to: an effect is measured right, of models or data that should not be
// acted on. Where a warning is a caveat for readers of details, a doubt belongs
// into the first sentence of the verdict.
type Doubt struct {
	Kind DoubtKind `json:"kind"`
	// Domains are those concerned, in the order of the study.
	Domains []string `json:"domains"`
	// Brief is a clause that can follow "do not act on this yet:", short enough
	// for two of them in a sentence.
	Brief string `json:"brief"`
	// Text is Brief with its figures and all that is needed to follow it.
	Text string `json:"text"`
	// Next says what to do about it, as a sentence.
	Next string `json:"next"`
}

// DoubtKind sorts doubts. The order of the constants is that of gravity.
type DoubtKind string

// The kinds of doubts, the gravest first.
const (
	// Leaked: test samples that training has seen.
	Leaked DoubtKind = "leak"
	// MissingRuns: runs that have not ended.
	MissingRuns DoubtKind = "missing_runs"
	// DivergedRuns: runs whose numbers stopped being finite.
	DivergedRuns DoubtKind = "diverged_runs"
	// OneClass: test samples that are all of one class.
	OneClass DoubtKind = "one_class"
	// NoSkill: independent models that learned nothing; gains over them compare
	// noise.
	NoSkill DoubtKind = "no_skill"
	// Undertrained: losses that still fall when training ends.
	Undertrained DoubtKind = "undertrained"
	// Overtrained: validation losses that have long risen when training ends.
	Overtrained DoubtKind = "overtrained"
	// WorseThanBaseline: models that lose to a linear one.
	WorseThanBaseline DoubtKind = "worse_than_baseline"
	// FewCarry: gains that rest on a few samples with extreme losses.
	FewCarry DoubtKind = "few_carry"
)

// doubtKinds are all kinds, the gravest first.
var doubtKinds = []DoubtKind{Leaked, MissingRuns, DivergedRuns, OneClass, NoSkill, Undertrained, Overtrained, WorseThanBaseline, FewCarry}

// doubt adds a doubt to the results and keeps them in the order of gravity.
func (a *analyzer) doubt(d Doubt) {
	r := a.results
	r.Doubts = append(r.Doubts, d)
	slices.SortStableFunc(r.Doubts, func(x, y Doubt) int {
		return slices.Index(doubtKinds, x.Kind) - slices.Index(doubtKinds, y.Kind)
	})
}

// briefly lists domains for a headline: a and b; or 3 of 4 domains.
func briefly(names []string, of int) string {
	switch {
	case len(names) <= 2:
		return someNames(names)
	case len(names) == of:
		return fmt.Sprintf("all %d domains", of)
	}
	return fmt.Sprintf("%d of %d domains", len(names), of)
}

// mostNames is how many domains are named in a sentence.
const mostNames = 4

// someNames lists domains for a sentence: a, b and c; or a, b, c and 9 more.
func someNames(names []string) string {
	if n := len(names); n > mostNames {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:mostNames-1], ", "), n-mostNames+1)
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
