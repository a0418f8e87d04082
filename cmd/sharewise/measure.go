package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/measures"
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
	var words []string
	for _, m := range measures.All {
		if m.Name == measures.Correct {
			words = append(words, f.correct)
		} else {
			words = append(words, m.Name)
		}
	}
	return append(words, autoMeasure)
}

// help lists the measures with what they are.
func (f *measureFlag) help(auto string) string {
	words := f.words()
	for i, m := range measures.All {
		if m.Help != "" {
			words[i] += " (" + m.Help + ")"
		}
	}
	last := len(words) - 1
	return "measure by `WHAT`: " + strings.Join(words[:last], ", ") + ", or " + words[last] + " (" + auto + ")"
}

func (f *measureFlag) add(cmd *cobra.Command, correct, auto string) {
	f.correct = correct
	cmd.Flags().StringVar(&f.value, "measure", autoMeasure, f.help(auto))
	if err := cmd.RegisterFlagCompletionFunc("measure", cobra.FixedCompletions(f.words(), cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err) // the flag was added a line above
	}
}

// parse returns the word of package analysis, empty for auto.
func (f *measureFlag) parse() (string, error) {
	if f.value == autoMeasure {
		return "", nil
	}
	if m := measures.Of(f.value); m.Name != "" {
		return m.Name, nil
	}
	words := f.words()
	return "", usagef("--measure %q: want %s or %s", f.value, strings.Join(words[:len(words)-1], ", "), autoMeasure)
}
