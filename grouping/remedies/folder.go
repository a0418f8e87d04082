package remedies

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/contest"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/grouping"
)

// ErrUnsuitable marks studies and options of which no remedies can be tried.
var ErrUnsuitable = errors.New("remedies cannot be tried")

// ProposeFolder proposes remedies for a study's output folder, and writes
// remedies.json. It fails with fs.ErrNotExist where the folder has no results.
func ProposeFolder(folder layout.Folder, o Options) (*File, error) {
	f, origin, err := proposed(folder, o, nil)
	if err != nil {
		return nil, err
	}
	return f, f.write(folder, origin, o.settings(false))
}

// proposed reads a folder and proposes. The study is read from its file where it is nil.
func proposed(folder layout.Folder, o Options, s *study.Study) (*File, *layout.Origin, error) {
	origin, err := folder.Origin(folder.Results(), folder.Groups(), folder.Weightings())
	if err != nil {
		return nil, nil, err
	}
	r, err := analysis.ReadResults(folder.Results())
	if err != nil {
		return nil, nil, err
	}
	k := Known{Study: s}
	if k.Groups, err = grouping.ReadFile(folder.Groups()); errors.Is(err, fs.ErrNotExist) {
		k.Groups = nil
	} else if err != nil {
		return nil, nil, err
	}
	if k.Contest, err = contest.Read(folder); errors.Is(err, fs.ErrNotExist) {
		k.Contest = nil
	} else if err != nil {
		return nil, nil, err
	}
	if k.Plan, err = folder.ReadPlan(); errors.Is(err, layout.ErrNoPlan) {
		k.Plan = nil // results from elsewhere
	} else if err != nil {
		return nil, nil, err
	}
	if s == nil && k.Plan != nil && k.Plan.File != "" {
		if k.Study, err = dataset.ParseStudy(k.Plan.File); filelimit.SystemFault(err) != "" {
			return nil, nil, err
		} else if err != nil {
			k.Study = nil // what it says of inputs is not known then
		}
	}
	if k.Plan != nil {
		k.Weights = func(at grouping.Selection, arm string) (map[string]float64, error) {
			return given(folder, k.Plan, at, arm)
		}
	}
	f, err := Propose(r, o.Selection, k)
	if err != nil {
		return nil, nil, err
	}
	return f, origin, f.keep(o.Arm)
}

// keep leaves the remedies of one pool, where one is named.
func (f *File) keep(arm string) error {
	if arm == "" {
		return nil
	}
	if arms := f.arms(); !slices.Contains(arms, arm) {
		if len(arms) == 0 {
			return fmt.Errorf("%w: no pool surely harms a domain, and so not %s", ErrUnsuitable, arm)
		}
		return fmt.Errorf("%w: %s surely harms no domain (those that do: %s)", ErrUnsuitable, arm, strings.Join(arms, ", "))
	}
	f.Remedies = slices.DeleteFunc(f.Remedies, func(r Remedy) bool { return r.Arm != arm })
	return nil
}
