package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/artifacts"
	"github.com/sharewise/sharewise/onnxio/finetune"
	"github.com/sharewise/sharewise/onnxio/training"
	"github.com/sharewise/sharewise/onnxio/zoo"
)

const gradientLong = `Make a model trainable, or differentiable, by any ONNX Runtime in any language.

With --loss and --optimizer the folder DIR gets
  train.onnx      one training step: batch, targets and tensors in; loss and next
                  tensors out. It is made of ordinary operators.
  eval.onnx       losses and predictions of any number of samples
  model.onnx      the model to deploy; its weights are those in parameters.bin
  parameters.bin  the parameters as they start: little-endian float32
  optimizer.bin   what the optimizer remembers, zeros at first
  manifest.json   what every input and output is for, and where tensors lie
A program feeds a batch and the tensors, takes each output that feeds a tensor
for the next step, and so on. When it writes parameters.bin again, model.onnx is
the trained model. 'sharewise schema manifest' prints the JSON Schema.

The model's output are the scores that the loss is put on: logits for
cross_entropy, not probabilities. --of chooses another value, and --outputs puts
a new linear layer on it. Models that give a class to every token or pixel need
--class-axis. --freeze, --freeze-depth and --adapters say what of the model trains.

With --wrt the folder gets gradient.onnx and manifest.json: the model with one
more output per name, the derivative with respect to an input, a weight or any
value between. What is differentiated is the sum of the elements of the output,
or of the values named by --of; with --cotangents each element times a factor
that is fed in, such as the one-hot row of a class; with --loss the mean loss.`

// gradientFlags are what the user asks for.
type gradientFlags struct {
	artifacts.Config
	shapes map[string]string // Config.Samples, as text
	set    []string
	output string
	force  bool
}

func newModelGradientCommand(a *app) *cobra.Command {
	f := &gradientFlags{}
	cmd := &cobra.Command{
		Use:   "gradient MODEL -o DIR",
		Short: "Write graphs that train or differentiate a model in any language",
		Long:  gradientLong,
		Example: `  sharewise model gradient mnist.onnx --loss cross_entropy --optimizer adamw --batch 32 -o mnist
  sharewise model gradient bert.onnx --loss cross_entropy --optimizer adamw --outputs 2 \
      --of pooled --shape input_ids=128 --freeze 'embeddings.*' -o bert
  sharewise model gradient vit.onnx --wrt image --cotangents -o saliency
  sharewise model gradient vit.onnx --wrt image --loss cross_entropy -o adversarial`,
		Args:              exactArgs("MODEL"),
		ValidArgsFunction: completeModels,
		RunE:              func(_ *cobra.Command, args []string) error { return a.modelGradient(args[0], f) },
	}
	flags := cmd.Flags()
	flags.StringVar((*string)(&f.Task.Loss), "loss", "", "`LOSS`: cross_entropy, binary_cross_entropy, squared_error or huber")
	flags.StringVar((*string)(&f.Optimizer.Kind), "optimizer", "", "`OPTIMIZER`: sgd, adamw, adam or adagrad")
	flags.StringSliceVar(&f.Wrt, "wrt", nil, "differentiate with respect to `NAME`, an input, a weight or any other value; may be repeated")
	flags.StringSliceVar(&f.Of, "of", nil, "`VALUE` to put the loss on or to differentiate (default: the only output); with --outputs auto is what the last linear layer takes")
	flags.IntVar(&f.Task.Batch, "batch", 0, "`ROWS` of a minibatch (default: what a model of fixed size takes, else 32 to train, 1 to differentiate)")
	flags.StringToStringVar(&f.shapes, "shape", nil, "`INPUT=SHAPE` of one sample where the model leaves it open, such as tokens=128 or image=3x224x224")
	flags.StringArrayVar(&f.set, "set", nil, "settle `NAME=VALUE`, an input or a size of the model, see 'model inspect'; may be repeated")
	flags.IntVar(&f.Task.Outputs, "outputs", 0, "put a new linear layer with `N` outputs on the value")
	flags.IntVar(&f.Task.ClassAxis, "class-axis", 0, "cross_entropy of every token or pixel: the `DIMENSION` of the scores that classes lie along, 1 or -1")
	flags.BoolVar(&f.Cotangents, "cotangents", false, "with --wrt: take factors of the elements of what is differentiated as inputs")
	flags.StringSliceVar(&f.Freeze, "freeze", nil, "leave weights whose name matches `PATTERN` as they are; * stands for any letters")
	registerTuning(flags, &f.Finetune.FreezeDepth, &f.Finetune.Adapters.Rank, &f.Finetune.Adapters.Alpha, &f.Finetune.Adapters.Match)
	flags.StringVar(&f.Finetune.Init, "init", finetune.Keep, "start weights by `METHOD`: "+strings.Join(finetune.Methods(), ", "))
	flags.StringVar((*string)(&f.BatchNorm), "batch-norm", string(training.SharedStatistics), "batch normalisations use the statistics of the minibatch (shared) or those of the model (frozen): `KIND`")
	flags.Float64Var(&f.Task.Delta, "delta", 0, "huber: where the square turns into a line")
	flags.Float64Var(&f.Task.Smoothing, "smoothing", 0, "spread this share of each target evenly")
	flags.Float32SliceVar(&f.Task.ClassWeights, "class-weights", nil, "weight of each class, or of the positive samples of each label, as `W,W,...`")
	flags.BoolVar(&f.Task.Masked, "masked", false, "targets may be NaN, or with --class-axis negative: not known")
	flags.Float64Var(&f.Optimizer.Momentum, "momentum", 0, "sgd: momentum")
	flags.BoolVar(&f.Optimizer.Nesterov, "nesterov", false, "sgd: Nesterov's momentum")
	flags.Float64Var(&f.Optimizer.Beta1, "beta1", 0, "adamw, adam: decay of the mean gradient (default 0.9)")
	flags.Float64Var(&f.Optimizer.Beta2, "beta2", 0, "adamw, adam: decay of the mean squared gradient (default 0.999)")
	flags.Float64Var(&f.Optimizer.Epsilon, "epsilon", 0, "adamw, adam, adagrad: added to the root (default 1e-8, adagrad 1e-10)")
	flags.Float64Var(&f.Optimizer.WeightDecay, "weight-decay", 0, "weight decay")
	flags.Float64Var(&f.Clip, "clip", 0, "bound the gradient's global `NORM`")
	flags.Uint64Var(&f.Seed, "seed", 1, "draws weights that the model does not hold")
	flags.StringVarP(&f.output, "output", "o", "", "write into the folder `DIR`, which must not exist")
	flags.BoolVar(&f.force, "force", false, "replace DIR if this command wrote all that is in it")
	for flag, list := range map[string][]string{
		"loss":       words(training.CrossEntropy, training.BinaryCrossEntropy, training.SquaredError, training.Huber),
		"optimizer":  words(training.Optimizers()...),
		"init":       finetune.Methods(),
		"batch-norm": words(training.SharedStatistics, training.FrozenStatistics),
	} {
		if err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp)); err != nil {
			panic(err) // no such flag
		}
	}
	return cmd
}

