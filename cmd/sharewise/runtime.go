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
The cache is sharewise's folder in the user's cache, or SHAREWISE_CACHE.

Models run on the CPU unless --provider names another of ONNX Runtime's execution
providers: cuda, tensorrt, directml, coreml, openvino, webgpu, qnn or xnnpack, with
settings if need be, as in --provider cuda:device_id=1,cudnn_conv_algo_search=HEURISTIC.
The library must have been built with it: the one that 'runtime install' gets is
for the CPU, so name your own by --onnxruntime. On a device several steps of a
training are taken in one run, so that parameters stay there in between; no more
than one training at a time is best, as --jobs 1 makes it. Operators that a provider
lacks run on the CPU. None of them was tested on its device by us; runs record the
provider, and results differ from those of the CPU in the last digits.`,
	})
	cmd.AddCommand(newRuntimeInstallCommand(a), newRuntimeKernelsCommand(a), newRuntimeDoctorCommand(a))
	return cmd
}
