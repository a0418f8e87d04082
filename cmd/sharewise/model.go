package main

import "github.com/spf13/cobra"

func newModelCommand(a *app) *cobra.Command {
	cmd := group(&cobra.Command{
		Use:     "model",
		Short:   "Examine and make ONNX models",
		GroupID: "tools",
		Long: `A study trains any ONNX model with one data input, whoever exported it, and the
trunks that sharewise brings along. These commands say what a model holds and
whether it can be trained, and write trunks to files.`,
	})
	cmd.AddCommand(newModelInspectCommand(a), newModelNewCommand(a), newModelGradientCommand(a), newModelTrainCommand(a))
	return cmd
}
