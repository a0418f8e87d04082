package adaptive

import (
	"errors"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/grouping/nextruns"
)

// courses are imagined for a forecast.
const courses = 40

// Forecast says what it will take to settle a study.
type Forecast struct {
	// Pilot counts the runs of the pilot, and Trained the runs that the forecast
	// rests on, those in the folder; 0: it only knows the pilot.
	Pilot   int `json:"pilot"`
	Trained int `json:"trained"`
	// Saw is what these say, and Further what it will take from there: costs are
	// in units of the cheapest run. Both are null where nothing is known.
	Saw     *View              `json:"saw"`
	Further *nextruns.Forecast `json:"further"`
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
	d := &driver{project: p, folder: folder, lab: &trainer{project: p, folder: folder}, o: o}
	if err := d.begin(); err != nil {
		return nil, err
	}
	f := &Forecast{Pilot: len(d.record.Decisions[0].Runs)}
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
	further, err := nextruns.Foresee(l.belief, l.runs, d.rule(), l.limits, d.record.Settings.Step, courses)
	f.Further = &further
	return f, err
}
