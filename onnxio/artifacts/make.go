package artifacts

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"path/filepath"

	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/finetune"
	"github.com/sharewise/sharewise/onnxio/training"
)

// defaultBatch is the minibatch of a model that leaves its size open.
const defaultBatch = 32

// Config says how a model is trained, or what it is differentiated by.
type Config struct {
	// Task is the loss and what belongs to it. Its name is not used. Outputs other
	// than 0 put a new linear layer on the value that Of names. A Batch of 0 is
	// what the model was exported for, or else 32 to train and 1 to differentiate.
	Task training.Domain
	// Optimizer trains, by the loss of Task; the zero value differentiates.
	Optimizer training.Optimizer
	// Of are the values that the loss is put on, one to train, or whose elements
	// are summed and differentiated; none stands for the model's only output.
	// finetune.Auto is what the last linear layer takes in.
	Of []string
	// Samples are shapes of one sample, by input, where the model leaves them open.
	Samples map[string][]int64

	// To train: Finetune changes the model before, Freeze are patterns of names of
	// parameters that stay as they are, Clip bounds the norm of the gradient, and
	// Seed draws weights that the model does not hold.
	Finetune  finetune.Config
	Freeze    []string
	BatchNorm training.BatchNorm
	Clip      float64
	Seed      uint64

	// To differentiate: Wrt are inputs, weights or other values, and Cotangents
	// takes factors of the elements of what is differentiated as inputs. With a
	// loss in Task the mean loss is differentiated.
	Wrt        []string
	Cotangents bool
}

// Open reads a model file for [Make], see onnxio.Open, and says which it is.
func Open(path string, settings []string) (*onnxio.Model, Model, error) {
	source := Model{File: filepath.Base(path)}
	m, err := onnxio.Open(path, settings)
	if err != nil {
		return nil, source, err
	}
	file, err := filelimit.Open(path)
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

// Make makes the bundle that trains a model, or differentiates it, by [Training]
// and [Gradient]. source describes the file of the model. Errors are those of
// packages finetune and training.
func Make(m *onnxio.Model, source Model, c Config) (*Bundle, error) {
	fixed, err := training.FixInputs(m, int64(c.Task.Batch), c.Samples)
	if err != nil {
		return nil, err
	}
	if c.Optimizer.Kind == "" {
		return makeGradient(fixed, source, c)
	}
	c.Finetune.Features = ""
	if len(c.Of) > 0 {
		c.Finetune.Features = c.Of[0]
	}
	trunk, _, err := finetune.Apply(fixed, c.Finetune)
	if err != nil {
		return nil, err
	}
	cfg := training.Config{
		Trunk: trunk, OwnInputs: true, KeepHead: c.Task.Outputs == 0,
		Domains: []training.Domain{c.Task}, Optimizer: c.Optimizer, Clip: c.Clip,
		Freeze: c.Freeze, BatchNorm: c.BatchNorm,
	}
	d := &cfg.Domains[0]
	d.Name = "task"
	if d.Batch == 0 {
		d.Batch = defaultBatch
	}
	if len(c.Of) > 0 {
		cfg.Features = trunk.Graph.Outputs[0].Name
	}
	p, err := training.Compile(cfg)
	var exported *training.BatchError
	if c.Task.Batch == 0 && errors.As(err, &exported) {
		d.Batch = int(exported.Bound)
		p, err = training.Compile(cfg)
	}
	if err != nil {
		return nil, err
	}
	cfg.Trunk = m
	return Training(p, cfg, source, c.Seed)
}

func makeGradient(m *onnxio.Model, source Model, c Config) (*Bundle, error) {
	cfg := training.Derivative{Model: m, Of: c.Of, Wrt: c.Wrt, Cotangents: c.Cotangents}
	if c.Task.Loss != "" {
		cfg.Loss = &c.Task
	}
	d, err := training.Differentiate(cfg)
	if err != nil {
		return nil, err
	}
	return Gradient(d, cfg, source), nil
}

// Normalised reports that the loss of a configuration wants logits, and is put on
// what comes out of the operator op, a Softmax say: on the value of. logits is
// what goes into op, "" where that is not of floating point. op is "" if all is
// well.
func Normalised(m *onnxio.Model, c Config) (of, op, logits string) {
	if c.Task.Outputs != 0 {
		return "", "", ""
	}
	m = m.Clone()
	if len(c.Of) > 0 {
		m.Graph.Outputs = []*onnxio.Value{{Name: c.Of[0]}}
	}
	logits, op = finetune.Logits(m, c.Task.Loss)
	if op == "" || op == "LogSoftmax" { // the softmax of which is the same
		return "", "", ""
	}
	return m.Graph.Outputs[0].Name, op, logits
}
