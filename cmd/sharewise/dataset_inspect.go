package main

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/drafting"
	"github.com/sharewise/sharewise/analysis/inspection"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/reports"
)

const datasetInspectLong = `Inspect reads the data of a study as a run would, splits and all, and says what
is in them: samples, classes and imbalance, targets, features that are constant,
far out or different in test data, missing values, samples that cannot be used.
Nothing is trained.

Suspected leaks come first: test samples whose inputs stand in training too, in
the same domain or in another one, and groups that are in two splits. With
--near, test images that nearly look like a training image: those whose 64-bit
difference hashes differ in at most BITS bits and whose pixels correlate. Columns
that tell the answer without error, such as a sum's parts, are named too.

Instead of a study file, a folder of data will do, or one file: it is read as
'sharewise init' would set it up, and one domain is enough. Bad samples are left out and counted, whatever the study
says. -o writes a page with all figures and a contact sheet of samples.

Exit codes besides the common ones: with --strict, 1 if a leak is suspected.`

type datasetInspectFlags struct {
	page   string
	near   int
	strict bool
}

func newDatasetInspectCommand(a *app) *cobra.Command {
	var f datasetInspectFlags
	cmd := &cobra.Command{
		Use:   "inspect STUDY|DATA [DOMAIN...]",
		Short: "Say what is in the data, what is odd, and what leaks from test to training",
		Long:  datasetInspectLong,
		Example: `  sharewise dataset inspect study.yaml
  sharewise dataset inspect study.yaml line-a line-b -o data.html
  sharewise dataset inspect data --near 4 --strict`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return exactArgs("STUDY")(cmd, args)
			}
			return nil
		},
		ValidArgsFunction: completeDomains,
		RunE: func(cmd *cobra.Command, args []string) error {
			if !cmd.Flags().Changed("near") {
				f.near = -1
			} else if f.near < 0 || f.near > 16 {
				return usagef("dataset inspect: --near %d; give 0 to 16 bits", f.near)
			}
			return a.datasetInspect(cmd.Context(), args[0], args[1:], f)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.page, "output", "o", "", "write a page with a contact sheet to `FILE`")
	flags.IntVar(&f.near, "near", 0, "look for test images that nearly look like a training image, up to `BITS` of 64 apart, such as 4")
	flags.BoolVar(&f.strict, "strict", false, "exit with 1 if a leak is suspected")
	return cmd
}

// completeDomains completes a study file, then its domains.
func completeDomains(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	s, err := dataset.ParseStudy(args[0])
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return slices.DeleteFunc(domainNames(s), func(n string) bool { return slices.Contains(args[1:], n) }), cobra.ShellCompDirectiveNoFileComp
}

func domainNames(s *study.Study) []string {
	var out []string
	for _, d := range s.Domains {
		out = append(out, d.Name)
	}
	return out
}

func (a *app) datasetInspect(ctx context.Context, path string, names []string, f datasetInspectFlags) error {
	s, err := drafting.Open(path)
	if err != nil {
		return inputError(err)
	}
	for _, n := range names {
		if s.Domain(n) == nil {
			return usagef("dataset inspect: %s has no domain %q%s", path, n, study.DidYouMean(n, domainNames(s)))
		}
	}
	if err := a.spare([]output{{flag: "-o", path: f.page}}, append(readsOfStudy(s), input{path: path, what: "the data"})...); err != nil {
		return err
	}
	domains, err := inspection.Open(ctx, s, names)
	if ctx.Err() != nil {
		return errAbandoned
	}
	if err != nil {
		return inputError(err)
	}
	r, err := inspection.Inspect(ctx, s, domains, inspection.Options{Near: f.near})
	if err != nil {
		return errAbandoned // looking at samples fails in no other way
	}
	if f.page != "" {
		if err := writeInspection(f.page, r, domains); err != nil {
			return err
		}
	}
	err = a.show(r, func(w io.Writer) error { return printInspection(w, r, f.page) })
	if err == nil && f.strict && r.Leaks() {
		return errAnswerNo{"dataset inspect: a leak between splits is suspected"}
	}
	return err
}

// Sizes of the contact sheet of a page.
const (
	sheetSamples = 12 // of a class
	sheetClasses = 50
)

func writeInspection(path string, r *inspection.Report, domains []*dataset.Domain) error {
	in := &reports.Inspection{Report: r}
	var errs []error
	for _, d := range domains {
		sheet, err := inspection.NewSheet(d, sheetSamples, sheetClasses)
		errs = append(errs, err)
		in.Sheets = append(in.Sheets, sheet)
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return reports.WriteInspection(path, in)
}
