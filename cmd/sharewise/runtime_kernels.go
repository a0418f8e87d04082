package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/onnxio/ort"
)

func newRuntimeKernelsCommand(a *app) *cobra.Command {
	var opt ort.BuildOptions
	var ifPossible bool
	cmd := &cobra.Command{
		Use:   "kernels",
		Short: "Build the kernels that make training faster",
		Long: `Compiles a library of convolutions, their gradients, batch normalisation,
pooling and optimizers into the user's cache. Training uses it where it can;
models and results stay what they are, beyond rounding. It needs a C++17
compiler, GCC or Clang: the one in CXX, or else c++, g++ or clang++. Nothing is
done if the library is there already. Prints the library's path.

Before an operator is used it is compared with its definition on random inputs,
once on each machine: here already where ONNX Runtime is installed, else by the
first program that trains. 'runtime doctor' shows what came out.
SHAREWISE_KERNELS names another library to use, or "off" for none.`,
		Example: `  sharewise runtime kernels
  CXX=clang++ sharewise runtime kernels --again`,
		Args: exactArgs(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.runtimeKernels(cmd.Context(), opt, ifPossible)
		},
	}
	cmd.Flags().BoolVar(&opt.Again, "again", false, "build even if the library is there")
	cmd.Flags().BoolVar(&ifPossible, "if-possible", false, "say so and succeed where there is no compiler")
	return cmd
}

func (a *app) runtimeKernels(ctx context.Context, opt ort.BuildOptions, ifPossible bool) error {
	if !a.quiet {
		opt.Progress = a.stderr
	}
	b, err := ort.BuildKernels(ctx, opt)
	switch {
	case errors.Is(err, context.Canceled):
		return errInterrupted
	case ifPossible && errors.Is(err, ort.ErrNoCompiler):
		_, err = fmt.Fprintln(a.stderr, "no kernels:", err)
		return err
	case err != nil:
		return err
	}
	a.proveKernels(ctx)
	if a.json {
		return a.writeJSON(b)
	}
	_, err = fmt.Fprintln(a.stdout, b.Library)
	return err
}

// proveKernels compares the operators with their definitions where ONNX Runtime is there, so
// that no program that trains, or one that cannot start itself as a probe, has to do it.
func (a *app) proveKernels(ctx context.Context) {
	library, err := ort.Find(ctx, a.library)
	if err != nil {
		return // they are proven once there is one
	}
	k, err := ort.FindKernels(ctx, library.Path)
	switch {
	case a.quiet:
	case err != nil:
		_, _ = fmt.Fprintln(a.stderr, "not proven:", err)
	case len(k.Failed) > 0:
		_, _ = fmt.Fprintf(a.stderr, "%d operators proven, %d not used because they gave something else than their definition: see 'sharewise runtime doctor'\n", len(k.Proven), len(k.Failed))
	default:
		_, _ = fmt.Fprintf(a.stderr, "%d operators proven\n", len(k.Proven))
	}
}
