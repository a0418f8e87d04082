package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/onnxio/ort"
)

const trainLong = `Train goes on training an exported model, from whatever program, on one data set,
with the engine that studies use, and writes the result as an ONNX file that any
runtime opens and that 'sharewise eval' knows how to use.

The model's last linear layer, and what follows it, is replaced by a new one for
the task at hand. --features names another place to put it; 'model inspect
--features' previews that. With --keep-head the model is trained as it is: its
outputs are those of the task, in the order of classes that the model states, or
else that of the data's (--labels or --class-order says which order that is), and
a Softmax or Sigmoid at its end is left out, so that the trained model gives
scores.

The data is a study file, of which training settings, splits and domains are
taken and --domain chooses one; or a folder or file as 'sharewise init' takes it.
The losses of test data are written with --table, as a study's are.

With --into the trained weights also go back into the model as it was given: a
file with the same nodes, names, operator set and types, for programs that have
the original built in. What stands there as integers has no place for them, and is
refused by name; it still takes inputs as they were scaled for training.

A training that is interrupted or killed goes on from its last checkpoint, of
every epoch, when the same command is given again, and gives the same bytes. The
checkpoint lies in FILE.training, or where --checkpoint says, until FILE is there.

Less than everything is trained with --freeze, --freeze-depth and --adapters, see
model.freeze, model.freeze_depth and model.adapters in 'sharewise schema
--reference'.`

func newModelTrainCommand(a *app) *cobra.Command {
	f := &trainFlags{}
	cmd := &cobra.Command{
		Use:   "train MODEL --data STUDY|DATA -o FILE",
		Short: "Train an exported model on one data set",
		Long:  trainLong,
		Example: `  sharewise model train resnet18.onnx --data photos -o sorter.onnx --epochs 5
  sharewise model train resnet18.onnx --data photos -o sorter.onnx --freeze '*'
  sharewise model train vit.onnx --data study.yaml --domain line-a -o a.onnx --adapters 8
  sharewise model train digits.onnx --data more-digits -o digits2.onnx --keep-head --rate 1e-4
  sharewise model train digits.onnx --data more-digits --into digits3.onnx --keep-head`,
		Args: exactArgs("MODEL"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"onnx"}, cobra.ShellCompDirectiveFilterFileExt
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			f.given = cmd.Flags().Changed
			return a.modelTrain(cmd.Context(), args[0], f)
		},
	}
	f.register(cmd.Flags())
	return cmd
}

// trainResult is what model train prints with --json.
type trainResult struct {
	Output  string             `json:"output,omitempty"`
	Into    *intoResult        `json:"into,omitempty"`
	Domain  string             `json:"domain"`
	Samples trainSamples       `json:"samples"`
	Trunk   *project.TrunkNote `json:"trunk,omitempty"`
	Epochs  []epochResult      `json:"epochs"`
	Used    int                `json:"used"` // the epoch that was written
	Test    analysis.Score     `json:"test"`
	Seconds float64            `json:"seconds"`
	Notes   []string           `json:"notes,omitempty"`
}

type trainSamples struct {
	Train      int `json:"train"`
	Validation int `json:"validation"`
	Test       int `json:"test"`
}

// epochResult is a line of the course of training. Epochs before a checkpoint
// have no validation score.
type epochResult struct {
	Epoch      int             `json:"epoch"`
	Loss       float64         `json:"loss"`
	Validation *analysis.Score `json:"validation,omitempty"`
}

func (a *app) modelTrain(ctx context.Context, path string, f *trainFlags) error {
	p, err := f.prepare(ctx, path)
	if ctx.Err() != nil {
		return errAbandoned
	}
	if err != nil {
		return err
	}
	backend, err := ort.Default(a.library)
	if err != nil {
		return err
	}
	run := p.Plan.Runs[0]
	d := p.Domains[0]
	result := &trainResult{Output: f.output, Domain: d.Name, Samples: trainSamples{d.Train.Len(), d.Val.Len(), d.Test.Len()}}
	for _, n := range p.Trunks {
		n.Rung, result.Trunk = "", &n
		for _, line := range n.Lines() {
			a.say("%s: %s", filepath.Base(path), line)
		}
	}
	result.Notes = slices.Clone(p.Study.Warnings)
	for _, w := range result.Notes {
		a.say("Note: %s", w)
	}
	if note := f.headOrder(ctx, backend, path, p, d); note != "" {
		a.say("Note: %s", note)
		result.Notes = append(result.Notes, note)
	}
	task := p.Task(run, backend.Name())
	job, err := task.Prepare()
	if err != nil {
		return f.explain(path, err)
	}
	if f.into != "" {
		if err := mayPutInto(path, job); err != nil {
			return inputError(fmt.Errorf("%s: %w", path, err))
		}
	}
	a.say("%d training, %d validation and %d test samples; %d epochs of %d minibatches", d.Train.Len(), d.Val.Len(), d.Test.Len(), p.Plan.Epochs, p.Plan.StepsPerEpoch)
	job.Observe = func(e train.Epoch) {
		line := epochResult{Epoch: e.Number, Loss: e.Loss[0]}
		text := fmt.Sprintf("epoch %d  loss %.4g", e.Number, e.Loss[0])
		if d.Val.Len() > 0 {
			score := analysis.ScoreRuns([]*losses.Table{e.Val}, p.Study.Analysis.Level)
			line.Validation = &score
			text += fmt.Sprintf("  validation loss %.4g, %s", e.ValLoss[0], evalScore(score))
		}
		result.Epochs = append(result.Epochs, line)
		a.say("%s", text)
	}
	job.Resumed = func(steps int, history []layout.HistoryRow) {
		a.say("going on after step %d of %d", steps, run.Steps)
		for _, row := range history {
			if row.Split == layout.TrainSplit {
				result.Epochs = append(result.Epochs, epochResult{Epoch: int(row.Epoch), Loss: row.Loss})
			}
		}
	}
	if err := a.trainInto(ctx, backend, path, task.ID, job, f, result); err != nil {
		return err
	}
	if a.json {
		return a.writeJSON(result)
	}
	a.say("Test loss %.4g, %s", result.Test.Loss.Value, evalScore(result.Test))
	if f.output != "" {
		a.say("Written: %s, as it was after epoch %d. Next: sharewise eval %s --data ...", f.output, result.Used, f.output)
	}
	if result.Into != nil {
		a.say("Written: %s, %s as it was given, %s", f.into, filepath.Base(path), result.Into.describe(d))
	}
	return nil
}
