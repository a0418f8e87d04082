package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/artifacts"
	"github.com/sharewise/sharewise/onnxio/finetune"
	"github.com/sharewise/sharewise/onnxio/training"
)

func existsError(dir string) error {
	return usagef("model gradient: %s exists; choose another folder, or replace it with --force", dir)
}

// mayWrite reports an output that stands in the way. Only a folder that model
// gradient wrote, or an empty one, is ever replaced.
func (f *gradientFlags) mayWrite() error {
	switch _, err := os.Lstat(f.output); {
	case err != nil:
		return nil
	case !f.force:
		return existsError(f.output)
	}
	entries, err := os.ReadDir(f.output)
	if err != nil {
		return usagef("model gradient: %s is no folder, and --force replaces none but those of model gradient; choose another name", f.output)
	}
	if _, err := os.Stat(filepath.Join(f.output, artifacts.ManifestFile)); err != nil && len(entries) > 0 {
		return usagef("model gradient: %s holds files and no %s, and --force replaces no folders but those of model gradient; choose another name", f.output, artifacts.ManifestFile)
	}
	return nil
}

// loadSource reads a model and says which file it is.
func loadSource(path string, settings []string) (*onnxio.Model, artifacts.Model, error) {
	source := artifacts.Model{File: filepath.Base(path)}
	m, err := onnxio.Open(path, settings)
	if err != nil {
		return nil, source, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, source, err
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return nil, source, err
	}
	source.SHA256 = hex.EncodeToString(h.Sum(nil))
	return m, source, nil
}

func (f *gradientFlags) bundle(m *onnxio.Model, source artifacts.Model, samples map[string][]int64) (*artifacts.Bundle, error) {
	if f.optimizer.Kind == "" {
		return f.derivative(m, source, samples)
	}
	const defaultBatch = 32
	fixed, err := training.FixInputs(m, int64(f.domain.Batch), samples)
	if err != nil {
		return nil, err
	}
	f.finetune.Features = ""
	if len(f.of) > 0 {
		f.finetune.Features = f.of[0]
	}
	trunk, _, err := finetune.Apply(fixed, f.finetune)
	if err != nil {
		return nil, err
	}
	cfg := training.Config{
		Trunk: trunk, OwnInputs: true, KeepHead: f.domain.Outputs == 0,
		Domains: []training.Domain{f.domain}, Optimizer: f.optimizer, Clip: f.clip,
		Freeze: f.freeze, BatchNorm: training.BatchNorm(f.batchNorm),
	}
	d := &cfg.Domains[0]
	d.Name = "task"
	if d.Batch == 0 {
		d.Batch = defaultBatch
	}
	if len(f.of) > 0 {
		cfg.Features = trunk.Graph.Outputs[0].Name
	}
	p, err := training.Compile(cfg)
	var fixedBatch *training.BatchError
	if f.domain.Batch == 0 && errors.As(err, &fixedBatch) {
		d.Batch = int(fixedBatch.Bound)
		p, err = training.Compile(cfg)
	}
	if err != nil {
		return nil, err
	}
	cfg.Trunk = m
	return artifacts.Training(p, cfg, source, f.seed)
}

func (f *gradientFlags) derivative(m *onnxio.Model, source artifacts.Model, samples map[string][]int64) (*artifacts.Bundle, error) {
	m, err := training.FixInputs(m, int64(f.domain.Batch), samples)
	if err != nil {
		return nil, err
	}
	cfg := training.Derivative{Model: m, Of: f.of, Wrt: f.wrt, Cotangents: f.cotangents}
	if f.domain.Loss != "" {
		cfg.Loss = &f.domain
	}
	d, err := training.Differentiate(cfg)
	if err != nil {
		return nil, err
	}
	return artifacts.Gradient(d, cfg, source), nil
}

