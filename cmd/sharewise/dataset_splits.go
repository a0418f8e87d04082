package main

import (
	"context"
	"encoding/csv"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/study"
)

const datasetSplitsLong = `Splits lists every sample of a study's domains with the split that it is in, as
comma-separated values: domain, split (train, validation or test), number of the
sample in its source, which is 'sample' in loss tables, and where it comes from.

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

// splitRow is one line of the listing.
type splitRow struct {
	Domain string `json:"domain"`
	Split  string `json:"split"`
	Sample int64  `json:"sample"`
	Member string `json:"member,omitempty"`
}

func (a *app) datasetSplits(ctx context.Context, file, out string) error {
	s, err := study.Parse(file)
	if err != nil {
		return inputError(err)
	}
	domains, err := dataset.OpenAll(ctx, s)
	if err != nil {
		return inputError(err)
	}
	rows := []splitRow{}
	for _, d := range domains {
		rows = append(rows, splitRows(d)...)
	}
	switch {
	case a.json:
		return a.writeJSON(rows)
	case out == "":
		return writeSplits(a.stdout, rows)
	}
	return atomicfile.Write(out, func(w io.Writer) error { return writeSplits(w, rows) })
}

func splitRows(d *dataset.Domain) []splitRow {
	var rows []splitRow
	for _, s := range []struct {
		name  string
		split *dataset.Split
	}{{"train", d.Train}, {"validation", d.Val}, {"test", d.Test}} {
		for i := range s.split.Len() {
			rows = append(rows, splitRow{d.Name, s.name, s.split.ID(i), s.split.Member(i)})
		}
	}
	return rows
}

func writeSplits(w io.Writer, rows []splitRow) error {
	records := [][]string{{"domain", "split", "sample", "member"}}
	for _, r := range rows {
		records = append(records, []string{r.Domain, r.Split, strconv.FormatInt(r.Sample, 10), r.Member})
	}
	return csv.NewWriter(w).WriteAll(records)
}
