package decisions

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/wording"
)

// Say tells people why training ended, and what would go on from there.
func (r *Record) Say(e *End) wording.Text {
	n := len(r.Runs()) - len(e.Left)
	switch e.Reason {
	case Settled:
		if _, ok := r.proposed(); ok {
			if e.Saw.Regret < leastShown {
				return wording.Say("settled after %d runs: %s; with %.0f %% probability no other grouping of the pools that were trained reduces errors more", n, Groups(e.Saw.Groups), 100*r.Settings.Level)
			}
			return wording.Say("settled after %d runs: %s; with %.0f %% probability no other grouping of the pools that were trained reduces errors by more than %s more, averaged over domains", n, Groups(e.Saw.Groups), 100*r.Settings.Level, Percent(e.Saw.Regret))
		}
		if e.Saw.Regret < leastShown {
			return wording.Say("settled after %d runs: %s; with %.0f %% probability no other grouping reduces errors more", n, Groups(e.Saw.Groups), 100*r.Settings.Level)
		}
		return wording.Say("settled after %d runs: %s; with %.0f %% probability no other grouping reduces errors by more than %s more, averaged over domains", n, Groups(e.Saw.Groups), 100*r.Settings.Level, Percent(e.Saw.Regret))
	case BudgetSpent:
		if e.Saw == nil {
			return wording.Say("budget spent after %d runs: too few to tell anything yet; the same command with a larger budget goes on", n)
		}
		if r.Settings.Propose && !r.sought(e) {
			return wording.Say("budget spent after %d runs, before any pool of alike domains was trained, so that only all together and single ones were compared; the same command with a larger budget goes on", n)
		}
		return wording.Say("budget spent after %d runs: not settled, another grouping may reduce errors by %s more, averaged over domains; the same command with a larger budget goes on", n, Percent(e.Saw.Regret))
	case NothingHelps:
		return wording.Say("nothing helps after %d runs: %s", n, r.Exhausted(e))
	case NothingToGain:
		return wording.Say("nothing to gain after %d runs: no gain could be measured", n)
	}
	return wording.Say("%s after %d runs", string(e.Reason), n)
}

// proposed is the proposal of pools, if there is one.
func (r *Record) proposed() (*Proposal, bool) {
	for _, d := range r.Decisions {
		if d.Proposal != nil {
			return d.Proposal, true
		}
	}
	return nil, false
}

// sought says whether a proposed pool was trained.
func (r *Record) sought(e *End) bool {
	for _, d := range r.Decisions {
		if d.Proposal != nil && slices.ContainsFunc(d.Runs, func(id string) bool { return !slices.Contains(e.Left, id) }) {
			return true
		}
	}
	return false
}

// Exhausted says why no further run would settle the question.
func (r *Record) Exhausted(e *End) wording.Text {
	if e.Samples > 0 {
		return wording.Say("more seeds would not settle it, since the test samples leave open what remains; about %.1f times as many would", e.Samples)
	}
	return wording.Say("not settled, and further seeds, up to %d of an arm, would hardly settle it", r.Settings.Most)
}

const (
	// leastShown is the least fraction that Percent does not round to zero.
	leastShown = 0.0005
	// mostShown is the largest regret that means something: errors cannot fall by
	// more than all of themselves.
	mostShown = 1
)

// Percent words a fraction: to a tenth of a percent below ten percent.
func Percent(x float64) wording.Text {
	switch {
	case x >= mostShown:
		return wording.Say("any amount")
	case 100*x < 9.95:
		return wording.Name(fmt.Sprintf("%.1f %%", 100*x))
	}
	return wording.Name(fmt.Sprintf("%.0f %%", 100*x))
}

// Groups words a partition.
func Groups(groups [][]string) wording.Text {
	var clauses []wording.Text
	var alone []string
	for _, g := range groups {
		if len(g) > 1 {
			clauses = append(clauses, wording.Say("share %s", few(g)))
		} else {
			alone = append(alone, g[0])
		}
	}
	if len(alone) > 0 {
		clauses = append(clauses, wording.Say("keep %s apart", few(alone)))
	}
	return wording.Clauses(clauses)
}

// few lists names; of many, the first.
func few(names []string) wording.Text {
	const most, first = 16, 3
	if len(names) <= most {
		return wording.Name(strings.Join(names, ", "))
	}
	return wording.Say("%d domains (%s and %d others)", len(names), strings.Join(names[:first], ", "), len(names)-first)
}

// Last is the [Record.Line] of the last decision, empty where there is none.
func (r *Record) Last() string {
	if len(r.Decisions) == 0 {
		return ""
	}
	return r.Line(len(r.Decisions) - 1)
}

// Line says to people what a decision, counted from 0, saw and chose.
func (r *Record) Line(i int) string {
	d := r.Decisions[i]
	what := fmt.Sprintf("Step %d, %s: %s to train", d.Number, d.Kind, wording.Plural(len(d.Runs), "run"))
	if d.Proposal != nil {
		what += fmt.Sprintf(" of %s", d.Proposal.Text())
	}
	if d.Saw == nil {
		return what
	}
	return what + fmt.Sprintf("; after %d, best is to %s, good enough with %.0f %% probability; another may reduce errors by %s more", d.Saw.Runs, Groups(d.Saw.Groups), 100*d.Saw.Within, Percent(d.Saw.Regret))
}

// Text names what is proposed, and by what.
func (p *Proposal) Text() wording.Text {
	groups := make([]string, len(p.Levels))
	for i, l := range p.Levels {
		groups[i] = fmt.Sprint(l.Groups)
	}
	return wording.Say("pools that seem alike by %s, which parts the domains into %s groups, and of %d by chance", wording.Written(p.By), strings.Join(groups, " | "), len(p.Chance))
}

// Name names the arm of an option.
func (o Option) Name() wording.Text {
	if o.Domain != "" {
		return wording.Say("%s alone", o.Domain)
	}
	return wording.Name(o.Arm)
}

// Trained is the number of runs that were trained.
func (r *Record) Trained() int {
	n := len(r.Runs())
	if r.End != nil {
		n -= len(r.End.Left)
	}
	return n
}

// Spent says to people how many runs were trained, against how many the study's
// own plan has.
func (r *Record) Spent() wording.Text {
	switch n := r.Trained(); {
	case n < r.Fixed:
		return wording.Say("Runs were chosen step by step: %d were trained, and the study's plan of fixed seeds has %d, so that %d were saved.", n, r.Fixed, r.Fixed-n)
	case n > r.Fixed:
		return wording.Say("Runs were chosen step by step: %d were trained, and the study's plan of fixed seeds has %d, so that %d more than these were needed.", n, r.Fixed, n-r.Fixed)
	default:
		return wording.Say("Runs were chosen step by step: %d were trained, and the study's plan of fixed seeds has %d.", n, r.Fixed)
	}
}

// Rule says to people by what rule runs were chosen.
func (r *Record) Rule() wording.Text {
	set := r.Settings
	tolerance := wording.Say("%s, averaged over domains", Percent(set.Tolerance))
	if set.ToleranceMoney > 0 {
		tolerance = wording.Say("%s %s a month", fmt.Sprintf("%.6g", set.ToleranceMoney), set.Currency)
	}
	return wording.Say("The first were %d of every arm. Each further step trained what was expected to lower most, for its cost, how much better another grouping may be; pools that could not win any more got none. It was to end once, with %.0f %% probability, no grouping is better than the recommended one by more than %s. No arm gets more than %d.",
		set.Pilot, 100*set.Level, tolerance, set.Most)
}
