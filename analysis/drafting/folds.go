package drafting

import (
	"context"
	"fmt"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/study"
)

// Where a domain has fewer test samples than fewTests, they are most of what a gain
// is uncertain by: with 20 % errors, and 6 % of the answers changed by sharing, 300
// of them leave a gain uncertain by ±14 %, however many seeds there are, and five
// times as many by ±6 %. Five folds test five times as many by as many trainings.
const (
	fewTests = 300
	folds    = 5
	// Where groups or classes are too few for five folds, fewer do.
	fewestFolds = 2
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
	split, seeds := d.Defaults.Split, d.Study.Seeds
	for n := folds; n >= fewestFolds; n-- {
		// As many seeds as folds, or twice as many where folds are few.
		if d.Defaults.Split.Folds = n; n < folds {
			if d.Study.Seeds = n; n < 4 {
				d.Study.Seeds = 2 * n
			}
		}
		s, err = d.Complete(dir)
		var tested [][]*dataset.Domain
		if err == nil {
			tested, err = dataset.OpenFolds(ctx, s, how...)
		}
		if err == nil && compared(tested) {
			d.Found = append(d.Found, foundFolds(n, d.Study.Seeds, least))
			return nil
		}
		if filelimit.SystemFault(err) != "" {
			return err
		}
		if ctx.Err() != nil {
			break
		}
	}
	d.Defaults.Split, d.Study.Seeds = split, seeds
	return ctx.Err() // too few of a class or group for folds: one split has to do
}

// compared reports whether every fold has test samples of two groups or more in every
// domain: limits are made of how groups of one fold differ.
func compared(tested [][]*dataset.Domain) bool {
	for _, domains := range tested {
		for _, dom := range domains {
			groups, alone := map[string]bool{}, 0
			for i := range dom.Test.Len() {
				if g := dom.Test.Group(i); g != "" {
					groups[g] = true
				} else {
					alone++
				}
			}
			if len(groups)+alone < 2 {
				return false
			}
		}
	}
	return true
}

// foundFolds says to people what data are divided into, and why.
func foundFolds(n, seeds int, least *dataset.Domain) string {
	text := fmt.Sprintf("all: every seed is tested on another fifth of the samples (split.folds), since a fifth of %s is %d samples: as many trainings then test five times as many", least.Name, least.Test.Len())
	if n < folds {
		text = fmt.Sprintf("all: seeds are tested on %d parts of the samples in turns (split.folds), since one part of %s is %d samples, and groups or classes are too few for %d; %d seeds test all of them equally often", n, least.Name, least.Test.Len(), folds, seeds)
	}
	return text + "; 'folds: 0' there tests one fifth with all seeds, as 'run --until settled' needs it"
}
