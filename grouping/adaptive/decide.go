package adaptive

import (
	"context"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/decisions"
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
func (d *driver) decide(ctx context.Context, l *look) (*decisions.Decision, *decisions.End, error) {
	if l == nil {
		return nil, &decisions.End{Reason: decisions.NothingToGain}, nil
	}
	next := &decisions.Decision{Number: len(d.record.Decisions) + 1, Saw: &l.view}
	if l.outlook != nil && l.belief.Problem.Conditional {
		if d.third(next, l); len(next.Runs) > 0 {
			return next, nil, nil
		}
	}
	if d.proposes() {
		proposed := &decisions.Decision{Number: next.Number, Saw: next.Saw}
		if err := d.propose(ctx, proposed); err != nil {
			return nil, nil, err
		}
		if len(proposed.Runs) > 0 {
			return proposed, nil, nil
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
			return nil, &decisions.End{Reason: decisions.NothingToGain, Saw: &l.view}, nil
		}
		return nil, &decisions.End{Reason: decisions.Settled, Saw: &l.view}, nil
	}
	d.improve(next, l)
	if len(next.Runs) == 0 {
		return nil, &decisions.End{Reason: decisions.NothingHelps, Saw: &l.view, Samples: l.outlook.Samples(l.runs, l.limits)}, nil
	}
	return next, nil, nil
}

// third chooses the next seed of every arm that has two runs, since these tell too
// little of how runs vary, so that nothing is settled by them.
func (d *driver) third(next *decisions.Decision, l *look) {
	next.Kind = decisions.Pilot
	chosen := d.record.Runs()
	one := func(a *armRuns, runs int) {
		if runs == 2 {
			take(next, a, 1, &chosen)
		}
	}
	for j, k := range l.runs.Alone {
		one(d.candidates.domain(l.belief.Problem.Domains[j]), k)
	}
	for a, k := range l.runs.Pools {
		one(d.candidates.pool(members(l.belief.Problem, a)), k)
	}
}

// take adds to a decision runs of an arm that were not chosen before. Seeds that
// diverged are replaced by the next ones.
func take(next *decisions.Decision, a *armRuns, runs int, chosen *[]string) {
	for _, r := range a.runs {
		if runs > 0 && !slices.Contains(*chosen, r.ID) {
			*chosen, next.Runs = append(*chosen, r.ID), append(next.Runs, r.ID)
			runs--
		}
	}
}

// confirm chooses a pilot of recommended pools whose gains are estimates from
// pairs.
func (d *driver) confirm(next *decisions.Decision, l *look) error {
	var missing [][]string
	for i, g := range l.best.Groups {
		if names := l.view.Groups[i]; g.Source == grouping.FromPairs && d.candidates.pool(names) == nil {
			missing = append(missing, names)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	next.Kind, next.Pools = decisions.Confirm, missing
	if err := d.extendBy(next); err != nil {
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
func (d *driver) improve(next *decisions.Decision, l *look) {
	next.Kind = decisions.Improve
	names := func(pool int) []string { return members(l.belief.Problem, pool) }
	for k, closed := range l.limits.Closed {
		if closed {
			next.Dropped = append(next.Dropped, d.candidates.pool(names(k)).name)
		}
	}
	if !l.outlook.Hopeful(l.view.CouldSettle, l.runs, l.limits) {
		return
	}
	next.Options = d.options(l, l.limits)
	number := max(d.record.Settings.Step, int(math.Ceil(share*float64(len(d.record.Runs())))))
	_, picks := l.outlook.Choose(l.runs, l.limits, number, math.MaxInt)
	chosen := d.record.Runs()
	before := l.runs
	for _, x := range picks {
		for j, k := range x.Runs.Alone {
			take(next, d.candidates.domain(l.belief.Problem.Domains[j]), k-before.Alone[j], &chosen)
		}
		for a, k := range x.Runs.Pools {
			take(next, d.candidates.pool(names(a)), k-before.Pools[a], &chosen)
		}
		before = x.Runs
	}
}

// options are the most useful of what could be trained.
func (d *driver) options(l *look, limits nextruns.Limits) []decisions.Option {
	var out []decisions.Option
	for _, x := range first(l.outlook.Options(l.runs, limits), listed) {
		o := decisions.Option{Fall: x.Fall, Cost: x.Cost}
		if x.Domain >= 0 {
			o.Arm, o.Domain = study.Independent, l.belief.Problem.Domains[x.Domain]
		} else {
			o.Arm = d.candidates.pool(members(l.belief.Problem, x.Pool)).name
		}
		out = append(out, o)
	}
	return out
}

func first[T any](options []T, most int) []T {
	return options[:min(len(options), most)]
}
