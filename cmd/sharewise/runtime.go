package main

import "github.com/spf13/cobra"

func newRuntimeCommand(a *app) *cobra.Command {
	cmd := group(&cobra.Command{
		Use:     "runtime",
		Short:   "Install and examine ONNX Runtime",
		GroupID: "tools",
		Long: `Training and evaluation run in ONNX Runtime, a library that is loaded when a
command needs it. It is looked for in this order:

  1. the path given by --onnxruntime
  2. the path in ONNXRUNTIME_SHARED_LIBRARY_PATH
  3. what 'runtime install' put into the user's cache
  4. the folder of the sharewise program
  5. the usual folders of the system, and its dynamic loader

A path given by 1 or 2 is used or is an error; nothing else is taken instead.
The cache is sharewise's folder in the user's cache, or SHAREWISE_CACHE.`,
	})
	cmd.AddCommand(newRuntimeInstallCommand(a), newRuntimeKernelsCommand(a), newRuntimeDoctorCommand(a))
	return cmd
}
