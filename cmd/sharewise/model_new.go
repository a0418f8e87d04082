package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/overview"
	"github.com/sharewise/sharewise/onnxio/zoo"
)

func newModelNewCommand(a *app) *cobra.Command {
	var (
		input, output string
		cfg           zoo.Config
	)
	cmd := &cobra.Command{
		Use:   "new TRUNK --input SHAPE -o FILE",
		Short: "Write one of the trunks that sharewise brings along",
		Long: `Write a trunk, the layers that domains share, as an ONNX model without weights:
its parameters are inputs, and the file says how training starts them. A study
names trunks directly; a file is for looking at one, or for changing it.

The trunks:
` + trunkList(),
		Example: `  sharewise model new cnn --input 1x28x28 --width 0.5 -o small.onnx
  sharewise model new mlp --input 12 -o table.onnx
  sharewise model new transformer --input 32 --vocabulary 5000 -o text.onnx`,
		Args:              exactArgs("TRUNK"),
		ValidArgsFunction: completeTrunk,
		RunE: func(_ *cobra.Command, args []string) error {
			return a.modelNew(args[0], input, cfg, output)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&input, "input", "", "`SHAPE` of one sample, without the batch: 1x28x28 or 12")
	flags.Float64Var(&cfg.Width, "width", 1, "multiply channels and units of every layer by `FACTOR`")
	flags.IntVar(&cfg.Vocabulary, "vocabulary", 0, "bag, transformer: samples are numbers of `N` tokens, 0 is padding")
	flags.StringVarP(&output, "output", "o", "", "write the model to `FILE`")
	return cmd
}

// trunkList describes the trunks, one line each.
func trunkList() string {
	var b strings.Builder
	for _, name := range zoo.Names() {
		fmt.Fprintf(&b, "  %-11s %s\n", name, zoo.About(name))
	}
	return strings.TrimRight(b.String(), "\n")
}

func completeTrunk(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return zoo.Names(), cobra.ShellCompDirectiveNoFileComp
}

func (a *app) modelNew(trunk, input string, cfg zoo.Config, file string) error {
	switch {
	case input == "":
		return usagef("model new: --input is missing: the shape of one sample, for instance 1x28x28")
	case file == "":
		return usagef("model new: -o is missing: the file to write")
	case !(cfg.Width > 0):
		return usagef("model new: --width %v is not above 0", cfg.Width)
	}
	var err error
	if cfg.Input, err = zoo.ParseShape(input); err != nil {
		return usagef("model new: --input: %w", err)
	}
	m, err := zoo.Build(trunk, cfg)
	if err != nil {
		return usagef("model new: %w", err)
	}
	if err := a.spare([]output{{flag: "-o", path: file}}); err != nil {
		return err
	}
	if err := onnxio.Save(file, m); err != nil {
		return err
	}
	report, err := overview.Of(m)
	if err != nil {
		return err
	}
	if a.json {
		return a.writeJSON(report)
	}
	_, err = fmt.Fprintf(a.stdout, "%s: %s, %s parameters, %s FLOP per sample\n",
		file, m.Graph.Doc, onnxio.FormatCount(report.Parameters), onnxio.FormatCount(report.FLOPs))
	return err
}
