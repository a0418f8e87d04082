package adaptive

import (
	"fmt"
	"strings"

	"github.com/sharewise/sharewise/analysis/wording"
)

// words say to people why training ended, and what would go on from there.
func (d *driver) words(e *End) string {
	text := fmt.Sprintf("%s after %d runs", e.Reason, len(d.record.Runs())-len(e.Left))
	switch e.Reason {
	case Settled:
		text += fmt.Sprintf(": %s; with %.0f %% probability no other grouping reduces errors ", groupsOf(e.Saw.Groups), 100*d.record.Settings.Level)
		if e.Saw.Regret < leastShown {
			return text + "more"
		}
		return text + fmt.Sprintf("by more than %s more, averaged over domains", percent(e.Saw.Regret))
	case BudgetSpent:
		if e.Saw == nil {
			return text + ": too few to tell anything yet; the same command with a larger budget goes on"
		}
		return text + fmt.Sprintf(": not settled, another grouping may reduce errors by %s more, averaged over domains; the same command with a larger budget goes on", percent(e.Saw.Regret))
	case NothingHelps:
		if e.Samples > 0 {
			return text + fmt.Sprintf(": more seeds would not settle it, since the test samples leave open what remains; about %.1f times as many would", e.Samples)
		}
		return text + fmt.Sprintf(": not settled, and further seeds, up to %d of an arm, would hardly settle it", d.record.Settings.Most)
	case NothingToGain:
		return text + ": no gain could be measured"
	}
	return text
}

// leastShown is the least fraction that percent does not round to zero.
const leastShown = 0.0005

// percent words a fraction: to a tenth of a percent below ten percent.
func percent(x float64) string {
	if 100*x < 9.95 {
		return fmt.Sprintf("%.1f %%", 100*x)
	}
	return fmt.Sprintf("%.0f %%", 100*x)
}

// groupsOf words a partition.
func groupsOf(groups [][]string) string {
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
	return what + fmt.Sprintf("; after %d, best is to %s, good enough with %.0f %% probability; another may reduce errors by %s more", d.Saw.Runs, groupsOf(d.Saw.Groups), 100*d.Saw.Within, percent(d.Saw.Regret))
}

// Lines say to people what it will take, where the first runs are not trained yet
// too.
func (f *Forecast) Lines() []string {
	pilot := fmt.Sprintf("The pilot is %s.", wording.Plural(f.Pilot, "run"))
	if f.Saw == nil {
		return []string{pilot, "What it takes from there can be said once it is trained: sharewise run STUDY --until settled --budget " + fmt.Sprint(f.Pilot) + "runs"}
	}
	out := []string{pilot, fmt.Sprintf("After %s, best is to %s, good enough with %.0f %% probability.", wording.Plural(f.Trained, "run"), groupsOf(f.Saw.Groups), 100*f.Saw.Within)}
	switch x := f.Further; {
	case x.Settled == 0 && x.Samples > 0:
		out = append(out, fmt.Sprintf("Further runs would not settle it; about %.1f times as many test samples would.", x.Samples))
	case x.Settled == 0:
		out = append(out, "Further runs would not settle it.")
	case x.Runs == 0:
		out = append(out, "It is settled.")
	default:
		out = append(out, fmt.Sprintf("With %.0f %% probability further runs settle it: about %d of them, and %d at most in nine cases of ten.", 100*x.Settled, x.Runs, x.MostRuns))
	}
	return out
}
