package analysis

import "fmt"

// chance says in words that a domain's independent models show no skill, or
// returns "". They show none where the interval of their figure reaches what a
// model scores that never looks at its inputs: an R² of 0, or a balanced
// accuracy of one in the number of classes. Gains over such models compare
// noise: a shared model that overfits less gains without having learned.
func chance(s *Score, d *DomainInfo) string {
	switch {
	case s.R2 != nil && !(s.R2.lowest() > 0):
		return fmt.Sprintf("R² %.3f is no better than the mean of the targets, 0", s.R2.Value)
	case s.R2 == nil && s.BalancedAccuracy != nil:
		classes := max(2, d.Outputs) // a binary domain has one output
		if level := 1 / float64(classes); !(s.BalancedAccuracy.lowest() > level) {
			return fmt.Sprintf("balanced accuracy %.3f is no better than guessing, %.3g", s.BalancedAccuracy.Value, level)
		}
	}
	return ""
}

// lowest is the lower limit, or the value where there is none.
func (i Interval) lowest() float64 {
	if i.Lo != i.Lo {
		return i.Value
	}
	return i.Lo
}

// noSkill warns of independent models that learned nothing.
func (a *analyzer) noSkill() {
	for i := range a.results.Scores {
		s := &a.results.Scores[i]
		if s.Arm != Independent {
			continue
		}
		for k := range a.results.Domains {
			d := &a.results.Domains[k]
			if d.Name != s.Domain {
				continue
			}
			if why := chance(s, d); why != "" {
				a.warn("%s, rung %s: the independent models show no skill: %s; gains over them compare noise", s.Domain, s.Rung, why)
			}
		}
	}
}
