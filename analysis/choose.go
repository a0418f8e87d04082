package analysis

import (
	"cmp"
	"fmt"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/measures"
)

// dominant is the share of the test samples above which one class makes errors
// a poor measure: always guessing that class is right more often than that. Of
// two classes the rarer one then has less than a fifth.
const dominant = 0.8

// What DomainInfo.ClassWeights says.
const (
	// BalancedWeights: training weighted classes so that all count the same.
	BalancedWeights = "balanced"
	// GivenWeights: it weighted them by numbers of the study.
	GivenWeights = "given"
)

// measure is what gains of the domain rest on: what was asked for, where it is
// known; else the domain's own setting; else by the task and its answers:
//
//	losses      for regression, which has no right and wrong answers, for several
//	            labels at once, where being right in all of them is a coarse
//	            figure, and where correctness is unknown
//	AUC         of two classes where the rarer one has less than a fifth of the
//	            test samples, or training balances classes by weights
//	balanced    of several classes likewise: one has more than four fifths of the
//	            test samples, or training balances them
//	correctness of all others
//
// why says what an unusual choice rests on, empty for a usual one.
func (d DomainInfo) measure(asked string, k effect.Answers) (measure, why string) {
	switch {
	case asked != "" && k.Can(asked):
		return asked, ""
	case d.Measure != "" && (k.Can(d.Measure) || d.Measure == measures.Correct):
		return d.Measure, ""
	case !k.Correct, d.Task == "regression", d.Task == "multilabel":
		return measures.Loss, ""
	case !k.Classes:
		return measures.Correct, ""
	}
	switch {
	case k.Largest > dominant:
		return k.ByClass(), fmt.Sprintf("%.3g%% of its test samples are of one class", 100*k.Largest)
	case d.ClassWeights == BalancedWeights:
		return k.ByClass(), "training balances its classes"
	}
	return measures.Correct, ""
}

// reduced says what gains reduce that rest on a measure.
func reduced(measure string) string { return measures.Of(measure).Metric.Title }

// chooseMeasures settles what gains of every domain rest on and which figure
// readers see first, and says where a choice is not the usual one or is not
// what training reduces.
func (a *analyzer) chooseMeasures() {
	var single []string
	for i := range a.Domains {
		d := &a.Domains[i]
		var all []*effect.Runs
		for _, e := range a.evidence {
			if e.Domain == d.Name {
				all = append(all, e.runs)
			}
		}
		k, own := effect.AnswersOf(all), d.Measure
		var why string
		d.Measure, why = d.measure(a.Options.Measure, k)
		if k.One {
			single = append(single, d.Name)
		}
		for _, asked := range []string{a.Options.Measure, own} {
			if asked != "" && asked != d.Measure && !k.Can(asked) {
				a.warn("%s: cannot be measured by %s, since %s; gains reduce %s", d.Name, asked, k.Lacks(asked), reduced(d.Measure))
				break
			}
		}
		switch {
		case why != "":
			a.warn("%s: gains reduce %s, since %s; task.measure: error counts errors", d.Name, reduced(d.Measure), why)
		case d.Measure == measures.Correct && d.ClassWeights != "":
			a.warn("%s: training weights its classes and gains count errors, so that what training improves may read as a loss; task.measure: %s counts classes alike", d.Name, k.ByClass())
		case d.Measure == measures.Loss && d.ClassWeights != "":
			a.warn("%s: training weights its classes, and gains add up losses without weights, so that what training improves may read as a loss", d.Name)
		case d.Measure == measures.Correct && k.Classes && k.Largest > dominant:
			a.warn("%s: gains count errors, and always guessing one class is right for %.3g%% of the test samples; task.measure: %s sees the others", d.Name, 100*k.Largest, k.ByClass())
		}
		d.chooseMetric(k)
	}
	a.oneClass(single)
}

// oneClass doubts what test samples of a single class say: whoever always
// guesses it makes no error.
func (a *analyzer) oneClass(domains []string) {
	if domains == nil {
		return
	}
	a.doubt(Doubt{
		Kind: OneClass, Domains: domains,
		Brief: fmt.Sprintf("all test samples of %s are of one class", briefly(domains, len(a.Domains))),
		Text:  fmt.Sprintf("all test samples of %s are of one class, so that always guessing it makes no error, and gains tell nothing of the others", someNames(domains)),
		Next:  fmt.Sprintf("Give %s test samples of every class: leave out domains.test and let split.by: random or group draw them, or add some.", someNames(domains)),
	})
}

// Describe returns the domain with Measure and Metric filled in as Analyze would
// from a table of its test samples, for tables of models that are not compared.
func (d DomainInfo) Describe(t *losses.Table) (DomainInfo, error) {
	all, err := loadOutcomes(losses.SetOf(t), []string{d.Name}, map[string]*samples{})
	if err != nil {
		return d, err
	}
	r, err := runsOf(d.Name, all[d.Name])
	if err != nil {
		return d, err
	}
	k := effect.AnswersOf([]*effect.Runs{r})
	d.Measure, _ = d.measure("", k)
	d.chooseMetric(k)
	return d, nil
}

// chooseMetric settles the figure that readers see first: of one class, in
// which there is nothing to rank, the accuracy.
func (d *DomainInfo) chooseMetric(k effect.Answers) {
	if k.One {
		d.Metric = cmp.Or(d.Metric, "accuracy")
	}
	d.Metric = cmp.Or(d.Metric, measures.Of(d.Measure).Figure, d.usualMetric())
}
