package adaptive

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/decisions"
	"github.com/sharewise/sharewise/grouping/nextruns"
)

const (
	// courses are imagined for a forecast.
	courses = 40
	// namedNext is the number of options that people are told of.
	namedNext = 3
)

// Forecast says what it will take to settle a study.
type Forecast struct {
	// Pilot counts the runs of the pilot, and Trained the runs that the forecast
	// rests on, those in the folder; 0: it only knows the pilot.
	Pilot   int `json:"pilot"`
	Trained int `json:"trained"`
	// Proposes says that pools are to be proposed or trained that are not counted here:
	// until then nothing is settled.
	Proposes bool `json:"proposes,omitempty"`
	// Saw is what these say, and Further what it will take from there: costs are
	// in seconds of training, as long as runs took so far. Both are null where
	// nothing is known.
	Saw     *decisions.View    `json:"saw"`
	Further *nextruns.Forecast `json:"further"`
	// Settled says that it is settled by what was trained.
	Settled bool `json:"settled"`
	// SideBySide is the number of runs that are trained at once: that much sooner
	// they end.
	SideBySide int `json:"side_by_side"`
	// Next are the most useful of what could be trained, the best first: their
	// costs are in seconds too.
	Next []decisions.Option `json:"next"`
}

// Foresee says what it will take to settle a project, from the runs that there are
// in its folder, a pilot or more. It imagines how training goes on: what runs are
// chosen and how far they may move the estimates.
func Foresee(p *project.Project, folder layout.Folder, o Options) (*Forecast, error) {
	o = o.withDefaults(p)
	if err := o.validate(); err != nil {
		return nil, err
	}
	planned := p.Plan
	defer func() { p.Plan = planned }()
	d := &driver{project: p, folder: folder, lab: &trainer{project: p, folder: folder, rung: o.rung(p.Study)}, o: o}
	if err := d.begin(); err != nil {
		return nil, err
	}
	f := &Forecast{Pilot: len(d.record.Decisions[0].Runs), SideBySide: p.SideBySide(o.Jobs), Next: []decisions.Option{}}
	f.Proposes = d.record.Settings.Propose
	var err error
	if p.Plan, err = folder.ReadPlan(); errors.Is(err, layout.ErrNoPlan) {
		return f, nil
	}
	if err != nil {
		return nil, err
	}
	l, err := d.look()
	if err != nil || l == nil || l.outlook == nil {
		return f, err
	}
	f.Trained, f.Saw = l.view.Runs, &l.view
	pools := l.belief.Problem
	f.Proposes = f.Proposes && !slices.ContainsFunc(pools.Pools, func(x grouping.Pool) bool { return len(x.Members) < len(pools.Domains) })
	prices, err := d.prices(l.belief.Problem)
	if err != nil {
		return nil, err
	}
	further, err := nextruns.Foresee(l.belief, l.runs, d.rule(l.belief.Problem), l.limits, prices, d.record.Settings.Step, courses)
	if err != nil {
		return nil, err
	}
	f.Further, f.Settled = &further, l.settled && !f.Proposes
	if !l.settled && l.view.CouldSettle > 0 {
		priced := l.limits
		priced.Costs = prices
		f.Next = d.options(l, priced)
	}
	return f, nil
}

// Lines say to people what it will take, where the first runs are not trained yet
// too.
func (f *Forecast) Lines() []string {
	pilot := fmt.Sprintf("The pilot is %s.", wording.Plural(f.Pilot, "run"))
	if f.Proposes {
		pilot += " Then pools of domains that seem alike are proposed and trained, which is not counted here."
	}
	if f.Saw == nil {
		return []string{pilot, "What it takes from there can be said once it is trained: sharewise run STUDY --until settled --budget " + fmt.Sprint(f.Pilot) + "runs"}
	}
	out := []string{pilot, fmt.Sprintf("After %s, best is to %s, good enough with %.0f %% probability.", wording.Plural(f.Trained, "run"), decisions.Groups(f.Saw.Groups), 100*f.Saw.Within)}
	switch x := f.Further; {
	case f.Settled:
		out = append(out, "It is settled.")
	case f.Proposes && x.Runs == 0:
		out = append(out, "Among these, further runs would change little.")
	case x.Settled == 0 && x.Samples > 0:
		out = append(out, fmt.Sprintf("Further runs would not settle it; about %.1f times as many test samples would.", x.Samples))
	case x.Settled == 0:
		out = append(out, "Further runs would not settle it.")
	case x.Runs == 0:
		out = append(out, "It is all but settled: a few further runs may do.")
	default:
		atOnce := float64(max(1, f.SideBySide))
		out = append(out, fmt.Sprintf("With %.0f %% probability further runs settle it: about %d of them in %s, and %d in %s at most in nine cases of ten, as fast as those so far.",
			100*x.Settled, x.Runs, wording.Duration(x.Cost/atOnce), x.MostRuns, wording.Duration(x.MostCost/atOnce)))
	}
	var next []string
	for _, o := range first(f.Next, namedNext) {
		next = append(next, o.Name().String())
	}
	if len(next) > 0 {
		out = append(out, fmt.Sprintf("Most useful next: %s.", strings.Join(next, "; ")))
	}
	return out
}
