package reports

import (
	"fmt"
	"strings"

	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping/decisions"
)

// chosen says how runs were chosen, where they were chosen step by step.
type chosen struct {
	Spent, Rule, End string
	Steps            []choice
}

type choice struct {
	Number           int
	For              string
	Runs, Seen       string
	Groups           string
	Within, Regret   string
	Options, Dropped string
}

// purposes are the kinds of decisions in words.
var purposes = map[decisions.Kind]string{
	decisions.Pilot:   "every arm",
	decisions.Improve: "what decides, most of all",
	decisions.Confirm: "what was estimated from pairs:",
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
			s.Dropped = wording.Plural(n, "pool") + " given up"
		}
		for _, names := range d.Pools {
			s.Options = few(names) + " together"
		}
		add(s, d.Saw)
	}
	if r.End == nil {
		out.End = "Training goes on."
		return out
	}
	out.End = "End: " + strings.TrimSuffix(r.End.Words, ".") + "."
	add(choice{Number: len(r.Decisions) + 1, For: "none: " + string(r.End.Reason)}, r.End.Saw)
	return out
}
