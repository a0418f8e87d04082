package dataset

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/sharewise/sharewise/analysis/study"
)

// OpenPlanned reads the data that a plan's runs were trained on, from the study
// file that it names, once for every fold of the study. It refuses a study that has come to read other data, or
// to divide them otherwise, since then: models would be shown or tested on
// samples that they were trained on.
//
// Bad samples are left out, whatever the study says: what was left out when the
// runs were planned is in the hashes, and where none was, none may be now.
func OpenPlanned(ctx context.Context, plan *study.Plan, how ...Option) (*study.Study, [][]*Domain, error) {
	s, folds, err := openNamed(ctx, plan, how)
	if err != nil {
		return nil, nil, err
	}
	if err := Planned(plan, folds); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", plan.File, err)
	}
	return s, folds, nil
}

// Planned makes sure that domains, once for every fold, are what a plan's runs were
// trained on.
func Planned(plan *study.Plan, folds [][]*Domain) error {
	open := map[string]bool{}
	for f, domains := range folds {
		for _, d := range domains {
			open[d.Name] = true
			planned := plan.Domain(d.Name)
			switch {
			case planned == nil:
				return fmt.Errorf("domain %s was not there when the runs were planned; train the study again", d.Name)
			case len(folds) != max(1, len(planned.Folds)) || planned.At(f+1).SHA256 != d.SHA256:
				return fmt.Errorf("the data of domain %s, or how they are divided and prepared, have changed since the runs; undo that, or train the study again", d.Name)
			}
		}
	}
	for i := range plan.Runs {
		if r := &plan.Runs[i]; r.Fold > len(folds) {
			return fmt.Errorf("run %s is of fold %d, and the data have %d; train the study again", r.ID, r.Fold, len(folds))
		}
	}
	for _, d := range plan.Domains {
		if !open[d.Name] {
			return fmt.Errorf("domain %s is gone since the runs were planned; train the study again", d.Name)
		}
	}
	return nil
}

// ParsePlanned is [ParseStudy] of a file that a plan names. Where it is not there, the error
// says how a plan learns that it has moved.
func ParsePlanned(file string) (*study.Study, error) {
	_, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) && !study.IsURL(file) {
		return nil, fmt.Errorf("%w; by plan.json the study file is there: where it has moved, 'sharewise run' of the file as it lies now, with -o this folder, says so to the plan and keeps all runs", err)
	}
	return ParseStudy(file)
}

// openNamed reads the data of the study that a plan names, whatever they are now.
func openNamed(ctx context.Context, plan *study.Plan, how []Option) (*study.Study, [][]*Domain, error) {
	if plan.File == "" {
		return nil, nil, fmt.Errorf("the plan names no study file: a program made the study, and has the data")
	}
	s, err := ParsePlanned(plan.File)
	if err != nil {
		return nil, nil, err
	}
	for i := range s.Domains {
		s.Domains[i].SkipBad = true
	}
	folds, err := OpenFolds(ctx, s, how...)
	return s, folds, err
}

// Identities reads the data of the study that a plan names, and returns what they are
// now: their SHA256 by domain, for each fold. It does not compare them with the plan.
func Identities(ctx context.Context, plan *study.Plan) (map[string][]string, error) {
	_, folds, err := openNamed(ctx, plan, nil)
	if err != nil {
		return nil, err
	}
	out := map[string][]string{}
	for _, domains := range folds {
		for _, d := range domains {
			out[d.Name] = append(out[d.Name], d.SHA256)
		}
	}
	return out, nil
}
