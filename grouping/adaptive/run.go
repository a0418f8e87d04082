package adaptive

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/decisions"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// driver is a study under way.
type driver struct {
	project *project.Project
	folder  layout.Folder
	lab     laboratory
	o       Options
	start   time.Time

	candidates *candidates
	record     *decisions.Record
	asked      bool // for pools to propose, whether or not there are any
}

// Run trains a project in a folder until its grouping is settled or the budget is
// spent, and returns how it came to that; the folder's results and groups are those
// of the runs trained, and the project's plan is of these. It goes on from the
// decisions in the folder where these follow from the same settings, and else
// begins anew, with the runs that are there. It fails with train.ErrInterrupted when
// ctx ends; called again, it goes on to the same bytes.
func Run(ctx context.Context, p *project.Project, b exec.Backend, folder layout.Folder, o Options) (*decisions.Record, error) {
	o = o.withDefaults(p)
	if err := o.validate(); err != nil {
		return nil, err
	}
	d := &driver{project: p, folder: folder, lab: &trainer{p, b, folder, o.rung(p.Study)}, o: o, start: time.Now()}
	return d.run(ctx)
}

func (d *driver) run(ctx context.Context) (*decisions.Record, error) {
	if err := d.begin(); err != nil {
		return nil, err
	}
	for {
		end, err := d.train(ctx)
		if err != nil {
			return nil, err
		}
		var look *look
		if len(d.project.Plan.Runs) > 0 {
			if look, err = d.look(); err != nil {
				return nil, err
			}
		}
		if end == nil {
			var next *decisions.Decision
			if next, end, err = d.decide(ctx, look); err != nil {
				return nil, err
			}
			if next != nil {
				d.record.Decisions = append(d.record.Decisions, *next)
				if err := d.write(); err != nil {
					return nil, err
				}
				continue
			}
		} else if look != nil {
			end.Saw = &look.view
		}
		end.Words = d.record.Say(end).String()
		d.record.End = end
		if err := d.write(); err != nil {
			return nil, err
		}
		if len(d.project.Plan.Runs) == 0 {
			return d.record, nil
		}
		set := d.record.Settings
		return d.record, d.lab.conclude(grouping.Selection{Rung: set.Rung, Weighting: set.Weighting})
	}
}

// begin plans the candidates and takes up the decisions that there are, or makes
// the first one, the pilot.
func (d *driver) begin() error {
	s := d.project.Study
	if s.Folds() > 0 && d.o.Pilot != d.o.Most {
		return foldsError(s)
	}
	set := decisions.Settings{Rung: d.o.rung(s), Weighting: d.o.Weighting, Most: d.o.Most, Pilot: d.o.Pilot, Step: d.o.Step, Pairs: true, Propose: Proposes(s)}
	if set.Weighting == "" {
		set.Weighting = s.Weightings[0].Name
	}
	c, err := newCandidates(d.project, set.Most, nil, set.Rung, set.Weighting)
	if err != nil {
		return err
	}
	if len(c.arms) == 0 || c.arms[len(c.arms)-1].alone() {
		return fmt.Errorf("adaptive: the study has no arm of several domains with rung %q and weighting %q", set.Rung, set.Weighting)
	}
	set.Candidates = c.sum()
	if set.Pilot == 0 {
		set.Pilot = min(PilotSeeds(c.plan), set.Most)
	}
	set.Tolerance, set.Level = s.Grouping.Tolerance, level
	if e := s.Economics; e != nil {
		set.Money, set.ToleranceMoney, set.Currency = e.Value.Identity(), s.Grouping.ToleranceMoney, e.Currency
	}
	set.Seed = s.Seed
	pilot := c.pilot(set.Pilot, true)
	if n := d.o.Budget.Runs; n > 0 && n < len(pilot) {
		set.Pairs = false
		if pilot = c.pilot(set.Pilot, false); n < len(pilot) {
			return fmt.Errorf("%w: a budget of %d runs is not enough to begin with: %d seeds of every domain by itself and of all together are %d runs", ErrBudget, n, set.Pilot, len(pilot))
		}
	}
	d.candidates = c
	if d.record, err = decisions.Read(d.folder); err != nil {
		return err
	}
	if d.record == nil || d.record.Settings != set || d.record.Study != s.Name {
		d.record = &decisions.Record{Version: decisions.Version, Study: s.Name, Settings: set, Decisions: []decisions.Decision{{Number: 1, Kind: decisions.Pilot, Runs: pilot}}}
	}
	d.record.End = nil
	d.record.Fixed = 0
	for _, r := range d.project.Plan.Runs {
		if r.Rung.Name == set.Rung && (r.Arm == study.Independent || r.Weighting.Name == set.Weighting) {
			d.record.Fixed++
		}
	}
	return d.extend()
}

