package grouping

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/layout"
)

// FolderOptions override what the study of a folder says about its grouping.
type FolderOptions struct {
	// Selection picks capacity and weighting; blanks stand for the largest and
	// the first with gains.
	Selection Selection
	// MaxGroups and MinGain are those of the study where nil.
	MaxGroups *int
	MinGain   *float64
	// Values are worths of one unit of a domain's gain, instead of the study's.
	Values map[string]float64
	Draws  int    // of Resample; 0: default
	Seed   uint64 // of the draws
}

// UnknownDomainError names a domain that the results do not have.
type UnknownDomainError struct {
	Name  string
	Known []string
}

func (e *UnknownDomainError) Error() string {
	return fmt.Sprintf("grouping: there is no domain %q", e.Name)
}

// RecommendFolder chooses groups from the results in a study's output folder,
// and writes groups.json and its table there. The study's settings come from
// the folder's plan; results from elsewhere may come without one. It fails with
// ErrNoGains where there is nothing to choose from.
func RecommendFolder(folder layout.Folder, o FolderOptions) (*Recommendation, error) {
	results, err := analysis.ReadResults(folder.Results())
	if err != nil {
		return nil, err
	}
	problem, selection, warnings, err := FromResults(results, o.Selection)
	if err != nil {
		return nil, err
	}
	if err := o.apply(problem, folder); err != nil {
		return nil, err
	}
	groups, err := Recommend(problem, Context{
		Study: results.Study, Selection: selection, Doubts: results.Doubts, Warnings: warnings, Draws: o.Draws, Seed: o.Seed,
	})
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(folder.Tables(), 0o755); err != nil {
		return nil, err
	}
	if err := groups.WriteTable(folder.Tables()); err != nil {
		return nil, err
	}
	return groups, groups.WriteFile(folder.Groups())
}

// apply puts the study's settings, then the options, into the problem.
func (o FolderOptions) apply(p *Problem, folder layout.Folder) error {
	p.Value = make([]float64, len(p.Domains))
	for i := range p.Value {
		p.Value[i] = 1
	}
	plan, err := folder.ReadPlan()
	switch {
	case errors.Is(err, layout.ErrNoPlan):
	case err != nil:
		return err
	default:
		p.MaxGroups, p.MinGain = plan.Grouping.MaxGroups, plan.Grouping.MinGain
		for i, name := range p.Domains {
			if d := plan.Domain(name); d != nil {
				p.Value[i] = d.Value
			}
		}
	}
	if o.MaxGroups != nil {
		p.MaxGroups = *o.MaxGroups
	}
	if o.MinGain != nil {
		p.MinGain = *o.MinGain
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
