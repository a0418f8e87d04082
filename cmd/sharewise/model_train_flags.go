package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/sharewise/sharewise/analysis/evaluate"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/retrain"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/finetune"
	"github.com/sharewise/sharewise/onnxio/training"
)

// trainFlags are what the user says of a training. Settings that are not given
// are those of the study.
type trainFlags struct {
	data, domain, output, table string
	into                        string
	checkpoint                  string
	model                       study.Model
	adapters                    study.Adapters
	training                    study.Training
	labels, classOrder          string
	input                       study.Input // scale, mean and std
	set                         []string
	keepHead                    bool
	seed                        uint64
	reading                     reading
	given                       func(flag string) bool
}

func (f *trainFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.data, "data", "", "study file, or folder or file of data as 'sharewise init' takes it: `STUDY|DATA`")
	flags.StringVar(&f.domain, "domain", "", "train on the domain `NAME`, where the data has several")
	flags.StringVarP(&f.output, "output", "o", "", "write the trained model to `FILE`")
	flags.StringVar(&f.into, "into", "", "with --keep-head: write the model as it was given, with the trained weights in the place of its own, to `FILE`")
	flags.StringVar(&f.table, "table", "", "write the losses of test samples to the Parquet `FILE`")
	flags.StringVar(&f.checkpoint, "checkpoint", "", "keep what an interrupted training goes on from in the folder `DIR` (default: FILE.training)")
	flags.StringVar(&f.model.Features, "features", finetune.Auto, "put the new head on the value or node `NAME`; auto finds what the last linear layer takes in")
	flags.BoolVar(&f.keepHead, "keep-head", false, "train the model with the outputs that it has")
	flags.StringVar(&f.labels, "labels", "", "`NAMES` of the classes in the order of the outputs, separated by commas, or a file with one on each line (default: as the model says, or sorted)")
	flags.StringVar(&f.classOrder, "class-order", "", "with --keep-head: how classes are sorted that nobody lists, numbers or text")
	flags.StringArrayVar(&f.set, "set", nil, "settle `NAME=VALUE`, an input or a size of the model, see 'model inspect'; may be repeated")
	flags.Float64Var(&f.input.Scale, "scale", 0, "divide raw inputs by this `NUMBER`, such as 255")
	flags.Float64SliceVar(&f.input.Mean, "mean", nil, "then subtract `NUMBERS`, one or one for each channel")
	flags.Float64SliceVar(&f.input.Std, "std", nil, "then divide by `NUMBERS` (default: inputs are normalised as the data says)")
	flags.StringVar(&f.model.Init, "init", study.Keep, "how weights start: "+strings.Join(study.Inits(), ", "))
	flags.StringSliceVar(&f.model.Freeze, "freeze", nil, "leave weights whose name matches `PATTERN` as they are; '*' trains the new head only")
	registerTuning(flags, &f.model.FreezeDepth, &f.adapters.Rank, &f.adapters.Alpha, &f.adapters.Match)
	flags.StringVar(&f.model.BatchNorm, "batch-norm", "", "batch normalisations use the statistics of minibatches (shared) or those of the model (frozen): `KIND`")
	flags.IntVar(&f.training.Epochs, "epochs", 0, "passes over the training data")
	flags.IntVar(&f.training.Batch, "batch", 0, "`ROWS` of a minibatch")
	flags.Float64Var(&f.training.Rate, "rate", 0, "peak learning rate")
	flags.StringVar(&f.training.Optimizer.Name, "optimizer", "", "`OPTIMIZER`: "+strings.Join(study.Optimizers(), ", "))
	flags.Float64Var(&f.training.Optimizer.WeightDecay, "weight-decay", 0, "weight decay")
	flags.Float64Var(&f.training.Clip, "clip", 0, "largest `NORM` of the whole gradient")
	flags.StringVar(&f.training.Schedule.Kind, "schedule", "", "decay of the rate: constant, cosine or linear")
	flags.StringVar(&f.training.Select, "select", "", "write the last parameters, or the best by validation loss: last or best")
	flags.IntVar(&f.training.Threads, "threads", 0, "threads of ONNX Runtime (default: the study's)")
	flags.Uint64Var(&f.seed, "seed", 1, "draws what is random: the new head, the order of samples, splits")
	f.reading.register(flags)
}

