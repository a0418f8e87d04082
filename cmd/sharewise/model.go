package main

import "github.com/spf13/cobra"

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