// words lists the words of a type of the package training.
func words[T ~string](all ...T) []string {
	list := make([]string, len(all))
	for i, w := range all {
		list[i] = string(w)
	}
	return list
}

// check reports flags that contradict each other.
func (f *gradientFlags) check() error {
	train := f.Optimizer.Kind != ""
	switch {
	case f.output == "":
		return usagef("model gradient: -o is missing: the folder to write")
	case !train && len(f.Wrt) == 0:
		return usagef("model gradient: say how to train, with --loss and --optimizer, or what to differentiate by, with --wrt")
	case train && len(f.Wrt) > 0:
		return usagef("model gradient: --optimizer trains all weights that --freeze leaves; --wrt goes without it")
	case train && f.Task.Loss == "":
		return usagef("model gradient: --optimizer needs --loss")
	case train && f.Cotangents:
		return usagef("model gradient: --cotangents is for --wrt")
	case f.Cotangents && f.Task.Loss != "":
		return usagef("model gradient: --cotangents and --loss exclude each other: a loss says what is differentiated")
	case train && len(f.Of) > 1:
		return usagef("model gradient: a loss is put on one value, but --of names %d", len(f.Of))
	case !train && f.Task.Outputs != 0:
		return usagef("model gradient: --outputs is for --optimizer")
	case !train && (len(f.Freeze) > 0 || f.Finetune.FreezeDepth != 0 || f.Finetune.Adapters.Rank != 0 || f.Finetune.Init != finetune.Keep):
		return usagef("model gradient: --freeze, --freeze-depth, --adapters and --init are for --optimizer")
	case (f.Finetune.Adapters.Alpha != 0 || len(f.Finetune.Adapters.Match) > 0) && f.Finetune.Adapters.Rank == 0:
		return usagef("model gradient: --adapter-alpha and --adapter-match are for --adapters")
	case train && f.Task.Outputs == 0 && len(f.Of) > 0 && f.Of[0] == finetune.Auto:
		return usagef("model gradient: --of auto leaves out the last layer; say with --outputs how many outputs the new one has")
	case f.Task.Batch < 0:
		return usagef("model gradient: --batch %d is not a number of rows", f.Task.Batch)
	}
	return nil
}

func (a *app) modelGradient(path string, f *gradientFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	kept := []string{path}
	if f.force {
		kept = append(kept, keptAround(f.output)...)
		if files, err := onnxio.FilesOf(path); err == nil { // what is wrong with it is said where it is opened
			kept = append(kept, files...)
		}
	}
	if err := artifacts.MayWrite(f.output, f.force, kept...); err != nil {
		return folderError("model gradient", f.output, err)
	}
	if err := a.spare([]output{{flag: "-o", path: f.output}}); err != nil {
		return err
	}
	f.Samples = map[string][]int64{}
	for name, text := range f.shapes {
		shape, err := zoo.ParseShape(text)
		if err != nil {
			return usagef("model gradient: --shape %s: %w", name, err)
		}
		for _, d := range shape {
			f.Samples[name] = append(f.Samples[name], int64(d))
		}
	}
	m, source, err := artifacts.Open(path, f.set)
	if err != nil {
		return inputError(err)
	}
	b, err := artifacts.Make(m, source, f.Config)
	if err != nil {
		return gradientError(path, err)
	}
	if note := normalisedNote(m, f.Config); note != "" && !a.quiet {
		fmt.Fprintf(a.stderr, "note: %s\n", note)
	}
	if err := b.WriteFolder(f.output, f.force, kept...); err != nil {
		return folderError("model gradient", f.output, err)
	}
	return a.show(b.Manifest, func(w io.Writer) error { return printBundle(w, f.output, b) })
}