// check reports flags that contradict each other.
func (f *trainFlags) check() error {
	positive := func(flag string, v float64) error {
		if f.given(flag) && !(v > 0) {
			return usagef("model train: --%s %v; give a number above 0", flag, v)
		}
		return nil
	}
	switch {
	case f.data == "":
		return usagef("model train: --data is missing: a study file, or a folder or file of data")
	case f.output == "" && f.into == "":
		return usagef("model train: -o is missing: the file to write")
	case f.into != "" && !f.keepHead:
		return usagef("model train: --into goes with --keep-head: the model that was given has no place for a new head")
	case f.training.Threads > study.MaxThreads:
		return usagef("model train: --threads %d; give at most %d", f.training.Threads, study.MaxThreads)
	case f.adapters.Rank == 0 && (f.given("adapter-alpha") || f.given("adapter-match")):
		return usagef("model train: --adapter-alpha and --adapter-match go with --adapters RANK")
	case f.into != "" && f.given("features"):
		return usagef("model train: --into keeps the model's outputs, so --features has nothing to say")
	case f.keepHead && f.given("features") && f.model.Features == finetune.Auto:
		return usagef("model train: --features auto looks for the head to replace, and --keep-head keeps it: they exclude each other")
	case f.classOrder != "" && !f.keepHead:
		return usagef("model train: --class-order goes with --keep-head: a new head learns whatever order there is")
	case slices.ContainsFunc(f.input.Std, func(v float64) bool { return !(v > 0) }):
		return usagef("model train: --std %v; give numbers above 0", f.input.Std)
	case f.model.FreezeDepth < 0:
		return usagef("model train: --freeze-depth %d; give 0 or more", f.model.FreezeDepth)
	}
	for _, out := range []struct{ flag, path string }{{"--into", f.into}, {"-o", f.output}} {
		if folder, err := isFolder(out.path); err != nil {
			return err
		} else if folder {
			return usagef("model train: %s %s is a folder; name the file to write", out.flag, out.path)
		}
	}
	for _, err := range []error{
		choice("model train", "class-order", f.classOrder, study.OrderNumbers, study.OrderText),
		choice("model train", "init", f.model.Init, study.Inits()...),
		choice("model train", "batch-norm", f.model.BatchNorm, study.SharedStatistics, study.FrozenStatistics),
		choice("model train", "optimizer", f.training.Optimizer.Name, study.Optimizers()...),
		choice("model train", "schedule", f.training.Schedule.Kind, "constant", "cosine", "linear"),
		choice("model train", "select", f.training.Select, "last", "best"),
		positive("epochs", float64(f.training.Epochs)), positive("batch", float64(f.training.Batch)),
		positive("rate", f.training.Rate), positive("threads", float64(f.training.Threads)),
		positive("scale", f.input.Scale), positive("adapters", float64(f.adapters.Rank)), positive("adapter-alpha", f.adapters.Alpha),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

// spare guards what the training writes. --into may put the weights back where they came from,
// in the file of the model and in that beside it.
func (f *trainFlags) spare(a *app, path string) error {
	into := output{flag: "--into", path: f.into, renews: func(string) bool { return oneFile(f.into, path) }}
	beside := into
	beside.flag, beside.path = "the file with weights of --into", retrain.BesideInto(f.into, path)
	outputs := []output{into, {flag: "-o", path: f.output}, {flag: "--table", path: f.table}, beside}
	if f.checkpoint != "" { // of it, only what is a checkpoint is removed
		if err := a.spare([]output{{flag: "--checkpoint", path: filepath.Join(f.checkpoint, "runs")}}); err != nil {
			return err
		}
	}
	reads := append(readsOfData(f.data), input{path: f.labels, what: "the names that --labels reads"})
	for _, in := range readsOfModels(path) {
		in.renewable = true
		reads = append(reads, in)
	}
	return a.spare(outputs, reads...)
}

// open reads data and model and plans the one run.
func (f *trainFlags) open(ctx context.Context, path string) (*retrain.Training, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	s, err := f.study(path)
	if err != nil {
		return nil, err
	}
	c := retrain.Config{Model: path, Study: s, Domain: f.domain, Tuning: f.model, KeepHead: f.keepHead, Options: f.reading.options()}
	c.Options.Set = f.set
	if f.keepHead && !f.given("features") {
		c.Tuning.Features = ""
	}
	if f.adapters.Rank > 0 {
		c.Tuning.Adapters = &f.adapters
	}
	t, err := retrain.Open(ctx, c)
	if err != nil {
		return nil, f.explain(path, err)
	}
	return t, nil
}

// explain says which flag helps.
func (f *trainFlags) explain(path string, err error) error {
	var several *onnxio.OutputError
	var domain *retrain.DomainError
	var into *retrain.IntoError
	switch {
	case errors.As(err, &domain) && domain.Name == "":
		return usagef("model train: %s has %d domains; choose one with --domain: %s", f.data, len(domain.Known), strings.Join(domain.Known, ", "))
	case errors.As(err, &domain):
		return usagef("model train: %s has no domain %q%s", f.data, domain.Name, study.DidYouMean(domain.Name, domain.Known))
	case errors.As(err, &into):
		return inputError(fmt.Errorf("%s: --into: %w", path, err))
	case errors.Is(err, finetune.ErrInputs):
		err = fmt.Errorf("%w (--set NAME=VALUE)", err)
	case errors.As(err, &several) && !errors.Is(err, finetune.ErrFeatures):
		err = fmt.Errorf("%w (--features NAME)", err)
	}
	switch {
	case errors.Is(err, finetune.ErrFeatures) && f.model.Features == finetune.Auto:
		err = fmt.Errorf("%w with --features, or keep the model's outputs with --keep-head", err)
	case f.keepHead && errors.Is(err, training.ErrConfig):
		return usagef("model train: %s: %w; leave --keep-head out for a new head", filepath.Base(path), err)
	case errors.Is(err, finetune.ErrConfig), errors.Is(err, training.ErrConfig):
		return usagef("model train: %s: %w", filepath.Base(path), err)
	}
	return inputError(err)
}

// study is what the data says, with what the flags say over it.
func (f *trainFlags) study(path string) (*study.Study, error) {
	s, err := evaluate.OpenFor(f.data, path, "")
	if err != nil {
		return nil, inputError(err)
	}
	for i := range s.Domains {
		d := &s.Domains[i]
		if d.Name != f.domain && len(s.Domains) > 1 {
			continue
		}
		if f.labels != "" {
			if d.Task.Classes, err = readNames(f.labels); err != nil {
				return nil, err
			}
		}
		if err := orderClasses(&d.Task, f.classOrder); err != nil {
			return nil, usagef("model train: domain %s: %w", d.Name, err)
		}
	}
	if f.given("seed") {
		s.Seed = f.seed
	}
	if f.input.Scaled() {
		s.Input.Scale, s.Input.Mean, s.Input.Std = f.input.Scale, f.input.Mean, f.input.Std
	}
	f.settings(&s.Training)
	return s, nil
}

// workFolder is where a training keeps its checkpoint: what the user says, or a
// folder beside the output.
func (f *trainFlags) workFolder() (layout.Folder, error) {
	if f.checkpoint == "" {
		return layout.Folder(cmp.Or(f.output, f.into) + ".training"), nil
	}
	if err := retrain.MayWork(f.checkpoint); err != nil {
		return "", usagef("model train: --checkpoint %s: %w", f.checkpoint, err)
	}
	return layout.Folder(f.checkpoint), nil
}

// settings puts what was given over what the study says.
func (f *trainFlags) settings(t *study.Training) {
	g := f.training
	if f.given("optimizer") && g.Optimizer.Name != t.Optimizer.Name {
		t.SetOptimizer(g.Optimizer.Name)
	}
	if f.given("weight-decay") {
		t.Optimizer.WeightDecay = g.Optimizer.WeightDecay
	}
	if f.given("clip") {
		t.Clip = g.Clip
	}
	t.Epochs, t.Batch, t.Rate = cmp.Or(g.Epochs, t.Epochs), cmp.Or(g.Batch, t.Batch), cmp.Or(g.Rate, t.Rate)
	t.Schedule.Kind, t.Select, t.Threads = cmp.Or(g.Schedule.Kind, t.Schedule.Kind), cmp.Or(g.Select, t.Select), cmp.Or(g.Threads, t.Threads)
}
