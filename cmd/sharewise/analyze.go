package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
)

const analyzeLong = `Measure what sharing did, from the finished runs in OUT: scores, transfer and
interference of every shared arm against the independent runs, gains, placebo.

A domain is measured by answers that are right or wrong, class by class, by how
two classes are ranked, or by losses, as its task.measure in the study says;
--measure overrides that for all domains that can be measured so.

It writes OUT/results.json, OUT/tables/*.parquet and, where the study's data are
still at hand, the pictures or features of the samples that changed most. It
needs no ONNX Runtime, and can be run while 'run' is still training: it takes
the runs that have ended.

Example:
  sharewise analyze out`

func newAnalyzeCommand(a *app) *cobra.Command {
	measure := measureFlag{}
	cmd := &cobra.Command{
		Use:     "analyze OUT",
		Short:   "Measure transfer and interference of a study",
		Long:    analyzeLong,
		GroupID: "study",
		Args:    exactArgs("OUT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			folder := layout.Folder(args[0])
			measured, err := measure.parse()
			if err != nil {
				return err
			}
			results, err := a.analyze(cmd.Context(), folder, measured)
			if err != nil {
				return err
			}
			if a.json {
				return a.writeJSON(results)
			}
			printResults(a.stdout, results)
			a.say("\nWritten: %s and %s\nNext: sharewise group %s", folder.Results(), folder.Tables(), args[0])
			return nil
		},
	}
	measure.add(cmd, study.ByError, "as the study says")
	return cmd
}

// analyze measures the finished runs of a folder and writes the results.
// measure overrides what the study says, unless it is empty.
func (a *app) analyze(ctx context.Context, folder layout.Folder, measure string) (*analysis.Results, error) {
	plan, err := readPlan(folder)
	if err != nil {
		return nil, err
	}
	input, err := analysisOf(plan, folder)
	if err != nil {
		return nil, inputError(err)
	}
	input.Options.Measure = measure
	results, err := analysis.Analyze(input)
	if err != nil {
		return nil, inputError(err)
	}
	if err := os.MkdirAll(folder.Tables(), 0o755); err != nil {
		return nil, err
	}
	if err := results.WriteTables(folder.Tables()); err != nil {
		return nil, err
	}
	if err := a.writeExemplars(ctx, plan, folder, results); err != nil {
		return nil, err
	}
	return results, layout.WriteJSON(folder.Results(), results)
}

// readPlan reads the plan that 'run' left in a folder.
func readPlan(folder layout.Folder) (*study.Plan, error) {
	data, err := os.ReadFile(folder.Plan())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, inputError(fmt.Errorf("%s does not exist; run 'sharewise run STUDY -o %s' first", folder.Plan(), string(folder)))
	}
	if err != nil {
		return nil, inputError(err)
	}
	plan, err := study.ReadPlan(data)
	if err != nil {
		return nil, inputError(fmt.Errorf("%s: %w", folder.Plan(), err))
	}
	return plan, nil
}

// analysisOf gathers what the analysis of a plan's finished runs starts from.
func analysisOf(plan *study.Plan, folder layout.Folder) (analysis.Study, error) {
	s := analysis.Study{
		Name: plan.Study, Title: plan.Title, Rungs: plan.Rungs, Weightings: plan.Weightings,
		Options: analysis.Options{Level: plan.Analysis.Level, Alpha: plan.Analysis.Alpha, Exemplars: plan.Analysis.Exemplars, LossCap: plan.Analysis.LossCap},
		Open: func(r analysis.Run) iter.Seq2[*losses.Table, error] {
			return losses.Batches(folder.Run(r.ID).Losses())
		},
	}
	for _, d := range plan.Domains {
		s.Domains = append(s.Domains, domainInfo(d))
	}
	s.Doubts = leaked(plan.Exposures)
	for _, e := range plan.Exposures {
		s.Warnings = append(s.Warnings, e.String())
	}
	var conflict analysis.ConflictMeter
	for _, planned := range plan.Runs {
		run := analysis.Run{
			ID: planned.ID, Arm: planned.Arm, Domains: planned.Domains,
			Rung: planned.Rung.Name, Weighting: planned.Weighting.Name,
			Seed: int64(planned.Seed), Status: analysis.Missing,
		}
		done, err := folder.Run(planned.ID).ReadDone(planned.Hash)
		if err != nil {
			return s, err
		}
		if done != nil {
			if err := folder.Run(planned.ID).Verify(done); err != nil {
				return s, err
			}
			run.Status = analysis.Status(done.Status)
		}
		if run.Status == analysis.Finished {
			rows, err := layout.ReadHistory(folder.Run(planned.ID).History())
			if err != nil {
				return s, err
			}
			addConflict(&conflict, rows, run)
			s.Curves = append(s.Curves, curvesOf(plan, rows, run, done)...)
		}
		s.Runs = append(s.Runs, run)
	}
	s.Conflict = conflict.Conflicts(plan.Analysis.Level)
	var err error
	s.Baselines, err = baselinesOf(plan, folder)
	return s, err
}

// domainInfo is what the analysis is told of a planned domain.
func domainInfo(d study.PlanDomain) analysis.DomainInfo {
	return analysis.DomainInfo{
		Name: d.Name, Task: d.Task, Outputs: d.Outputs, Names: d.Names,
		Train: d.Train, Val: d.Val, Test: d.Test, Dropped: d.Dropped, Notes: d.Notes, Measure: measureOf(d.Measure), ClassWeights: d.ClassWeights,
	}
}

// addConflict takes in the gradient cosines of a run, where it measured any.
func addConflict(m *analysis.ConflictMeter, rows []layout.HistoryRow, run analysis.Run) {
	for _, r := range rows {
		if r.Split == layout.GradientSplit {
			m.Add(run, r.Domain, r.Other, r.Cosine)
		}
	}
}

// curvesOf are the validation curves of a run, by domain.
func curvesOf(plan *study.Plan, rows []layout.HistoryRow, run analysis.Run, done *layout.Done) []analysis.Curve {
	var out []analysis.Curve
	for _, name := range run.Domains {
		c := analysis.Curve{Run: run, Domain: name, Tested: done.Epoch, Steps: done.Steps}
		for _, d := range plan.Domains {
			if d.Name == name {
				c.Samples = d.Val
			}
		}
		for _, r := range rows {
			if r.Split == layout.ValSplit && r.Domain == name {
				c.Loss, c.Accuracy = append(c.Loss, r.Loss), append(c.Accuracy, r.Accuracy)
			}
		}
		if len(c.Loss) > 0 {
			out = append(out, c)
		}
	}
	return out
}
