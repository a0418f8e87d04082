package analysis

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/analysis/effect"
)

// chance says in words that a domain's independent models show no skill, or
// returns "". They show none where the interval of their figure reaches what a
// model scores that never looks at its inputs: an R² of 0; of two classes an AUC
// of ½, which unlike balanced accuracy does not depend on where a model divides
// them; of several a balanced accuracy of one in their number. Gains over such
// models compare noise: a shared model that overfits less gains without having
// learned.
//
// auc is the AUC of two classes with an interval that allows for other runs and
// other test samples; NaN where it is unknown. Of several labels the score's
// own is taken.
func chance(s *Score, d *DomainInfo, auc effect.Interval) string {
	if !auc.Known() && d.Task == "multilabel" {
		auc = s.AUC
	}
	switch {
	case auc.Known():
		if !(auc.Lowest() > 0.5) {
			return fmt.Sprintf("AUC %.3f%s is no better than guessing, 0.5", auc.Value, auc.Limits())
		}
	case s.R2.Known() && !(s.R2.Lowest() > 0):
		return fmt.Sprintf("R² %.3f is no better than the mean of the targets, 0", s.R2.Value)
	case !s.R2.Known() && s.BalancedAccuracy.Known():
		classes := max(2, d.Outputs) // a binary domain has one output
		if level := 1 / float64(classes); !(s.BalancedAccuracy.Lowest() > level) {
			return fmt.Sprintf("balanced accuracy %.3f is no better than guessing, %.3g", s.BalancedAccuracy.Value, level)
		}
	}
	return ""
}

// noSkill warns of independent models that learned nothing, and doubts what
// rests on those of the largest rung.
func (a *analyzer) noSkill() {
	var domains []string
	var first string
	for i := range a.results.Scores {
		s := &a.results.Scores[i]
		if s.Arm != Independent {
			continue
		}
		d := a.domain(s.Domain)
		why := chance(s, &d, a.evidence[i].runs.AUC(a.Options.Level))
		if why == "" {
			continue
		}
		a.warn("%s, rung %s: the independent models show no skill: %s; gains over them compare noise", s.Domain, s.Rung, why)
		if s.Rung == a.results.LargestRung() && !slices.Contains(domains, s.Domain) {
			if domains == nil {
				first = why
			}
			domains = append(domains, s.Domain)
		}
	}
	if domains == nil {
		return
	}
	a.doubt(Doubt{
		Kind: NoSkill, Domains: domains,
		Brief: fmt.Sprintf("models of %s alone learned nothing", briefly(domains, len(a.Domains))),
		Text:  fmt.Sprintf("models of %s alone learned nothing (%s), so that their gains compare noise", someNames(domains), firstOf(domains, first)),
		Next:  fmt.Sprintf("Look at the inputs, labels and training of %s: a model that cannot learn its own domain says nothing about sharing.", someNames(domains)),
	})
}

// firstOf says of which of several domains a figure is.
func firstOf(domains []string, figure string) string {
	if len(domains) == 1 {
		return figure
	}
	return domains[0] + ": " + figure
}
