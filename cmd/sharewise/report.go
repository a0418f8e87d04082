package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/reports"
	"github.com/sharewise/sharewise/reports/language"
)

const reportLong = `Write the report of a study: one HTML file that needs nothing else, and the
same tables as JSON in OUT/summary.json.

It reads what 'analyze' and 'group' wrote, and the learning curves of finished
runs. The same inputs give the same bytes. What has become stale since, by new runs
or another plan, or is damaged, is made again first, by the settings that it
was made with, which is said; so a report is of one state. An edit of the study counts
from the next 'run' on; that there is one is said, too.

Its first page is for whoever decides: the verdict, what sharing brings, risks and
costs, what to do next, when to stop, a checklist, and sentences for the meeting.
--lang ja writes it in Japanese; names, commands and what no message is known for
stay as they are, and summary.json stays English.

Examples:
  sharewise report out -o study-42.html
  sharewise report out --lang ja -o 報告書.html`

func newReportCommand(a *app) *cobra.Command {
	var file, lang string
	cmd := &cobra.Command{
		Use:     "report OUT",
		Short:   "Write the report of a study",
		Long:    reportLong,
		GroupID: "study",
		Args:    outputArg(),
		RunE: func(cmd *cobra.Command, args []string) error {
			folder := layout.Folder(args[0])
			l, err := language.Parse(lang)
			if err != nil {
				return errUsage{fmt.Errorf("--lang: %w", err)}
			}
			if err := a.spareReport(folder, &file); err != nil {
				return err
			}
			if err := a.refresh(cmd.Context(), folder, "run", "analyze", "cross", "merge", "linearise", "similarity", "subgroups", "affinity", "group", "value", "promise"); err != nil {
				return err
			}
			in, err := writeReport(folder, file, l)
			if err != nil {
				return err
			}
			if a.json {
				return a.writeJSON(reports.Summarize(in))
			}
			printVerdict(a.stdout, in)
			fmt.Fprintf(a.stdout, "\nReport: %s\n", file)
			if in.Groups == nil {
				a.say("It has no groups; run 'sharewise group %s' and write it again to have some.", a.outName(args[0]))
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&file, "output", "o", "", "write the report to `FILE` instead of OUT/report.html")
	cmd.Flags().StringVar(&lang, "lang", string(language.English), "write the report and the verdict in `LANGUAGE`: en or ja")
	_ = cmd.RegisterFlagCompletionFunc("lang", languages())
	return cmd
}

// spareReport guards the file of a report, and settles which that is: without one it is that
// of the folder, which has one name however the user spells it. Of the files in the folder
// nothing but reports may be replaced.
func (a *app) spareReport(folder layout.Folder, file *string) error {
	if *file == "" {
		*file = folder.Report()
		return nil
	}
	if oneFile(*file, folder.Report()) {
		*file = folder.Report()
	}
	out := output{flag: "-o", path: *file, own: folder.Report(), renews: func(path string) bool {
		return path == folder.Report() || folder.Owned(path) == "" && reports.IsReport(path)
	}}
	return a.spare([]output{out}, readsOfResults(folder)...)
}

// printVerdict prints what a study says.
func printVerdict(w io.Writer, in *reports.Input) {
	for _, line := range reports.Verdict(in) {
		fmt.Fprintln(w, line)
	}
}

// languages completes those of reports.
func languages() cobra.CompletionFunc {
	return cobra.FixedCompletions([]string{"en\tEnglish", "ja\t日本語"}, cobra.ShellCompDirectiveNoFileComp)
}

// writeReport writes a folder's report and summary, and returns what they were
// made from.
func writeReport(folder layout.Folder, file string, l language.Language) (*reports.Input, error) {
	in, err := reports.WriteFolder(folder, file, l)
	if errors.Is(err, fs.ErrNotExist) && !exists(folder.Results()) {
		return nil, noResults(folder)
	}
	return in, inputError(err)
}
