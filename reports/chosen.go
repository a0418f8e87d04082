package reports

import (
	"fmt"

	"github.com/sharewise/sharewise/grouping/decisions"
)

// chosen says how runs were chosen, where they were chosen step by step.
type chosen struct {
	Spent, Rule, End text
	Steps            []choice
}

type choice struct {
	Number           int
	For              text
	Runs, Seen       string
	Groups           text
	Within           string
	Regret           text
	Options, Dropped text
}

// purposes are the kinds of decisions in words.
var purposes = map[decisions.Kind]text{
	decisions.Pilot:   say("every arm"),
	decisions.Improve: say("what decides, most of all"),
	decisions.Confirm: say("what was estimated from pairs:"),
	decisions.Propose: say("what an estimate holds for alike:"),
}

// endedFor is what an end trained for, which is nothing, with its reason.
func endedFor(r decisions.Reason) text {
	switch r {
	case decisions.Settled:
		return say("none: settled")
	case decisions.BudgetSpent:
		return say("none: budget spent")
	case decisions.NothingHelps:
		return say("none: nothing helps")
	case decisions.NothingToGain:
		return say("none: nothing to gain")
	}
	return say("none: %s", string(r))
}

func newChosen(in *Input) *chosen {
	r := in.Decisions
	if r == nil {
		return nil
	}
	out := &chosen{Spent: r.Spent(), Rule: r.Rule()}
	add := func(s choice, v *decisions.View) {
		if v != nil {
			s.Seen, s.Groups, s.Within, s.Regret = fmt.Sprint(v.Runs), partitionText(v.Groups), percent(v.Within), decisions.Percent(v.Regret)
		}
		out.Steps = append(out.Steps, s)
	}
	for _, d := range r.Decisions {
		s := choice{Number: d.Number, For: purposes[d.Kind], Runs: fmt.Sprint(len(d.Runs))}
		if len(d.Options) > 0 {
			if o := d.Options[0]; o.Domain != "" {
				s.Options = o.Name()
			} else {
				s.Options = armTitle(o.Arm)
			}
		}
		if n := len(d.Dropped); n > 0 {
			s.Dropped = say("%s given up", some(n, "pool"))
		}
		for _, names := range d.Pools {
			s.Options = say("%s together", few(names))
		}
		if d.Proposal != nil {
			s.Options = d.Proposal.Text()
		}
		add(s, d.Saw)
	}
	if r.End == nil {
		out.End = say("Training goes on.")
		return out
	}
	out.End = say("End: %s.", r.Say(r.End))
	add(choice{Number: len(r.Decisions) + 1, For: endedFor(r.End.Reason)}, r.End.Saw)
	return out
}
