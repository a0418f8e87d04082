package grouping

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/provenance"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/grouping/solve"
)

// Options say how groups are chosen from a study's results.
type Options struct {
	// Selection picks capacity and weighting; blanks stand for the largest and
	// the first with gains.
	Selection Selection
	// MaxGroups and MinGain are those of the study, where there is one, or 0, where
	// nil.
	MaxGroups *int
	MinGain   *float64
	// Tolerance is the difference between groupings that does not matter; 0 stands
	// for the study's, or DefaultTolerance.
	Tolerance float64
	// Values are worths of one unit of a domain's gain, instead of the study's or
	// of 1.
	Values map[string]float64
	// Economics, where it says what gains are worth in money, stands in for values
	// of the study; nil: no money. ToleranceMoney stands in for Tolerance unless
	// it is 0: an amount a month, by these values.
	Economics      *study.Economics
	ToleranceMoney float64
	// Constraints link domains and bound pools; nil stands for the study's.
	Constraints *solve.Constraints
	// Policy forbids pools; nil stands for the study's.
	Policy *policy.Checker `json:"-"` // what is recorded is what it is made of
	// Rules hold beside those of the plan, and in place of those of the same name: for
	// the labels that the plan of a folder has, or for those of Labels.
	Rules  *policy.Policy
	Labels []policy.Domain
	// Version is that of sharewise, for provenance.json.
	Version string `json:"-"`
	// Refused are pools that the study asked for and its policy forbids; those of the
	// plan, where there is one.
	Refused []study.RefusedArm

	Draws int    // of Resample; 0: default
	Seed  uint64 // of the draws

	folder layout.Folder // where models are; empty: nowhere
	plan   *study.Plan   // of them
}

// UnknownDomainError names a domain that the results do not have.
type UnknownDomainError struct {
	Name  string
	Known []string
}

func (e *UnknownDomainError) Error() string {
	return fmt.Sprintf("grouping: there is no domain %q", e.Name)
}

// RecommendResults chooses groups from a study's results, and says about them all
// that results tell: doubts, and what size has to do with it. It fails with
// ErrNoGains where there is nothing to choose from.
func RecommendResults(r *analysis.Results, o Options) (*Recommendation, error) {
	problem, selection, warnings, err := FromResults(r, o.Selection)
	if err != nil {
		return nil, err
	}
	if err := o.apply(problem, selection); err != nil {
		return nil, err
	}
	problem.UseMoney(o.Economics, o.ToleranceMoney, r, selection)
	out, err := Recommend(problem, Context{
		Study: r.Study, Selection: selection, Doubts: r.Doubts, Warnings: warnings, Refused: o.Refused, Draws: o.Draws, Seed: o.Seed,
	})
	if err != nil {
		return nil, err
	}
	if err := out.second(r, problem, o); err != nil {
		return nil, err
	}
	out.Capacity = AnswerCapacity(r, selection.Weighting, out.Names())
	out.NothingToGain = append(out.NothingToGain, nothingToGain(r, selection)...)
	return out, nil
}

// RecommendFolder is [RecommendResults] for a study's output folder, where it
// writes groups.json, its table, and clusters.json ([Views]). What the options leave open comes from the
// folder's plan; results from elsewhere may come without one.
func RecommendFolder(folder layout.Folder, o Options) (*Recommendation, error) {
	origin, err := folder.Origin(folder.Results(), folder.Plan())
	if err != nil {
		return nil, err
	}
	asked := o
	results, plan, o, err := o.of(folder)
	if err != nil {
		return nil, err
	}
	groups, err := RecommendResults(results, o)
	if err != nil {
		return nil, err
	}
	views, err := ViewResults(results, groups, o.Seed)
	if err != nil {
		return nil, err
	}
	made := made(folder)
	err = origin.Derive(func(d *layout.Derivation) error {
		if err := os.MkdirAll(folder.Tables(), 0o777); err != nil {
			return err
		}
		if err := groups.WriteTable(folder.Tables()); err != nil {
			return err
		}
		if err := views.WriteFile(folder.Clusters()); err != nil {
			return err
		}
		if err := groups.WriteFile(folder.Groups()); err != nil {
			return err
		}
		if err := errors.Join(d.Record(origin, asked, made[0]), d.Record(origin, nil, made[1:3]...)); err != nil || plan == nil {
			return err
		}
		m, err := provenance.Gather(folder, plan, o.Version)
		if err != nil {
			return err
		}
		if err := d.Confirm(m.Files); err != nil {
			return err
		}
		if err := m.Write(folder); err != nil {
			return err
		}
		return d.Record(origin, nil, folder.Provenance())
	})
	if err != nil {
		return nil, err
	}
	return groups, nil
}

// made lists the files that RecommendFolder writes, the manifest last.
func made(folder layout.Folder) []string {
	return []string{folder.Groups(), folder.Clusters(), filepath.Join(folder.Tables(), TableFile), folder.Provenance()}
}

// Withdraw removes the recommendation of a folder, with what was written beside it:
// groups of other runs would be taken for those of these.
func Withdraw(folder layout.Folder) error {
	files := made(folder)
	for _, path := range files {
		if err := atomicfile.RemoveFile(path); err != nil {
			return err
		}
	}
	return folder.Disown(files...)
}

