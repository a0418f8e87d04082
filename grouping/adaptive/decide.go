package adaptive

import (
	"math"
	"slices"

	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/nextruns"
)

const (
	// share is the part of the runs trained that a decision adds at least, so that
	// analysis does not outweigh training.
	share = 0.1
	// listed is the number of options that a decision tells of.
	listed = 8
)

// decide chooses the next runs, or ends.
func (d *driver) decide(l *look) (*Decision, *End, error) {
	if l == nil {
		return nil, &End{Reason: NothingToGain}, nil
	}
	next := &Decision{Number: len(d.record.Decisions) + 1, Saw: &l.view}
	if l.outlook != nil && l.belief.Problem.Conditional {
		if d.third(next, l); len(next.Runs) > 0 {
			return next, nil, nil
		}
	}
	if l.outlook == nil || l.settled {
		if err := d.confirm(next, l); err != nil {
			return nil, nil, err
		}
		if len(next.Runs) > 0 {
			return next, nil, nil
		}
		if l.outlook == nil {
			return nil, &End{Reason: NothingToGain, Saw: &l.view}, nil
		}
		return nil, &End{Reason: Settled, Saw: &l.view}, nil
	}
	d.improve(next, l)
	if len(next.Runs) == 0 {
		return nil, &End{Reason: NothingHelps, Saw: &l.view, Samples: l.outlook.Samples(l.runs, l.limits)}, nil
	}
	return next, nil, nil
}

// third chooses the next seed of every arm that has two runs, since these tell too
// little of how runs vary, so that nothing is settled by them.
func (d *driver) third(next *Decision, l *look) {
	next.Kind = Pilot
	chosen := d.record.Runs()
	take := func(a *armRuns, runs int) {
		if runs == 2 {
			next.take(a, 1, &chosen)
		}
	}
	for j, k := range l.runs.Alone {
		take(d.candidates.domain(l.belief.Problem.Domains[j]), k)
	}
	for a, k := range l.runs.Pools {
		take(d.candidates.pool(members(l.belief.Problem, a)), k)
	}
}

// take adds runs of an arm that were not chosen before. Seeds that diverged are
// replaced by the next ones.
func (next *Decision) take(a *armRuns, runs int, chosen *[]string) {
	for _, r := range a.runs {
		if runs > 0 && !slices.Contains(*chosen, r.ID) {
			*chosen, next.Runs = append(*chosen, r.ID), append(next.Runs, r.ID)
			runs--
		}
	}
}

// confirm chooses a pilot of recommended pools whose gains are estimates from
// pairs.
func (d *driver) confirm(next *Decision, l *look) error {
	var missing [][]string
	for i, g := range l.best.Groups {
		if names := l.view.Groups[i]; g.Source == grouping.FromPairs && d.candidates.pool(names) == nil {
			missing = append(missing, names)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	next.Kind, next.Pools = Confirm, missing
	d.record.Decisions = append(d.record.Decisions, *next)
	err := d.extend()
	d.record.Decisions = d.record.Decisions[:len(d.record.Decisions)-1]
	if err != nil {
		return err
	}
	for k := range d.record.Settings.Pilot {
		for _, names := range missing {
			next.Runs = append(next.Runs, d.candidates.pool(names).runs[k].ID)
		}
	}
	return nil
}

// improve chooses the runs that are worth most, as long as all that could be
// trained might settle it.
func (d *driver) improve(next *Decision, l *look) {
	next.Kind = Improve
	names := func(pool int) []string { return members(l.belief.Problem, pool) }
	for k, closed := range l.limits.Closed {
		if closed {
			next.Dropped = append(next.Dropped, d.candidates.pool(names(k)).name)
		}
	}
	if l.view.CouldSettle == 0 {
		return
	}
	for _, x := range first(l.outlook.Options(l.runs, l.limits), listed) {
		o := Option{Fall: x.Fall, Cost: x.Cost}
		if x.Domain >= 0 {
			o.Arm, o.Domain = "independent", l.belief.Problem.Domains[x.Domain]
		} else {
			o.Arm = d.candidates.pool(names(x.Pool)).name
		}
		next.Options = append(next.Options, o)
	}
	number := max(d.record.Settings.Step, int(math.Ceil(share*float64(len(d.record.Runs())))))
	_, picks := l.outlook.Choose(l.runs, l.limits, number, math.MaxInt)
	chosen := d.record.Runs()
	before := l.runs
	for _, x := range picks {
		for j, k := range x.Runs.Alone {
			next.take(d.candidates.domain(l.belief.Problem.Domains[j]), k-before.Alone[j], &chosen)
		}
		for a, k := range x.Runs.Pools {
			next.take(d.candidates.pool(names(a)), k-before.Pools[a], &chosen)
		}
		before = x.Runs
	}
}

func first(options []nextruns.Option, most int) []nextruns.Option {
	return options[:min(len(options), most)]
}
