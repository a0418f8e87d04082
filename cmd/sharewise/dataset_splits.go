package main

import (
	"context"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/dataset"
)

const datasetSplitsLong = `Splits lists every sample of a study's domains with the split that it is in, as
comma-separated values: domain, split (train, validation or test), number of the
sample in its source, which is 'sample' in loss tables, and where it comes from.

With split.folds there is a column for the fold, from 1, and every sample stands
once in each: as one for testing in one of them.

It is the record of what trained and what tested, and lets other tools train on
the same samples. Samples left out by limits, or because they are bad, are not
listed.`

func newDatasetSplitsCommand(a *app) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "splits STUDY",
		Short: "List which sample is in which split",
		Long:  datasetSplitsLong,
		Example: `  sharewise dataset splits study.yaml > splits.csv
  sharewise dataset splits study.yaml -o splits.csv`,
		Args: exactArgs("STUDY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.datasetSplits(cmd.Context(), args[0], out)
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "write to `FILE` instead of standard output")
	return cmd
}

func (a *app) datasetSplits(ctx context.Context, file, out string) error {
	s, err := dataset.ParseStudy(file)
	if err != nil {
		return inputError(err)
	}
	if err := a.spare([]output{{flag: "-o", path: out}}, readsOfStudy(s)...); err != nil {
		return err
	}
	folds, err := dataset.OpenFolds(ctx, s)
	if err != nil {
		return inputError(err)
	}
	switch {
	case a.json:
		return a.writeJSON(slices.AppendSeq([]dataset.Listed{}, dataset.List(folds)))
	case out == "":
		return dataset.WriteList(a.stdout, folds)
	}
	return atomicfile.Output(out, func(w io.Writer) error { return dataset.WriteList(w, folds) })
}
