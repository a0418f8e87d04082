package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/grouping/deploy"
)

const exportLong = `Gather the models of the recommended groups for deployment: DIR gets one ONNX
file for each group and manifest.json, which says for every domain which file
serves it, by which input and output, how raw inputs are scaled, what the classes
are, and the SHA-256 of every file. 'sharewise schema deployment' prints its JSON
Schema. Any ONNX Runtime serves the models; testdata/examples/js/serve.js does so
from JavaScript.

Of a group's runs, one for each seed, the one with the smallest validation loss is
taken, relative to the mean of the runs, on average over the group's domains by
their values; of equal ones, and where runs have no validation samples in common,
that of the smallest seed. Test data choose nothing.

It refuses a recommendation that was made from other results or runs than OUT has,
groups that were never trained, and those that the study's policy, its cannot_link,
must_link or largest_pool forbid: as they were when the runs were planned, or as the
study file has them now. DIR appears complete or not at all, and the same study gives
the same bytes. --force replaces a DIR that this command wrote before, and that nobody
has put other files into; the old one stays until the new one is complete.

Where a study tests data in folds every model was trained without one of them, and
none is the one to deploy. --refit trains one model for each group on all samples, in
OUT/refit, where it can be stopped and started again: no sample is left to test it, and
the manifest gives what the models of the folds scored in its place. --any-fold takes a
model that lacks a fold.

With --to it writes instead all runs that have ended, for programs that keep track of
experiments: parameters, learning curves, test figures and models, into the folder
that -o names. csv gives runs.csv and scalars.csv; tensorboard an event file for each
run; mlflow a file store, for 'mlflow ui --backend-store-uri DIR'.

provenance.json, which says what the recommendation rests on, is copied beside the
manifest, which has its SHA-256, and 'sharewise verify OUT' checks it. For every model
the manifest gives the labels of all domains that it has learned, such as owner and
licence.

Examples:
  sharewise export out --models deployed
  sharewise export out --models deployed --refit
  sharewise export out --to tensorboard -o logs     # then tensorboard --logdir logs`

func newExportCommand(a *app) *cobra.Command {
	var (
		dir   string
		force bool
		o     deploy.Options
		again refitOptions
		runs  trackingFlags
	)
	cmd := &cobra.Command{
		Use:     "export OUT {--models DIR | --to FORMAT -o DIR}",
		Short:   "Gather the models of the recommended groups for deployment",
		Long:    exportLong,
		GroupID: "act",
		Args:    outputArg(),
		RunE: func(cmd *cobra.Command, args []string) error {
			if runs.to != "" || runs.dir != "" {
				if dir != "" || o != (deploy.Options{}) || again != (refitOptions{}) {
					return usagef("--to writes runs, and has nothing to do with the flags of --models: leave out one or the other")
				}
				return a.exportRuns(layout.Folder(args[0]), runs, force)
			}
			switch {
			case dir == "":
				return usagef("--models DIR is needed: the folder that models and manifest.json are written to; or --to and -o, for the runs")
			case o.Refit && o.AnyFold:
				return usagef("--refit trains a model on all folds, and --any-fold takes one that lacks a fold: leave out one of the two")
			case !o.Refit && again.study != "":
				return usagef("--study names the study that --refit trains")
			}
			if err := ownModels(layout.Folder(args[0])); err != nil {
				return err
			}
			if err := a.upToDate(layout.Folder(args[0])); err != nil {
				return err
			}
			var kept []string
			if force {
				kept = keptOf(layout.Folder(args[0]), dir, again.study)
			}
			if err := deploy.MayWrite(dir, force, kept...); err != nil {
				return folderError("export", dir, err)
			}
			if err := a.spareNew("--models", dir, layout.Folder(args[0])); err != nil {
				return err
			}
			if o.Refit {
				if err := a.refit(cmd.Context(), layout.Folder(args[0]), again); err != nil {
					return err
				}
			}
			bundle, err := openBundle(layout.Folder(args[0]), o)
			if err != nil {
				return err
			}
			if err := bundle.WriteFolder(dir, force, kept...); err != nil {
				return folderError("export", dir, err)
			}
			m := &bundle.Manifest
			if a.json {
				return a.writeJSON(m)
			}
			for _, r := range m.Routes {
				fmt.Fprintf(a.stdout, "%s: %s, output %s\n", r.Domain, r.Model, r.Output.Name)
			}
			for _, model := range m.Models {
				if model.Refit != nil {
					fmt.Fprintf(a.stdout, "%s: trained on all samples, run %s\n", model.File, model.Run)
					continue
				}
				fmt.Fprintf(a.stdout, "%s: seed %d of %d, run %s\n", model.File, model.Seed, len(model.Candidates), model.Run)
			}
			for _, note := range m.Notes {
				fmt.Fprintln(a.stdout, "Note:", note)
			}
			a.say("\nWritten: %s", dir)
			return nil
		},
	}
	cmd.Flags().StringVar(&dir, "models", "", "write models and manifest.json to the folder `DIR`")
	cmd.Flags().StringVar(&runs.to, "to", "", "write the runs that ended as `FORMAT`: csv, tensorboard or mlflow")
	cmd.Flags().StringVarP(&runs.dir, "output", "o", "", "with --to: the `DIR` that they are written to")
	cmd.Flags().BoolVar(&force, "force", false, "replace DIR if this command wrote all that is in it")
	cmd.Flags().BoolVar(&o.AnyFold, "any-fold", false, "of a study with folds, take a model that was trained without one of them")
	cmd.Flags().BoolVar(&o.Refit, "refit", false, "of a study with folds, train a model for each group on all samples")
	again.register(cmd.Flags())
	return cmd
}

// spareNew guards a folder that is not there yet, where results would go: what is there is
// guarded as it is replaced. Models have a place in a folder of results.
func (a *app) spareNew(flag, dir string, folder layout.Folder) error {
	if exists(dir) {
		return nil
	}
	return a.spare([]output{{flag: flag, path: dir, own: filepath.Join(string(folder), "models")}})
}

// openBundle chooses the models of a folder's recommendation.
func openBundle(folder layout.Folder, o deploy.Options) (*deploy.Bundle, error) {
	bundle, err := deploy.Open(folder, o)
	if errors.Is(err, layout.ErrNoPlan) {
		return nil, planError(folder, err)
	}
	if errors.Is(err, deploy.ErrFolds) {
		err = fmt.Errorf("%w (--refit, --any-fold)", err)
	}
	if errors.Is(err, deploy.ErrMissing) && errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w; 'sharewise check %s --repair' and 'sharewise run %s -o %s' train it again", err, folder, studyWord(folder), folder)
	}
	return bundle, inputError(err)
}