// extend adds the pools that decisions asked for to the candidates.
func (d *driver) extend() error {
	var pools [][]string
	for _, decision := range d.record.Decisions {
		pools = append(pools, decision.Pools...)
	}
	if len(pools) == 0 {
		return nil
	}
	set := d.record.Settings
	c, err := newCandidates(d.project, set.Most, pools, set.Rung, set.Weighting)
	if err != nil {
		return err
	}
	d.candidates = c
	return nil
}

// extendBy adds the pools of a decision that is not taken yet.
func (d *driver) extendBy(next *decisions.Decision) error {
	d.record.Decisions = append(d.record.Decisions, *next)
	err := d.extend()
	d.record.Decisions = d.record.Decisions[:len(d.record.Decisions)-1]
	return err
}

// train trains what was chosen, as far as the budget goes, and leaves the project
// and the folder with a plan of what has ended. It returns an end where the budget
// cut something off.
func (d *driver) train(ctx context.Context) (*decisions.End, error) {
	chosen := d.record.Runs()
	within := chosen
	if n := d.o.Budget.Runs; n > 0 && n < len(chosen) {
		within = chosen[:n]
	}
	o := project.TrainOptions{Jobs: d.o.Jobs, Observe: d.o.Observe, Claims: d.o.Claims, Mirror: d.o.Mirror}
	if d.o.Budget.Time > 0 {
		o.MaxTime = max(1, d.o.Budget.Time-time.Since(d.start))
	}
	d.plan(within)
	if err := d.write(); err != nil {
		return nil, err
	}
	if d.o.Decided != nil {
		d.o.Decided(d.record)
	}
	err := d.lab.train(ctx, o)
	switch {
	case errors.Is(err, train.ErrTimeUp):
		if within, err = d.ended(within); err != nil {
			return nil, err
		}
		d.plan(within)
		if err := d.folder.WritePlan(d.project.Plan); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, err
	}
	if len(within) == len(chosen) {
		return nil, nil
	}
	left := slices.DeleteFunc(chosen, func(id string) bool { return slices.Contains(within, id) })
	return &decisions.End{Reason: decisions.BudgetSpent, Left: left}, nil
}

// plan makes the project's plan one of these runs.
func (d *driver) plan(ids []string) {
	p := d.candidates.plan.Choose(ids)
	p.Adaptive = &study.Adaptive{Until: string(decisions.Settled), Candidates: d.candidates.count()}
	p.Exposures = d.project.Plan.Exposures
	d.project.Plan = p
}

// ended lists those of the runs that have.
func (d *driver) ended(ids []string) ([]string, error) {
	var out []string
	for _, id := range ids {
		r, err := d.candidates.plan.Run(id)
		if err != nil {
			return nil, err
		}
		_, done, err := d.folder.State(*r)
		if err != nil {
			return nil, err
		}
		if done != nil {
			out = append(out, id)
		}
	}
	return out, nil
}

// write stores the decisions.
func (d *driver) write() error {
	lock, err := d.folder.Lock()
	if err != nil {
		return err
	}
	defer lock.Unlock()
	origin, err := d.folder.Origin()
	if err != nil {
		return err
	}
	return origin.Write(nil, d.folder.Decisions(), d.record)
}
