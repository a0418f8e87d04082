package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/reports"
)

const reportLong = `Write the report of a study: one HTML file that needs nothing else, and the
same tables as JSON in OUT/summary.json.

It reads what 'analyze' and 'group' wrote, and the learning curves of finished
runs. The same inputs give the same bytes.

Example:
  sharewise report out -o study-42.html`

func newReportCommand(a *app) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:     "report OUT",
		Short:   "Write the report of a study",
		Long:    reportLong,
		GroupID: "study",
		Args:    exactArgs("OUT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			folder := layout.Folder(args[0])
			if file == "" {
				file = folder.Report()
			}
			in, err := writeReport(folder, file)
			if err != nil {
				return err
			}
			if a.json {
				return a.writeJSON(reports.Summarize(in))
			}
			for _, line := range reports.Verdict(in) {
				fmt.Fprintln(a.stdout, line)
			}
			fmt.Fprintf(a.stdout, "\nReport: %s\n", file)
			if in.Groups == nil {
				a.say("It has no groups; run 'sharewise group %s' and write it again to have some.", args[0])
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&file, "output", "o", "", "write the report to `FILE` instead of OUT/report.html")
	return cmd
}

// writeReport writes a folder's report and summary, and returns what they were
// made from.
func writeReport(folder layout.Folder, file string) (*reports.Input, error) {
	in, err := reportInput(folder)
	if err != nil {
		return nil, err
	}
	if err := reports.WriteHTML(file, in); err != nil {
		return nil, err
	}
	return in, reports.WriteSummary(filepath.Join(string(folder), "summary.json"), in)
}

// reportInput gathers what a study's folder has for a report.
func reportInput(folder layout.Folder) (*reports.Input, error) {
	results, err := readResults(folder)
	if err != nil {
		return nil, err
	}
	in := &reports.Input{Results: results}
	in.Groups, err = grouping.ReadFile(folder.Groups())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, inputError(err)
	}
	in.Exemplars, err = reports.ReadExemplars(filepath.Join(folder.Tables(), "exemplars.json"))
	if err != nil {
		return nil, inputError(err)
	}
	in.History, err = finishedHistory(folder)
	if err != nil {
		return nil, err
	}
	return in, nil
}

// finishedHistory reads the learning curves of the planned runs that have
// ended. Results from elsewhere come without a plan and without curves.
func finishedHistory(folder layout.Folder) ([]reports.HistoryRow, error) {
	if !exists(folder.Plan()) {
		return nil, nil
	}
	plan, err := readPlan(folder)
	if err != nil {
		return nil, err
	}
	var all []reports.HistoryRow
	for _, r := range plan.Runs {
		dir := folder.Run(r.ID)
		done, err := dir.ReadDone(r.Hash)
		if err != nil {
			return nil, inputError(err)
		}
		if done == nil {
			continue // its curves would change under the reader
		}
		rows, err := reports.ReadHistory(dir.History())
		if err != nil {
			return nil, inputError(err)
		}
		all = append(all, rows...)
	}
	return all, nil
}
