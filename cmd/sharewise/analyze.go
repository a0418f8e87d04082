package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/custody"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/exemplars"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/measures"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
)

const analyzeLong = `Measure what sharing did, from the finished runs in OUT: scores, transfer and
interference of every shared arm against the independent runs, gains, placebo.

A domain is measured by what its task.measure in the study says, or else by what
suits its task; --measure overrides that for all domains that can be measured so.

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
		Args:    outputArg(),
		RunE: func(cmd *cobra.Command, args []string) error {
			folder := layout.Folder(args[0])
			measured, err := measure.parse()
			if err != nil {
				return err
			}
			a.warnOfEdit(folder)
			results, err := a.analyze(cmd.Context(), folder, measured, nil)
			if err != nil {
				return err
			}
			if a.json {
				return a.writeJSON(results)
			}
			printResults(a.stdout, results)
			a.say("\nWritten: %s and %s\nNext: sharewise group %s", folder.Results(), folder.Tables(), a.outName(args[0]))
			return nil
		},
	}
	measure.add(cmd, measures.Of(measures.Correct).Setting, "as the study says")
	return cmd
}

// analyze measures the finished runs of a folder and writes the results.
// measure overrides what the study says, unless it is empty. tested are the
// data, once for every fold, where they were read before.
func (a *app) analyze(ctx context.Context, folder layout.Folder, measure string, tested [][]*dataset.Domain) (*analysis.Results, error) {
	defer collectSooner()()
	plan, err := readPlan(folder)
	if err != nil {
		return nil, err
	}
	results, err := analysis.AnalyzeFolder(folder, measure)
	if err != nil {
		return nil, inputError(err)
	}
	shown, err := exemplars.Write(ctx, folder, plan, results, tested)
	if err != nil {
		return nil, err
	}
	if shown.Unseen != nil {
		fmt.Fprintf(a.stderr, "sharewise: the report will show numbers of samples and no pictures: %v\n", shown.Unseen)
	}
	return results, nil
}

// readPlan reads the plan that 'run' left in a folder, and fails where it has changed since:
// what follows from it would be of another study than the runs.
func readPlan(folder layout.Folder) (*study.Plan, error) {
	plan, err := folder.ReadPlan()
	if err != nil {
		return nil, planError(folder, err)
	}
	r, err := custody.Examine(folder)
	if err != nil {
		return nil, inputError(err)
	}
	if why := r.Of(folder, folder.Plan()); why != nil && why.State == custody.Damaged {
		return nil, makeAgain(why, "run", folder)
	}
	return plan, nil
}

// ownModels makes sure that sharewise trained the runs of a folder and can execute
// their models.
func ownModels(folder layout.Folder) error {
	plan, err := readPlan(folder)
	if err == nil && plan.Trainer != "" {
		err = inputError(fmt.Errorf("%s: %w (%s)", folder, project.ErrOwnTrainer, plan.Trainer))
	}
	return err
}

// planError says what is to be done where a folder has no plan.
func planError(folder layout.Folder, err error) error {
	if errors.Is(err, layout.ErrNoPlan) {
		err = fmt.Errorf("%s does not exist; run 'sharewise run STUDY -o %s' first", folder.Plan(), string(folder))
	}
	return inputError(err)
}
