package adaptive

import (
	"errors"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/decisions"
	"github.com/sharewise/sharewise/grouping/nextruns"
	"github.com/sharewise/sharewise/grouping/solve"
)

// look is what the runs that have ended say.
type look struct {
	view    decisions.View
	best    *grouping.Grouping
	belief  *nextruns.Belief
	runs    nextruns.Runs
	limits  nextruns.Limits
	outlook *nextruns.Outlook // nil where there is no pool
	settled bool
}

// look measures the gains of what has been trained. It is nil where none could be
// measured.
func (d *driver) look() (*look, error) {
	s, err := d.lab.study()
	if err != nil {
		return nil, err
	}
	s.GainsOnly = true
	results, err := analysis.Analyze(s)
	if err != nil {
		return nil, err
	}
	set := d.record.Settings
	problem, selection, _, err := grouping.FromResults(results, grouping.Selection{Rung: set.Rung, Weighting: set.Weighting})
	if errors.Is(err, grouping.ErrNoGains) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	checker, err := d.project.Study.Checker()
	if err != nil {
		return nil, err
	}
	if problem, err = problem.Governed(checker); err != nil {
		return nil, err
	}
	problem.MaxGroups = d.project.Plan.Grouping.MaxGroups
	constraints := grouping.ConstraintsOf(d.project.Plan.Grouping)
	constraints.Sites = nil // what models take is known when they are trained
	if problem.Rules, err = constraints.Rules(problem.Indices, solve.Needs{}); err != nil {
		return nil, err
	}
	problem = problem.Ruled()
	for _, domain := range d.project.Plan.Domains {
		problem.Value = append(problem.Value, domain.Value)
	}
	l := &look{}
	problem.MinGain, problem.Tolerance = d.project.Plan.Grouping.MinGain, set.Tolerance
	problem.UseMoney(d.project.Plan.Economics, d.project.Plan.Grouping.ToleranceMoney, results, selection)
	choice, err := grouping.Choose(problem, 0, groupSeed)
	if err != nil {
		return nil, err
	}
	l.best = choice.Recommended
	l.view = decisions.View{Runs: results.Runs.Done + results.Runs.Diverged, Diverged: results.Runs.Diverged, Total: l.best.Total}
	l.view.Groups = l.best.Names()
	if len(problem.Pools) == 0 {
		return l, nil
	}
	l.belief, l.runs = believe(results, selection, problem)
	l.limits = d.limits(problem)
	if l.outlook, err = nextruns.NewOutlook(l.belief, l.runs, d.rule(problem)); err != nil {
		return nil, err
	}
	if l.limits.Closed, err = l.outlook.Hopeless(l.runs); err != nil {
		return nil, err
	}
	standing := l.outlook.Standing(l.runs)
	l.view.Regret, l.view.Within = standing.Regret/worth(problem), standing.Within
	l.settled = l.view.Regret <= problem.Tolerance
	// What is settled must be so in groups.json too, which follows from the
	// results alone.
	stability := choice.Stability
	if stability == nil || stability.Decision == nil {
		l.settled = false
	} else {
		x := stability.Decision
		l.settled = l.settled && x.Kind != grouping.Unsettled
		l.view.Regret, l.view.Within = max(l.view.Regret, x.Regret), min(l.view.Within, x.Within)
	}
	l.view.CouldSettle = l.outlook.CouldSettle(l.runs, l.limits.Full(l.runs))
	return l, nil
}

// members names the members of a pool of the problem.
func members(p *grouping.Problem, pool int) []string {
	var out []string
	for _, m := range p.Pools[pool].Members {
		out = append(out, p.Domains[m])
	}
	return out
}

// rule says when a grouping is settled.
func (d *driver) rule(p *grouping.Problem) nextruns.Rule {
	set := d.record.Settings
	return nextruns.Rule{Tolerance: p.Tolerance * worth(p), Level: set.Level, Seed: set.Seed}
}

// limits are those of the candidates, for the pools of a problem.
func (d *driver) limits(p *grouping.Problem) nextruns.Limits {
	l := nextruns.Limits{Most: d.record.Settings.Most}
	unit := d.candidates.cheapest()
	for _, name := range p.Domains {
		l.Alone = append(l.Alone, d.candidates.domain(name).runs[0].FLOPs/unit)
	}
	for k := range p.Pools {
		l.Pools = append(l.Pools, d.candidates.pool(members(p, k)).runs[0].FLOPs/unit)
	}
	return l
}

// worth is the sum over domains of what a unit of gain is worth.
func worth(p *grouping.Problem) float64 {
	sum := 0.0
	for _, v := range p.Value {
		sum += v
	}
	return sum
}

const (
	// level is the probability with which a grouping is settled.
	level = 0.95
	// groupSeed is that of the draws behind groups.json.
	groupSeed = 1
)
