package gaintable

import (
	"errors"
	"fmt"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/versioned"
	"github.com/sharewise/sharewise/grouping"
)

// planVersion is that of pools.json.
const planVersion = 1

// ReadFile reads a plan. It fails with fs.ErrNotExist where there is none, and with
// versioned.ErrVersion for a version that this package does not know.
func ReadFile(path string) (*Plan, error) {
	var p Plan
	if err := versioned.Read(path, planVersion, &p); err != nil {
		return nil, fmt.Errorf("gaintable: %w", err)
	}
	return &p, nil
}

// PlanFolder plans pools as the study of an output folder asks for beside its groups,
// and stores the plan as pools.json. That no choice keeps to the constraints is an
// answer, too, see [Table.Answer], so that no plan of before stays. Where the study asks
// for none the plan is nil, and one of before is removed. The options are those that
// the groups were chosen by.
func PlanFolder(folder layout.Folder, o grouping.Options) (*Plan, error) {
	stored, err := folder.ReadPlan()
	switch {
	case errors.Is(err, layout.ErrNoPlan), err == nil && !stored.Grouping.Planned():
		return nil, nil
	case err != nil:
		return nil, err
	}
	origin, err := folder.Origin(folder.Results(), folder.Plan())
	if err != nil {
		return nil, err
	}
	stated, err := grouping.State(folder, o)
	if err != nil {
		return nil, err
	}
	table, of, err := OfStudy(stated)
	if err != nil {
		return nil, err
	}
	of.Seed = o.Seed
	plan, err := table.Answer(of.Planned(stated.Planned(), len(o.Values) > 0))
	if err != nil {
		return nil, err
	}
	return plan, origin.Write(nil, folder.Pools(), plan)
}

// Withdraw removes the plan of a folder.
func Withdraw(folder layout.Folder) error {
	if err := atomicfile.RemoveFile(folder.Pools()); err != nil {
		return err
	}
	return folder.Disown(folder.Pools())
}

// Planned fills in what options leave open from what a study plans by. Values that are
// not valued, that is not asked for by themselves, do not stand in the way of the
// objective Mean, which has no use for them.
func (o Options) Planned(g study.Grouping, valued bool) Options {
	if o.Objective == "" {
		o.Objective = Objective(g.Objective)
	}
	if o.Objective == Risk && o.Aversion == nil && g.Aversion > 0 {
		o.Aversion = &g.Aversion
	}
	if o.Budget == nil && g.Budget > 0 {
		o.Budget = &g.Budget
	}
	o.Helpers = o.Helpers || g.Helpers
	if o.Objective == Mean && !valued {
		o.Values = nil
	}
	return o
}
