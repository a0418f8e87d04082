package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/study"
)

// measureFlag is --measure of the commands that measure gains, transfer and
// interference. The word that help has for correctness differs, because tables
// have a column correct and studies count errors; either is understood.
type measureFlag struct {
	value   string
	correct string
}

// autoMeasure leaves the choice to the data.
const autoMeasure = "auto"

func (f *measureFlag) words() []string {
	return []string{f.correct, effect.MeasureBalanced, effect.MeasureAUC, effect.MeasureLoss, autoMeasure}
}

func (f *measureFlag) add(cmd *cobra.Command, correct, auto string) {
	f.correct = correct
	cmd.Flags().StringVar(&f.value, "measure", autoMeasure,
		"measure by `WHAT`: "+correct+", balanced (every class counts the same), auc (how two classes are ranked), loss, or auto ("+auto+")")
	if err := cmd.RegisterFlagCompletionFunc("measure", cobra.FixedCompletions(f.words(), cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err) // the flag was added a line above
	}
}

// parse returns the word of package analysis, empty for auto.
func (f *measureFlag) parse() (string, error) {
	switch {
	case f.value == autoMeasure:
		return "", nil
	case f.value == effect.MeasureCorrect, f.value == study.ByError:
		return effect.MeasureCorrect, nil
	case slices.Contains(f.words(), f.value):
		return f.value, nil
	}
	words := f.words()
	return "", usagef("--measure %q: want %s or %s", f.value, strings.Join(words[:len(words)-1], ", "), autoMeasure)
}
