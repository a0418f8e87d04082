package appraisal

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/analysis/versioned"
)

// Validate returns an error where parts of an appraisal do not belong together: numbers of
// options that there are none of, groups of unknown domains.
func (a *Appraisal) Validate() error {
	n := len(a.Options)
	if err := cmp.Or(versioned.Counts("draws", a.Draws, a.Prices.Horizon), versioned.Index("best", a.Best, n), versioned.Index("subject", a.Subject, n)); err != nil {
		return err
	}
	domains := slices.Concat(a.Options[0].Groups...)
	for i := range a.Options {
		o, where := &a.Options[i], fmt.Sprintf("options[%d]", i)
		if err := versioned.Partition(where, domains, o.Groups); err != nil {
			return err
		}
		if err := versioned.Shares(where, o.Pays, o.Worth.Best); err != nil {
			return err
		}
	}
	for i, b := range a.Tornado {
		where := fmt.Sprintf("tornado[%d]", i)
		if err := cmp.Or(versioned.Index(where, b.BestAtLow, n), versioned.Index(where, b.BestAtHigh, n)); err != nil {
			return err
		}
	}
	for i, d := range a.Domains {
		if err := versioned.Among(fmt.Sprintf("domains[%d]", i), domains, d.Name); err != nil {
			return err
		}
	}
	for i, p := range a.Samples {
		if err := versioned.Among(fmt.Sprintf("samples[%d]", i), domains, p.Domain); err != nil {
			return err
		}
	}
	return nil
}
