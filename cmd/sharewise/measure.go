package main

import (
	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis"
)

// measureFlag is --measure of the commands that measure transfer and
// interference. One of its words stands for correctness: it differs, because
// tables have a column correct and studies count errors.
type measureFlag struct{ value string }

// autoMeasure leaves the choice to the data.
const autoMeasure = "auto"

func (f *measureFlag) add(cmd *cobra.Command, correct, auto string) {
	words := []string{autoMeasure, correct, analysis.MeasureLoss}
	cmd.Flags().StringVar(&f.value, "measure", autoMeasure,
		"measure transfer and interference by `WHAT`: "+correct+", loss, or auto ("+auto+")")
	if err := cmd.RegisterFlagCompletionFunc("measure", cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err) // the flag was added a line above
	}
}

// parse returns the word of package analysis, empty for auto.
func (f *measureFlag) parse(correct string) (string, error) {
	switch f.value {
	case autoMeasure:
		return "", nil
	case correct:
		return analysis.MeasureCorrect, nil
	case analysis.MeasureLoss:
		return analysis.MeasureLoss, nil
	}
	return "", usagef("--measure %q: want %s, loss or auto", f.value, correct)
}
