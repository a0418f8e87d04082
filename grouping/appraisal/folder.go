package appraisal

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/versioned"
	"github.com/sharewise/sharewise/grouping"
)

// Options say how a study is appraised.
type Options struct {
	// Prices stand in for those of the study; nil: the study's, as its file has them
	// now, or as they were when it was trained where there is no file any more.
	Prices *study.Economics
	// Draws is the number of draws of what is not known, Seed decides them; 0
	// stands for 4000 draws, and for seed 1.
	Draws int
	Seed  uint64
	// Fewer are output folders of the same study, trained on fewer samples and
	// analysed: with them it has learning curves.
	Fewer []layout.Folder
}

// Folder appraises a study's output folder and writes economics.json and its table.
// It fails with fs.ErrNotExist where there are no results, with ErrNoPrices where
// there are no prices, and with grouping.ErrNoGains where there is nothing to
// choose from.
func Folder(folder layout.Folder, o Options) (*Appraisal, error) {
	origin, err := folder.Origin(folder.Results(), folder.Groups(), folder.Plan())
	if err != nil {
		return nil, err
	}
	a, err := appraise(folder, o)
	if err != nil {
		return nil, err
	}
	return a, origin.Derive(func(d *layout.Derivation) error {
		if err := os.MkdirAll(folder.Tables(), 0o777); err != nil {
			return err
		}
		if err := a.WriteTable(folder.Tables()); err != nil {
			return err
		}
		if err := layout.WriteJSON(folder.Economics(), a); err != nil {
			return err
		}
		return d.Record(origin, o, folder.Economics(), filepath.Join(folder.Tables(), TableFile))
	})
}

func appraise(folder layout.Folder, o Options) (*Appraisal, error) {
	plan, err := folder.ReadPlan()
	elsewhere := errors.Is(err, layout.ErrNoPlan)
	if err != nil && !elsewhere {
		return nil, err
	}
	results, err := analysis.ReadResults(folder.Results())
	if err != nil {
		return nil, err
	}
	if elsewhere { // no trainings to measure
		plan = &study.Plan{Rungs: results.Rungs}
		for _, d := range results.Domains {
			plan.Domains = append(plan.Domains, study.PlanDomain{DomainSize: study.DomainSize{Name: d.Name}})
		}
	}
	if err := versioned.Asked("draws", o.Draws); err != nil {
		return nil, fmt.Errorf("appraisal: %w", err)
	}
	prices, err := pricesOf(plan, o.Prices)
	if err != nil {
		return nil, err
	}
	if prices == nil {
		return nil, fmt.Errorf("appraisal: %w: the study has no key economics, and no file with prices was given", ErrNoPrices)
	}
	if prices.Value.Each == 0 && len(prices.Value.Domains) == 0 && len(prices.Errors) == 0 {
		return nil, fmt.Errorf("appraisal: %w of errors: neither economics.value nor economics.errors says what less error is worth", ErrNoPrices)
	}
	domains := make([]string, len(plan.Domains))
	for i, d := range plan.Domains {
		domains[i] = d.Name
	}
	if err := prices.CheckDomains(domains); err != nil {
		return nil, err
	}
	b := &builder{folder: folder, plan: plan, elsewhere: elsewhere, prices: prices, results: results, draws: cmp.Or(o.Draws, 4000), seed: cmp.Or(o.Seed, 1)}
	if results.Capacity != nil {
		b.parameters = results.Capacity.Parameters
	}
	if b.groups, err = grouping.ReadFile(folder.Groups()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := b.measure(); err != nil {
		return nil, err
	}
	if err := b.open(o.Fewer); err != nil {
		return nil, err
	}
	a, err := b.build()
	if err != nil {
		return nil, err
	}
	return a, a.counts()
}

// counts fails where amounts are larger than numbers can be.
func (a *Appraisal) counts() error {
	for i := range a.Options {
		o := &a.Options[i]
		for _, x := range []float64{o.Benefit.Value, o.Present.Value, o.Present.Lo, o.Present.Hi, o.Gain.Value, o.Gain.Lo, o.Gain.Hi} {
			if math.IsInf(x, 0) || math.Abs(x) > mostMoney {
				return fmt.Errorf("appraisal: %s would be worth more than %g %s: a price or value is too large, or in another unit than the others", o.Name, mostMoney, a.Prices.Currency)
			}
		}
	}
	return nil
}

// mostMoney is more than anything costs, and small enough to count with.
const mostMoney = 1e100

// pricesOf are those that were given, or those that the study file has now, so that
// prices can be changed without training, or else those of the plan.
func pricesOf(plan *study.Plan, given *study.Economics) (*study.Economics, error) {
	if given != nil || plan.File == "" {
		return cmp.Or(given, plan.Economics), nil
	}
	now, err := study.ParseEconomics(plan.File)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, study.ErrNoEconomics):
		return plan.Economics, nil
	case err != nil:
		return nil, fmt.Errorf("appraisal: %w", err)
	}
	return now, nil
}

// measure makes results in which errors with a price count what they cost, and
// says how own errors differ between rungs.
func (b *builder) measure() error {
	if len(b.prices.Errors) == 0 && (b.elsewhere || len(b.plan.Rungs) == 1) {
		return b.choose()
	}
	s, err := analysis.OpenFolder(b.folder)
	if err != nil {
		return err
	}
	s.Baselines, s.Curves, s.GainsOnly = nil, nil, true
	if len(b.prices.Errors) > 0 {
		s.Domains = slices.Clone(s.Domains)
		if s, b.priced, b.warnings, err = priced(s, b.folder, b.plan, b.prices); err != nil {
			return err
		}
		if b.results, err = analysis.Analyze(s); err != nil {
			return err
		}
	}
	if err := b.choose(); err != nil {
		return err
	}
	b.levels, err = newLevels(s, b.at.Rung, b.draws, b.seed)
	return err
}

// choose finds the rung and weighting of the recommendation, or of what there is.
func (b *builder) choose() error {
	if b.groups != nil {
		b.at = grouping.Selection{Rung: b.groups.Rung, Weighting: b.groups.Weighting}
	}
	_, at, _, err := grouping.FromResults(b.results, b.at)
	b.at = at
	return err
}
