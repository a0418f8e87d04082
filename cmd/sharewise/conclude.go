package main

import (
	"context"
	"fmt"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/appraisal"
	"github.com/sharewise/sharewise/grouping/economics"
	"github.com/sharewise/sharewise/grouping/gaintable"
	"github.com/sharewise/sharewise/grouping/solve"
	"github.com/sharewise/sharewise/reports"
	"github.com/sharewise/sharewise/reports/language"
)

// appraiseIfPriced says what groups are worth where the study has prices, and
// removes what was said of earlier ones.
func appraiseIfPriced(folder layout.Folder) error {
	if err := atomicfile.Remove(folder.Economics()); err != nil {
		return err
	}
	if err := folder.Disown(folder.Economics()); err != nil {
		return err
	}
	_, err := appraisal.Folder(folder, appraisal.Options{})
	if isOneOf(err, appraisal.ErrNoPrices, grouping.ErrNoGains, economics.ErrNoValue) {
		return nil
	}
	return inputError(err)
}

// conclude takes a study that was trained on these domains, once for every fold, through analyze, group
// and report, and prints the verdict.
func (a *app) conclude(ctx context.Context, folder layout.Folder, tested [][]*dataset.Domain) error {
	if err := a.refetch(ctx); err != nil {
		return err
	}
	results, err := a.analyze(ctx, folder, "", tested)
	if err != nil {
		return err
	}
	// Without gains of pools, what was measured is worth a report all the same,
	// which must not show groups of earlier runs.
	err = withdrawGroups(folder)
	o := grouping.Options{Seed: 1}
	var plan *gaintable.Plan
	if err == nil && len(results.Gains) > 0 {
		if _, err = groupDomains(folder, o); err == nil {
			if plan, err = gaintable.PlanFolder(folder, o); err != nil {
				return groupError(folder, err)
			}
		}
	}
	if isOneOf(err, grouping.ErrNoGains, grouping.ErrNoPartition, solve.ErrContradiction) {
		fmt.Fprintf(a.stderr, "sharewise: no groups were chosen: %v\n", err)
		err = nil
	}
	if err != nil {
		return err
	}
	if err := appraiseIfPriced(folder); err != nil {
		return err
	}
	in, err := writeReport(folder, folder.Report(), language.English)
	if err != nil {
		return err
	}
	if a.json {
		return a.writeJSON(reports.Summarize(in))
	}
	printVerdict(a.stdout, in)
	if plan != nil {
		fmt.Fprintf(a.stdout, "\nPools by what the study plans for (%s):\n", folder.Pools())
		if err := printPlannedPools(a.stdout, plan); err != nil {
			return err
		}
	}
	a.say("Report: %s", folder.Report())
	return nil
}
