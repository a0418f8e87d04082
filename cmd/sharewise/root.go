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
		return usagef("%w; see '%s --help'", err, cmd.CommandPath())
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
		&cobra.Group{ID: "tables", Title: "Results from elsewhere:"},
		&cobra.Group{ID: "tools", Title: "Data, models and runtime:"},
	)
	root.AddCommand(
		newDecideCommand(a),
		newInitCommand(a),
		newPlanCommand(a),
		newRunCommand(a),
		newStatusCommand(a),
		newCheckCommand(a),
		newVerifyCommand(a),
		newForgetCommand(a),
		newAnalyzeCommand(a),
		newGroupCommand(a),
		newPromiseCommand(a),
		newValueCommand(a),
		newImbalanceCommand(a),
		newReportCommand(a),
		newExportCommand(a),
		newCrossCommand(a),
		newMergeCommand(a),
		newSimilarityCommand(a),
		newSubgroupsCommand(a),
		newLineariseCommand(a),
		newWeightingsCommand(a),
		newAffinityCommand(a),
		newSourcesCommand(a),
		newDemoCommand(a),
		newSchemaCommand(a),
		newEvalCommand(a),
		newCompareCommand(a),
		newDatasetCommand(a),
		newModelCommand(a),
		newRuntimeCommand(a),
		newLimitsTopic(),
	)
	hideEmptyDefaults(root)
	once(root)
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