// ConcludeFolder measures what has been trained in a study's output folder, and chooses
// groups by it, see [RecommendFolder]. Where no pool has a gain, there is nothing to
// choose from, and groups that were chosen before are withdrawn.
func ConcludeFolder(folder layout.Folder, o Options) error {
	if _, err := analysis.AnalyzeFolder(folder, ""); err != nil {
		return err
	}
	_, err := RecommendFolder(folder, o)
	if errors.Is(err, ErrNoGains) {
		return Withdraw(folder)
	}
	return err
}

// Stated is the problem that a study's output folder poses.
type Stated struct {
	Problem *Problem // all measured pools, those too that rules forbid
	Options Options  // with what the folder's plan fills in
	Notes   []string // doubts about the results, and warnings
	takes   map[set]Takes
}

// State reads the problem of a folder, and writes nothing. It fails as RecommendFolder
// does.
func State(folder layout.Folder, o Options) (*Stated, error) {
	results, _, o, err := o.of(folder)
	if err != nil {
		return nil, err
	}
	problem, selection, warnings, err := FromResults(results, o.Selection)
	if err != nil {
		return nil, err
	}
	if err := o.apply(problem, selection); err != nil {
		return nil, err
	}
	problem.UseMoney(o.Economics, o.ToleranceMoney, results, selection)
	s := &Stated{Problem: problem, Options: o, takes: o.takes(problem, selection)}
	for _, d := range results.Doubts {
		s.Notes = append(s.Notes, d.Text)
	}
	s.Notes = append(s.Notes, warnings...)
	return s, nil
}

// of reads a folder, of which the plan is nil for results from elsewhere, and fills in
// what the options leave open.
func (o Options) of(folder layout.Folder) (*analysis.Results, *study.Plan, Options, error) {
	results, err := analysis.ReadResults(folder.Results())
	if err != nil {
		return nil, nil, o, err
	}
	plan, err := folder.ReadPlan()
	switch {
	case errors.Is(err, layout.ErrNoPlan):
	case err != nil:
		return nil, nil, o, err
	default:
		o = o.or(plan, results)
	}
	o.folder, o.plan = folder, plan
	if err := o.govern(plan, results); err != nil {
		return nil, nil, o, fmt.Errorf("%s: %w", folder, err)
	}
	return results, plan, o, nil
}

// or fills in what the options leave open from a plan.
func (o Options) or(plan *study.Plan, r *analysis.Results) Options {
	o.MaxGroups = cmp.Or(o.MaxGroups, &plan.Grouping.MaxGroups)
	o.MinGain = cmp.Or(o.MinGain, &plan.Grouping.MinGain)
	if o.Constraints == nil {
		o.Constraints = ConstraintsOf(plan.Grouping)
	}
	if o.Tolerance == 0 && o.ToleranceMoney == 0 {
		o.Tolerance, o.ToleranceMoney = plan.Grouping.Tolerance, plan.Grouping.ToleranceMoney
	}
	if len(o.Values) == 0 {
		o.Economics = cmp.Or(o.Economics, plan.Economics)
	}
	values := map[string]float64{}
	for _, d := range r.Domains {
		if planned := plan.Domain(d.Name); planned != nil {
			values[d.Name] = planned.Value
		}
	}
	for name, v := range o.Values {
		values[name] = v
	}
	o.Values, o.Refused = values, append(slices.Clone(o.Refused), plan.Refused...)
	return o
}

// govern makes a checker of rules and labels: those of the options, or else of the
// plan, of which there may be none. Rules hold for the domains of the results, in
// their order.
func (o *Options) govern(plan *study.Plan, r *analysis.Results) error {
	if o.Policy != nil {
		return nil
	}
	ruled := study.Plan{Policy: o.Rules}
	if plan != nil {
		ruled.Policy, ruled.Domains = plan.Policy.With(o.Rules), plan.Domains
	}
	if o.Labels != nil {
		ruled.Domains = nil
		for _, d := range o.Labels {
			ruled.Domains = append(ruled.Domains, study.PlanDomain{DomainSize: study.DomainSize{Name: d.Name}, Labels: d.Labels})
		}
	}
	if ruled.Policy.Empty() {
		return nil
	}
	var err error
	o.Policy, err = ruled.CheckerOf(r.DomainNames())
	return err
}

// apply puts the options into the problem.
func (o Options) apply(p *Problem, s Selection) error {
	p.Value = make([]float64, len(p.Domains))
	for i := range p.Value {
		p.Value[i] = 1
	}
	if o.MaxGroups != nil {
		p.MaxGroups = *o.MaxGroups
	}
	if o.MinGain != nil {
		p.MinGain = *o.MinGain
	}
	p.Tolerance, p.Policy = o.Tolerance, o.Policy
	if o.Constraints != nil {
		var err error
		if p.Rules, err = o.Constraints.Rules(p.Indices, o.needsOf(p, s)); err != nil {
			return err
		}
	}
	for name, value := range o.Values {
		i := slices.Index(p.Domains, name)
		if i < 0 {
			return &UnknownDomainError{name, p.Domains}
		}
		p.Value[i] = value
	}
	return nil
}
