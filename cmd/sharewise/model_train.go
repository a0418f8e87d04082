package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/retrain"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/onnxio/exec"
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
		Args:              exactArgs("MODEL"),
		ValidArgsFunction: completeModels,
		RunE: func(cmd *cobra.Command, args []string) error {
			f.given = cmd.Flags().Changed
			return a.modelTrain(cmd.Context(), args[0], f)
		},
	}
	f.register(cmd.Flags())
	return cmd
}

func (a *app) modelTrain(ctx context.Context, path string, f *trainFlags) error {
	if err := f.spare(a, path); err != nil {
		return err
	}
	t, err := f.open(ctx, path)
	if ctx.Err() != nil {
		return errAbandoned
	}
	if err != nil {
		return err
	}
	backend, err := a.backend()
	if err != nil {
		return err
	}
	for _, n := range t.Project.Trunks {
		for _, line := range n.Lines() {
			a.say("%s: %s", filepath.Base(path), line)
		}
	}
	if o := t.Order(ctx, backend); o != nil {
		t.Notes = append(t.Notes, orderNote(o))
	}
	for _, n := range t.Notes {
		a.say("Note: %s", n)
	}
	if err := t.Compile(backend, f.into != ""); err != nil {
		return f.explain(path, err)
	}
	work, err := f.workFolder()
	if err != nil {
		return err
	}
	d, plan := t.Domain(), t.Project.Plan
	a.say("%d training, %d validation and %d test samples; %d epochs of %d minibatches", d.Train.Len(), d.Val.Len(), d.Test.Len(), plan.Epochs, plan.StepsPerEpoch)
	result, err := t.Run(ctx, backend, retrain.Options{
		Work: work, Model: f.output, Into: f.into, Table: f.table,
		Observe: a.sayEpoch,
		Resumed: func(step int) { a.say("going on after step %d of %d", step, plan.Runs[0].Steps) },
	})
	if result.Others {
		a.say("Note: %s keeps checkpoints of trainings with other settings; remove it when they are of no use", work)
	}
	if err != nil {
		return trainError(path, work, err)
	}
	if a.json {
		return a.writeJSON(result)
	}
	a.say("Test loss %.4g, %s", result.Test.Loss.Value, evalScore(result.Test))
	if f.output != "" {
		a.say("Written: %s, as it was after epoch %d. Next: sharewise eval %s --data ...", f.output, result.Used, f.output)
	}
	if result.Into != nil {
		a.say("Written: %s, %s as it was given, %s", f.into, filepath.Base(path), describeInto(result.Into, d))
		a.say("Note: no study knows of this training: the study file and its provenance are as they were, since they record what 'sharewise run' trains. List %s with its labels in a study and train there where rules or provenance are to cover it.", d.Name)
	}
	return nil
}

// sayEpoch prints a line of the course of training.
func (a *app) sayEpoch(e retrain.Epoch) {
	text := fmt.Sprintf("epoch %d  loss %.4g", e.Number, e.Loss)
	if e.Validation != nil {
		text += fmt.Sprintf("  validation loss %.4g, %s", e.ValidationLoss, evalScore(*e.Validation))
	}
	a.say("%s", text)
}

// trainError says what is to be done after a training that failed.
func trainError(path string, work layout.Folder, err error) error {
	var diverged *retrain.DivergedError
	var into *retrain.IntoError
	var node *exec.NodeError
	switch {
	case isOfData(err): // also where training was interrupted besides
		return inputError(err)
	case errors.Is(err, train.ErrInterrupted):
		return fmt.Errorf("%w in %s; the same command goes on from there", errInterrupted, work)
	case errors.As(err, &diverged) && !diverged.AtOnce:
		return fmt.Errorf("model train: training diverged: %s; try a smaller --rate, now %g", diverged.Reason, diverged.Rate)
	case errors.As(err, &diverged):
		return fmt.Errorf("model train: %w", err)
	case errors.As(err, &into):
		return fmt.Errorf("--into: %w", err)
	case errors.As(err, &node):
		return fmt.Errorf("model train: %s: %w", path, err)
	}
	return err
}

// describeInto says what was written, and how inputs and targets of a domain are
// scaled, which the file does not say.
func describeInto(r *retrain.Into, d *dataset.Domain) string {
	text := fmt.Sprintf("with %s trained", wording.Plural(r.Tensors, "tensor"))
	if r.Data != "" {
		text += " and its data in " + r.Data
	}
	if shift, scale, ok := affine(d.Norm); !ok {
		text += "; it takes raw inputs"
	} else {
		text += fmt.Sprintf("; it takes inputs less %s, divided by %s", shift, scale)
	}
	if d.Task.Kind == dataset.Regression {
		if shift, scale, ok := affine(d.TargetNorm); ok {
			text += fmt.Sprintf("; it gives targets less %s, divided by %s", shift, scale)
		}
	}
	return text
}

// affine words a map; ok is false if it changes nothing.
func affine(n dataset.Norm) (shift, scale string, ok bool) {
	const most = 4
	shifts := make([]float64, len(n.Mean))
	for k, mean := range n.Mean {
		shifts[k] = n.Value(0, k)
		ok = ok || shifts[k] != 0 || n.Std[k] != 1 || mean != 0
	}
	if len(shifts) > most {
		return fmt.Sprintf("their %d means in the training data", len(shifts)), "their deviations, which a model written with -o lists in its metadata", ok
	}
	return fmt.Sprint(shifts), fmt.Sprint(n.Std), ok
}
