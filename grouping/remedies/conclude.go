package remedies

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/wording"
)

// conclude says in sentences what a trial found, domain by domain.
func (f *File) conclude(arm string) {
	f.Verdict = []string{}
	say := func(format string, args ...any) { f.Verdict = append(f.Verdict, fmt.Sprintf(format, args...)) }
	tested, over, costs := 0, 0, []string{}
	for i := range f.Remedies {
		r := &f.Remedies[i]
		switch r.Outcome.Verdict {
		case OverBudget:
			over++
		case Helps, NotSettled, Harms, Mixed:
			if r.Kind != Own {
				tested++
			}
			if pay := r.pay(); len(pay) > 0 && (r.Outcome.Verdict == Helps || r.Outcome.Verdict == Mixed) {
				costs = append(costs, fmt.Sprintf("%s costs %s", r.Name, strings.Join(pay, ", ")))
			}
		}
	}
	for _, domain := range f.harmed(arm) {
		own, best := f.best(domain)
		before := f.before(arm, domain)
		switch {
		case best != nil && best.change.Cured():
			say("%s, %s no longer loses in %s: gain %s before, %s after.", best.remedy.phrase(), domain, arm, signed(before), signed(best.change.After))
		case best != nil && best.change.After.Hi < 0:
			say("%s, %s loses less in %s (gain %s before, %s after), but still loses: a model of its own stays the better remedy.", best.remedy.phrase(), domain, arm, signed(before), signed(best.change.After))
		case best != nil:
			say("%s, %s loses less in %s (gain %s before, %s after); whether it still loses is open.", best.remedy.phrase(), domain, arm, signed(before), signed(best.change.After))
		case own != nil:
			say("Nothing that was tried within the pool surely helps %s in %s (gain %s): a model of its own is the remedy.", domain, arm, signed(before))
		default:
			say("Nothing that was tried surely helps %s in %s (gain %s).", domain, arm, signed(before))
		}
	}
	if len(costs) > 0 {
		say("That has its price: %s.", strings.Join(costs, "; "))
	}
	say("%s tested with %s; with a probability of %.0f%%, no word of help or harm to these domains is wrong.", wording.PluralAs(tested, "remedy was", "remedies were"), wording.Plural(f.Trial.Seeds, "seed"), 100*f.Level)
	if over > 0 {
		say("%s not tried, for want of budget (%s).", wording.PluralAs(over, "remedy was", "remedies were"), f.Trial.Budget)
	}
}

// found is what a remedy did to a domain.
type found struct {
	remedy *Remedy
	change *Change
}

// best is what a model of its own did to a domain, and which other remedy helps it most,
// by its gain afterwards; each nil where there is none.
func (f *File) best(domain string) (own, best *found) {
	var all []found
	for i := range f.Remedies {
		r := &f.Remedies[i]
		if r.Outcome == nil {
			continue
		}
		for k := range r.Outcome.Domains {
			c := &r.Outcome.Domains[k]
			switch {
			case c.Domain != domain:
			case r.Kind == Own:
				own = &found{r, c}
			case c.Verdict == Helps:
				all = append(all, found{r, c})
			}
		}
	}
	if len(all) > 0 {
		x := slices.MaxFunc(all, func(x, y found) int {
			return cmp.Or(order(x.change.Cured(), y.change.Cured()), cmp.Compare(x.change.Against.Value, y.change.Against.Value))
		})
		best = &x
	}
	return own, best
}

// pay are the domains that surely do worse by the remedy, with how much.
func (r *Remedy) pay() []string {
	var out []string
	for _, c := range append(slices.Clone(r.Outcome.Domains), r.Outcome.Others...) {
		if c.Verdict == Harms {
			out = append(out, fmt.Sprintf("%s %s of its error in the pool", c.Domain, percent(-c.Against.Value)))
		}
	}
	return out
}

// phrase begins a sentence on the remedy.
func (r *Remedy) phrase() string {
	if r.Kind == Source || r.Kind == Samples {
		return capital(r.Name)
	}
	return "With " + r.Name
}

// Cures are sentences on domains that no longer lose, for the verdict of a study.
func (f *File) Cures() []string {
	var out []string
	for _, h := range f.Harms {
		if f.Trial == nil || h.Arm != f.Trial.Arm {
			continue
		}
		if _, best := f.best(h.Domain); best != nil && best.change.Cured() {
			price := ""
			if pay := best.remedy.pay(); len(pay) > 0 {
				price = "; that costs " + strings.Join(pay, ", ")
			}
			out = append(out, fmt.Sprintf("%s, %s no longer loses in the shared model: gain %s before, %s after%s.", best.remedy.phrase(), h.Domain, signed(best.change.Before), signed(best.change.After), price))
		}
	}
	return out
}

// capital begins a sentence.
func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func percent(x float64) string { return fmt.Sprintf("%.1f%%", 100*x) }

// signed writes a gain in per cent with its limits.
func signed(v effect.Interval) string {
	switch {
	case !v.Known():
		return "unknown"
	case !v.Limited():
		return withSign(v.Value) + "%"
	}
	return fmt.Sprintf("%s%% (%s to %s)", withSign(v.Value), withSign(v.Lo), withSign(v.Hi))
}

// withSign writes a share in hundredths, always with its sign.
func withSign(x float64) string {
	return strings.Replace(fmt.Sprintf("%+.1f", 100*x), "-", "−", 1)
}
