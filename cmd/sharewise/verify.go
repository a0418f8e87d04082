package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/provenance"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/wording"
)

const verifyLong = `Check that what a recommendation rests on is still what it was.

Groups are written together with OUT/provenance.json: the SHA-256 of the study
file, of rules and labels, of the data of every domain, of models' definitions, of
every run with its files and of the results, and the versions of the programs.
Verify computes all of them anew and lists what does not match. Data that are not
at hand cannot be verified, which is said and is no mismatch. The manifest is not
signed: keep its own SHA-256, which is printed, where nobody can change it.

Exit codes besides the common ones: 1 if something differs or is gone.

Example:
  sharewise verify out
  sharewise verify out --no-data     # runs and files alone, which takes no reading of data`

func newVerifyCommand(a *app) *cobra.Command {
	var noData, all bool
	cmd := &cobra.Command{
		Use:     "verify OUT",
		Short:   "Check that a recommendation's data, runs and files are unchanged",
		Long:    verifyLong,
		GroupID: "keep",
		Args:    outputArg(),
		RunE: func(cmd *cobra.Command, args []string) error {
			data := func(plan *study.Plan) (map[string][]string, error) { return dataset.Identities(cmd.Context(), plan) }
			if noData {
				data = nil
			}
			return a.verify(layout.Folder(args[0]), data, all)
		},
	}
	cmd.Flags().BoolVar(&noData, "no-data", false, "do not read the data")
	cmd.Flags().BoolVar(&all, "all", false, "list what matches, too")
	return cmd
}

func (a *app) verify(folder layout.Folder, data provenance.Data, all bool) error {
	r, err := provenance.Verify(folder, data)
	if errors.Is(err, provenance.ErrNone) {
		return inputError(fmt.Errorf("%w; 'sharewise group %s' writes it", err, folder))
	}
	if err != nil {
		return inputError(err)
	}
	sum, err := layout.HashFile(folder.Provenance())
	if err != nil {
		return inputError(err)
	}
	shown := struct {
		*provenance.Report
		Manifest string `json:"manifest_sha256"`
	}{r, sum}
	err = a.show(shown, func(w io.Writer) error {
		for _, f := range r.Findings {
			if f.State != provenance.Matches || all {
				fmt.Fprintf(w, "%s: %s", f.What, f.State)
				if f.Detail != "" {
					fmt.Fprintf(w, ": %s", f.Detail)
				}
				fmt.Fprintln(w)
			}
		}
		fmt.Fprintf(w, "%s: %s as recorded", r.Study, wording.PluralAs(r.Count(provenance.Matches), "hash", "hashes"))
		if n := r.Count(provenance.Unverified); n > 0 {
			fmt.Fprintf(w, ", %d could not be verified", n)
		}
		_, err := fmt.Fprintf(w, "\nprovenance.json has the SHA-256 %s\n", sum)
		return err
	})
	if err == nil && !r.Whole() {
		return errAnswerNo{fmt.Sprintf("%d of %d differ or are gone", r.Count(provenance.Differs)+r.Count(provenance.Missing), len(r.Findings))}
	}
	return err
}
