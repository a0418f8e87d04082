package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/onnxio/ort"
)

func newRuntimeInstallCommand(a *app) *cobra.Command {
	var from string
	cmd := &cobra.Command{
		Use:   "install",
		Short: "Install the ONNX Runtime library that this version is tested with",
		Long: `Fetches ONNX Runtime ` + ort.Version + ` with npm (the package onnxruntime-node, about
110 MB), verifies its checksum, takes out the one library that this system
needs, tries it, and puts it into the user's cache. Nothing is done if it is
there already. Prints the library's path.

Where there is no network, fetch the package elsewhere and give the file:

  npm pack onnxruntime-node@` + ort.Version + `

--from also takes a library file, of this or another version, such as one built
from source. It is tried before it is installed, but has no checksum to match.`,
		Example: `  sharewise runtime install
  sharewise runtime install --from onnxruntime-node-` + ort.Version + `.tgz`,
		Args: exactArgs(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.runtimeInstall(cmd.Context(), from)
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "install from this package or library `FILE` instead of fetching one")
	return cmd
}

func (a *app) runtimeInstall(ctx context.Context, from string) error {
	opt := ort.InstallOptions{From: from}
	if !a.quiet {
		opt.Progress = a.stderr
	}
	in, err := ort.Install(ctx, opt)
	switch {
	case errors.Is(err, context.Canceled):
		return errInterrupted
	case err != nil && from != "" && (errors.Is(err, ort.ErrIntegrity) || errors.Is(err, fs.ErrNotExist)):
		return inputError(err)
	case errors.Is(err, ort.ErrNoNPM), errors.Is(err, ort.ErrFetch):
		return fmt.Errorf("%w: --from FILE", err)
	case err != nil:
		return err
	}
	if a.json {
		return a.writeJSON(in)
	}
	_, err = fmt.Fprintln(a.stdout, in.Library)
	return err
}