// normalisedTwice says that a loss is put on probabilities, where it wants
// logits; "" if it is not.
func (f *gradientFlags) normalisedTwice(m *onnxio.Model) string {
	if f.domain.Outputs != 0 {
		return ""
	}
	m = m.Clone()
	if len(f.of) > 0 {
		m.Graph.Outputs = []*onnxio.Value{{Name: f.of[0]}}
	}
	logits, op := finetune.Logits(m, f.domain.Loss)
	if op == "" || op == "LogSoftmax" { // whose softmax is the same
		return ""
	}
	if logits == "" {
		return fmt.Sprintf("%q comes out of a %s, but %s takes what goes into it, which are integers here; quantize the model without it", m.Graph.Outputs[0].Name, op, f.domain.Loss)
	}
	return fmt.Sprintf("%q comes out of a %s, but %s takes what goes into it; '--of %s' would put the loss there",
		m.Graph.Outputs[0].Name, op, f.domain.Loss, logits)
}

// gradientError tells what is wrong with the call from what is wrong with the
// model, and adds the names that the user may have meant.
func gradientError(path string, err error) error {
	var unknown *training.UnknownNameError
	var none *training.NoMatchError
	var several *onnxio.OutputError
	var open *training.SampleError
	switch {
	case errors.As(err, &several):
		err = fmt.Errorf("%w (--of NAME)", err)
	case errors.As(err, &open):
		err = fmt.Errorf("%w (--shape %s=%s)", err, open.Input, open.Example)
	case errors.Is(err, training.ErrNaN):
		err = fmt.Errorf("%w (--init METHOD)", err)
	}
	switch {
	case errors.As(err, &unknown):
		return usagef("model gradient: %s has no %s %q%s; 'sharewise model inspect --print' lists them",
			path, unknown.What, unknown.Name, study.DidYouMean(unknown.Name, unknown.Known))
	case errors.As(err, &none):
		return usagef("model gradient: no parameter is called %q%s; 'sharewise model inspect --print' lists them",
			none.Pattern, study.DidYouMean(none.Pattern, none.Params))
	case errors.Is(err, training.ErrConfig) && !errors.Is(err, training.ErrTrunk), errors.Is(err, finetune.ErrConfig):
		return usagef("model gradient: %s: %w", path, err)
	}
	return inputError(fmt.Errorf("%s: %w", path, err))
}

// printBundle says what was written.
func printBundle(out io.Writer, dir string, b *artifacts.Bundle) error {
	if b.Kind == artifacts.KindGradient {
		var wrt []string
		for _, o := range b.Gradient.Outputs {
			if o.Role == artifacts.RoleGradient {
				wrt = append(wrt, o.Wrt)
			}
		}
		batches := ""
		if b.Batch > 0 {
			batches = fmt.Sprintf(", for batches of %d", b.Batch)
		}
		_, err := fmt.Fprintf(out, "%s: %s gives derivatives with respect to %s%s\n", dir, artifacts.GradientFile, strings.Join(wrt, ", "), batches)
		return err
	}
	trained, frozen, elements := 0, 0, int64(0)
	var stuck []string
	why := ""
	for _, t := range b.Tensors {
		switch {
		case t.Role != artifacts.RoleParameter:
		case t.Next == "":
			frozen++
		case t.Stuck != "":
			stuck, why = append(stuck, t.Name), cmp.Or(why, t.Stuck)
		default:
			trained++
			elements += t.Bytes / 4
		}
	}
	_, err := fmt.Fprintf(out, "%s: %s trains %s in %s, %d frozen, with %s and %s, in batches of %d\n",
		dir, artifacts.TrainFile, onnxio.FormatCount(elements), wording.Plural(trained, "tensor"), frozen, b.Loss.Name, b.Optimizer.Name, b.Batch)
	if len(stuck) > 0 {
		_, e := fmt.Fprintf(out, "%s\n", project.StuckNote(stuck, why))
		err = errors.Join(err, e)
	}
	if merged := b.Merged(); len(merged) > 0 {
		_, e := fmt.Fprintf(out, "%s\n", project.MergedNote(merged))
		err = errors.Join(err, e)
	}
	return err
}
