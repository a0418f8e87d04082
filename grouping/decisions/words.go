package decisions

import (
	"fmt"
	"strings"

	"github.com/sharewise/sharewise/analysis/wording"
)

// Say tells people why training ended, and what would go on from there.
func (r *Record) Say(e *End) string {
	text := fmt.Sprintf("%s after %d runs", e.Reason, len(r.Runs())-len(e.Left))
	switch e.Reason {
	case Settled:
		text += fmt.Sprintf(": %s; with %.0f %% probability no other grouping reduces errors ", Groups(e.Saw.Groups), 100*r.Settings.Level)
		if e.Saw.Regret < leastShown {
			return text + "more"
		}
		return text + fmt.Sprintf("by more than %s more, averaged over domains", Percent(e.Saw.Regret))
	case BudgetSpent:
		if e.Saw == nil {
			return text + ": too few to tell anything yet; the same command with a larger budget goes on"
		}
		return text + fmt.Sprintf(": not settled, another grouping may reduce errors by %s more, averaged over domains; the same command with a larger budget goes on", Percent(e.Saw.Regret))
	case NothingHelps:
		if e.Samples > 0 {
			return text + fmt.Sprintf(": more seeds would not settle it, since the test samples leave open what remains; about %.1f times as many would", e.Samples)
		}
		return text + fmt.Sprintf(": not settled, and further seeds, up to %d of an arm, would hardly settle it", r.Settings.Most)
	case NothingToGain:
		return text + ": no gain could be measured"
	}
	return text
}

const (
	// leastShown is the least fraction that Percent does not round to zero.
	leastShown = 0.0005
	// mostShown is the largest regret that means something: errors cannot fall by
	// more than all of themselves.
	mostShown = 1
)

// Percent words a fraction: to a tenth of a percent below ten percent.
func Percent(x float64) string {
	switch {
	case x >= mostShown:
		return "any amount"
	case 100*x < 9.95:
		return fmt.Sprintf("%.1f %%", 100*x)
	}
	return fmt.Sprintf("%.0f %%", 100*x)
}

// Groups words a partition.
func Groups(groups [][]string) string {
	var shared, alone []string
	for _, g := range groups {
		if len(g) > 1 {
			shared = append(shared, "share "+strings.Join(g, ", "))
		} else {
			alone = append(alone, g[0])
		}
	}
	if len(alone) > 0 {
		shared = append(shared, "keep "+strings.Join(alone, ", ")+" apart")
	}
	return strings.Join(shared, "; ")
}

// Last is the [Record.Line] of the last decision.
func (r *Record) Last() string { return r.Line(len(r.Decisions) - 1) }

// Line says to people what a decision, counted from 0, saw and chose.
func (r *Record) Line(i int) string {
	d := r.Decisions[i]
	what := fmt.Sprintf("Step %d, %s: %s to train", d.Number, d.Kind, wording.Plural(len(d.Runs), "run"))
	if d.Saw == nil {
		return what
	}
	return what + fmt.Sprintf("; after %d, best is to %s, good enough with %.0f %% probability; another may reduce errors by %s more", d.Saw.Runs, Groups(d.Saw.Groups), 100*d.Saw.Within, Percent(d.Saw.Regret))
}

// Name names the arm of an option.
func (o Option) Name() string {
	if o.Domain != "" {
		return o.Domain + " alone"
	}
	return o.Arm
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
func (r *Record) Spent() string {
	n := r.Trained()
	text := fmt.Sprintf("Runs were chosen step by step: %d were trained, and the study's plan of fixed seeds has %d", n, r.Fixed)
	switch {
	case n < r.Fixed:
		return text + fmt.Sprintf(", so that %d were saved.", r.Fixed-n)
	case n > r.Fixed:
		return text + fmt.Sprintf(", so that %d more than these were needed.", n-r.Fixed)
	}
	return text + "."
}

// Rule says to people by what rule runs were chosen.
func (r *Record) Rule() string {
	set := r.Settings
	tolerance := Percent(set.Tolerance) + ", averaged over domains"
	if set.ToleranceMoney > 0 {
		tolerance = fmt.Sprintf("%.6g %s a month", set.ToleranceMoney, set.Currency)
	}
	return fmt.Sprintf("The first were %d of every arm. Each further step trained what was expected to lower most, for its cost, how much better another grouping may be; pools that could not win any more got none. It was to end once, with %.0f %% probability, no grouping is better than the recommended one by more than %s. No arm gets more than %d.",
		set.Pilot, 100*set.Level, tolerance, set.Most)
}
