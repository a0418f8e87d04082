package main

import (
	"context"
	"fmt"

	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/reports"
)

// conclude takes a trained study through analyze, group and report, and prints
// the verdict.
func (a *app) conclude(ctx context.Context, folder train.Folder) error {
	results, err := a.analyze(ctx, folder, "")
	if err != nil {
		return err
	}
	if len(results.Gains) > 0 {
		if _, _, err := groupDomains(folder, groupOptions{seed: 1}); err != nil {
			return err
		}
	}
	in, err := writeReport(folder, folder.Report())
	if err != nil {
		return err
	}
	if a.json {
		return a.writeJSON(reports.Summarize(in))
	}
	for _, line := range reports.Verdict(in) {
		fmt.Fprintln(a.stdout, line)
	}
	a.say("Report: %s", folder.Report())
	return nil
}
