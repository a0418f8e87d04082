package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/cross"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/reports"
)

const crossLong = `Cross tests the independent models of OUT on the test data of the other domains:
what is a model worth on a domain that it has never seen? It trains nothing.

A row of the matrix is the domain that trained, a column the domain that tests;
on the diagonal stands what the model is worth at home. Figures are those that
reports show first for the domain that tests: accuracy, AUC, R² and the like,
means over the runs. A pair whose classes or targets differ is left out.

It reads the data again, from the study file that OUT was trained from, which
must still read and divide them as it did, and writes OUT/cross.json and, for every pair, a loss table that 'sharewise compare'
takes: OUT/cross/RUNG/TRAINED--TESTED.parquet.

Example:
  sharewise cross out`

func newCrossCommand(a *app) *cobra.Command {
	var memory byteSize
	cmd := &cobra.Command{
		Use:     "cross OUT",
		Short:   "Test every independent model on the other domains",
		Long:    crossLong,
		GroupID: "why",
		Args:    outputArg(),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.cross(cmd.Context(), layout.Folder(args[0]), memory)
		},
	}
	memory.register(cmd.Flags())
	return cmd
}

func (a *app) cross(ctx context.Context, folder layout.Folder, memory byteSize) error {
	if err := ownModels(folder); err != nil {
		return err
	}
	backend, err := a.backend()
	if err != nil {
		return err
	}
	results, err := cross.Folder(ctx, backend, folder, dataset.Memory(int64(memory)))
	if err != nil {
		return inputError(err)
	}
	if a.json {
		return a.writeJSON(results)
	}
	if err := printCross(a.stdout, results); err != nil {
		return err
	}
	a.say("\nWritten: %s and %s", folder.Cross(), folder.CrossTables())
	return nil
}

// printCross prints a matrix per rung, trained by row, tested by column.
func printCross(w io.Writer, r *cross.Results) error {
	for _, rung := range r.Rungs {
		names, cells := r.Matrix(rung)
		g := newGrid(w, append([]string{rung + ": trained on \\ tested on"}, names...)...)
		metrics := []any{""}
		for k := range names {
			metrics = append(metrics, metricTested(cells, k))
		}
		g.row(metrics...)
		for i, from := range names {
			row := []any{from}
			for _, c := range cells[i] {
				row = append(row, crossText(c))
			}
			g.row(row...)
		}
		if err := g.close(); err != nil {
			return err
		}
	}
	for _, n := range r.Notes {
		fmt.Fprintln(w, "Note:", n)
	}
	return nil
}

// metricTested names the figure of the domain of a column.
func metricTested(cells [][]*cross.Cell, column int) string {
	for _, row := range cells {
		if c := row[column]; c != nil {
			return reports.MetricName(c.Metric, &analysis.DomainInfo{})
		}
	}
	return reports.MetricName("", &analysis.DomainInfo{})
}

// crossText is the figure of a cell with half the width of its interval, –
// where it is not known, - where the pair was left out.
func crossText(c *cross.Cell) string {
	if c == nil {
		return "-"
	}
	v := c.Score.Metric(c.Metric)
	if !v.Known() {
		return "–"
	}
	if !v.Limited() {
		return fmt.Sprintf("%.3f", v.Value)
	}
	return fmt.Sprintf("%.3f ±%.3f", v.Value, (v.Hi-v.Lo)/2)
}
