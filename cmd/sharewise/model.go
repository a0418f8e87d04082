package main

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func newModelCommand(a *app) *cobra.Command {
	cmd := group(&cobra.Command{
		Use:     "model",
		Short:   "Examine, train and make ONNX models",
		GroupID: "tools",
		Long: `A study trains any ONNX model with one data input, whoever exported it, and the
trunks that sharewise brings along. These commands say what a model holds and
whether it can be trained, train one on one data set, write what other programs
train it with, and write trunks to files.`,
	})
	cmd.AddCommand(newModelInspectCommand(a), newModelNewCommand(a), newModelGradientCommand(a), newModelTrainCommand(a))
	return cmd
}

// completeModels completes the names of model files.
func completeModels(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"onnx"}, cobra.ShellCompDirectiveFilterFileExt
}

// registerTuning registers the flags that say how little of a model trains.
func registerTuning(flags *pflag.FlagSet, depth, rank *int, alpha *float64, match *[]string) {
	flags.IntVar(depth, "freeze-depth", 0, "leave the first `N` layers as they are")
	flags.IntVar(rank, "adapters", 0, "train low-rank adapters of this `RANK` beside the weights, which stay as they are")
	flags.Float64Var(alpha, "adapter-alpha", 0, "adapters are scaled by `ALPHA` / RANK (default: RANK)")
	flags.StringSliceVar(match, "adapter-match", nil, "adapt weights whose name, or node's, matches `PATTERN` (default: all that are large enough)")
}
