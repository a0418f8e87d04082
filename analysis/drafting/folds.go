package drafting

import (
	"context"
	"fmt"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/study"
)

// Where a domain has fewer test samples than fewTests, they are most of what a gain
// is uncertain by: with 20 % errors, and 6 % of the answers changed by sharing, 300
// of them leave a gain uncertain by ±14 %, however many seeds there are, and five
// times as many by ±6 %. Five folds test five times as many by as many trainings.
const (
	fewTests = 300
	folds    = 5
)

// SuitFolds divides the data of a draft into folds where domains have few test
// samples and none has test data of its own, if every fold can be opened. domains
// are as Settle returns them.
func SuitFolds(ctx context.Context, d *study.Draft, dir string, domains []*dataset.Domain, how ...dataset.Option) error {
	least := domains[0]
	for _, dom := range domains {
		if dom.Test.Len() < least.Test.Len() {
			least = dom
		}
	}
	if least.Test.Len() >= fewTests {
		return nil
	}
	s, err := d.Complete(dir)
	if err != nil {
		return err
	}
	for _, dom := range s.Domains {
		if dom.Test != nil || dom.Columns != nil && dom.Columns.Split != "" || dom.Split.By == study.ByTime && dom.Format != study.SeriesFormat {
			return nil
		}
	}
	split := d.Defaults.Split
	d.Defaults.Split.Folds = folds
	s, err = d.Complete(dir)
	if err == nil {
		_, err = dataset.OpenFolds(ctx, s, how...)
	}
	if err != nil {
		d.Defaults.Split = split
		return ctx.Err() // too few of a class or group for folds: one split has to do
	}
	d.Found = append(d.Found, fmt.Sprintf("all: every seed is tested on another fifth of the samples (split.folds), since a fifth of %s is %d samples: as many trainings then test five times as many; 'folds: 0' there tests one fifth with all seeds, as 'run --until settled' needs it", least.Name, least.Test.Len()))
	return nil
}
