package project

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/drafting"
	"github.com/sharewise/sharewise/analysis/study"
)

// DraftOptions say how a study is drafted.
type DraftOptions struct {
	Name      string // of the study; empty: that of the folder
	DomainsBy string // see drafting.Config
	Encoding  string // see drafting.Config
	Memory    int64  // see Options
	// Folds divides the data into folds where domains have few test samples, see
	// drafting.SuitFolds.
	Folds bool
	// Trainer is the command of a program that trains in place of sharewise; nil for none.
	Trainer []string
}

// DraftError says that no study can be made of the data as they are.
type DraftError struct {
	Data string // folder or file
	Err  error  // of reading the data, or of planning
}

func (e *DraftError) Error() string {
	return fmt.Sprintf("no study can be made of %s as it is: %v", e.Data, e.Err)
}

// Unwrap returns what stands in the way.
func (e *DraftError) Unwrap() error { return e.Err }

// Draft looks through a folder of data, or one file, drafts a study of it for a
// study file in the folder base, and makes sure that [Open] can plan it;
// study.Draft.Encode writes the file. Errors are those of package drafting, or a
// *DraftError.
func Draft(ctx context.Context, data, base string, o DraftOptions) (*study.Draft, error) {
	if o.Name == "" {
		o.Name = drafting.Name(data)
	}
	d, err := drafting.Scan(data, drafting.Config{Name: o.Name, Base: base, Least: 2, DomainsBy: o.DomainsBy, Encoding: o.Encoding})
	if err != nil {
		return nil, err
	}
	if len(o.Trainer) > 0 {
		d.Study.Trainer = study.NewTrainer(o.Trainer)
	}
	dir, err := filepath.Abs(base)
	if err != nil {
		return nil, err
	}
	s, domains, err := drafting.Settle(ctx, d, dir, dataset.Memory(o.Memory))
	if err == nil {
		_, err = Open(ctx, s, Options{Domains: domains})
	}
	if err == nil && o.Folds {
		err = drafting.SuitFolds(ctx, d, dir, domains, dataset.Memory(o.Memory))
	}
	if err != nil {
		return nil, &DraftError{data, err}
	}
	return d, nil
}
