package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/testdata"
)

const demoLong = `Run a whole study on small real data that are part of the program: four domains
of images, three of digits and one of clothes, some related by construction and
some not. It writes the study with its data, trains, analyzes, groups, reports,
and says what it found, whatever that is.

Example:
  sharewise demo -o out/demo`

func newDemoCommand(a *app) *cobra.Command {
	var (
		out  string
		jobs int
	)
	cmd := &cobra.Command{
		Use:     "demo",
		Short:   "Run a whole study on embedded real data",
		Long:    demoLong,
		GroupID: "study",
		Args:    exactArgs(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir := filepath.Join(out, "study")
			err := testdata.WriteDemo(dir)
			if errors.Is(err, testdata.ErrDiffers) {
				return inputError(fmt.Errorf("%w; remove it or choose another folder with -o", err))
			}
			if err != nil {
				return err
			}
			file := filepath.Join(dir, "study.yaml")
			a.say("The study: %s", file)
			folder := layout.Folder(out)
			p, _, err := a.train(cmd.Context(), file, folder, trainOptions{jobs: jobs})
			if err != nil {
				return err
			}
			return a.conclude(cmd.Context(), folder, p.Tested())
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&out, "output", "o", "sharewise-demo", "output `FOLDER`")
	flags.IntVar(&jobs, "jobs", 0, "`N` runs side by side; 0: as many as the cores allow")
	return cmd
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
