package main

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/project"
)

const rootLong = `sharewise tells people with several data domains (product lines, plants,
sensors, sites) which of them should share one model, which should not, at what
capacity, with what loss weights, and whether it pays. It measures: it trains
per-domain and joint models, keeps the loss of every test sample of every run,
and separates transfer from interference and both from seed noise.

Exit codes:
  0    done
  1    done, and the answer is no (a gate failed, no usable library found)
  2    wrong call: unknown command, flag or argument
  3    bad input: study file, data, model or loss table
  4    failed while working
  74   of 'work': try again on another machine
  75   of 'work': try again; what was finished is kept
  130  interrupted, or out of the time given; what was finished is kept`

func newRootCommand(a *app) *cobra.Command {
	root := group(&cobra.Command{
		Use:           "sharewise",
		Short:         "Measure which data domains should share one model",
		Long:          rootLong,
		Version:       project.Version,
		SilenceUsage:  true,
		SilenceErrors: true,
	})
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usagef("%w; see '%s --help'", flagError(err), cmd.CommandPath())
	})
	root.PersistentPreRun = func(*cobra.Command, []string) { filelimit.SetDefault(a.limits) }
	flags := root.PersistentFlags()
	flags.BoolVar(&a.json, "json", false, "print machine-readable JSON on standard output")
	flags.BoolVarP(&a.quiet, "quiet", "q", false, "show no progress")
	flags.Var(&a.limits, "limit", "how much one file may ask for, such as pixels=300M; see 'sharewise help limits'")
	flags.StringVar(&a.library, "onnxruntime", "", "path of the ONNX Runtime library `FILE`")
	flags.StringVar(&a.provider, "provider", "", "run models on `NAME`, such as cuda or cuda:device_id=1, which the library must have; see 'sharewise runtime --help'")

	root.AddGroup(
		&cobra.Group{ID: "study", Title: "A study, step by step:"},
		&cobra.Group{ID: "why", Title: "Why sharing helps or hurts:"},
		&cobra.Group{ID: "cheap", Title: "Which pools to train next, by cheap signs:"},
		&cobra.Group{ID: "act", Title: "Acting on the groups:"},
		&cobra.Group{ID: "keep", Title: "Keeping it right:"},
		&cobra.Group{ID: "tables", Title: "Results from elsewhere:"},
		&cobra.Group{ID: "tools", Title: "Data, models and runtime:"},
	)
	cobra.EnableCommandSorting = false // help lists commands in the order of work
	root.AddCommand(
		newInitCommand(a),
		newPlanCommand(a),
		newRunCommand(a),
		newWorkCommand(a),
		newStatusCommand(a),
		newServeCommand(a),
		newAnalyzeCommand(a),
		newGroupCommand(a),
		newReportCommand(a),
		newDecideCommand(a),
		newDemoCommand(a),

		newSubgroupsCommand(a), newSuspectsCommand(a), newInfluenceCommand(a),
		newSourcesCommand(a),
		newSimilarityCommand(a),
		newCrossCommand(a),
		newImbalanceCommand(a),
		newWeightingsCommand(a),
		newMixturesCommand(a),
		newRemediesCommand(a),

		newAffinityCommand(a),
		newMergeCommand(a),
		newLineariseCommand(a),

		newValueCommand(a),
		newPromiseCommand(a),
		newExportCommand(a),
		newForgetCommand(a),

		newCheckCommand(a),
		newVerifyCommand(a),
		newSchemaCommand(a),

		newCompareCommand(a),
		newEvalCommand(a),

		newDatasetCommand(a),
		newModelCommand(a),
		newRuntimeCommand(a),
		newLimitsTopic(),
		newEnginesTopic(),
	)
	hideEmptyDefaults(root)
	once(root)
	a.reach(root)
	return root
}

// hideEmptyDefaults keeps empty lists and maps from being printed as defaults:
// those of which pflag does not do so itself.
func hideEmptyDefaults(cmd *cobra.Command) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		switch f.Value.Type() {
		case "stringArray", "stringSlice", "intSlice":
		default:
			if f.DefValue == "[]" {
				f.DefValue = ""
			}
		}
	})
	for _, sub := range cmd.Commands() {
		hideEmptyDefaults(sub)
	}
}
