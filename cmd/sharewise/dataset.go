package main

import "github.com/spf13/cobra"

func newDatasetCommand(a *app) *cobra.Command {
	cmd := group(&cobra.Command{
		Use:     "dataset",
		Short:   "Examine the data of a study",
		GroupID: "tools",
		Long: `Data decide what a training can show, and mistakes in them cost trainings. This
command looks at them before anything is spent.`,
	})
	cmd.AddCommand(newDatasetInspectCommand(a), newDatasetSplitsCommand(a))
	return cmd
}
