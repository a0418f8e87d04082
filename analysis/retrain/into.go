package retrain

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/finetune"
	"github.com/sharewise/sharewise/onnxio/lower"
	"github.com/sharewise/sharewise/onnxio/training"
)

// putInto writes the model of a file with the tensors of the trained one in the
// place of its own.
func putInto(file, given, trained string, job *train.Job) (*Into, error) {
	m, err := onnxio.Load(given)
	if err != nil {
		return nil, err
	}
	result, err := onnxio.Load(trained)
	if err != nil {
		return nil, err
	}
	tensors, err := trainedTensors(m, result, job)
	if err != nil {
		return nil, &IntoError{err}
	}
	r := &Into{File: file}
	if m, r.Tensors, err = finetune.PutBack(m, tensors); err != nil {
		return nil, &IntoError{err}
	}
	if err := onnxio.Check(m); err != nil {
		if mended, _ := onnxio.Mend(m); onnxio.Check(mended) != nil { // else it is as wrong as it was given
			return nil, &IntoError{err}
		}
	}
	var options onnxio.SaveOptions
	if external, err := hasExternalData(given); err != nil {
		return nil, err
	} else if external {
		options.ExternalData = externalOf(file)
		r.Data = options.ExternalData
	}
	if err := options.Save(file, m); err != nil {
		return nil, err
	}
	return r, nil
}

// mayPutInto reports, before a training, what it would have no place for in the
// model that was given.
func mayPutInto(given string, job *train.Job) error {
	m, err := onnxio.Load(given)
	if err != nil {
		return err
	}
	low, _, err := lower.Model(m)
	if err != nil {
		return err
	}
	var tensors []finetune.Trained
	add := func(p training.Param, statistic bool) {
		n := (&onnxio.Tensor{Shape: p.Shape}).Len()
		tensors = append(tensors, finetune.Trained{Source: p.Source, Name: p.Name, Shape: p.Shape, Start: p.Value, Values: slices.Repeat([]float32{0.5}, n), Statistic: statistic})
	}
	for _, p := range job.Program.Params {
		if !p.Frozen && low.Graph.Initializer(p.Source) != nil { // others are adapters, which end in weights
			add(p, false)
		}
	}
	for _, p := range job.Program.Buffers {
		add(p, true)
	}
	_, _, err = finetune.PutBack(m, tensors)
	return err
}

// trainedTensors are the parameters and statistics of a training as the model
// that was written has them. Low-rank adapters are in the weights by then.
func trainedTensors(given, result *onnxio.Model, job *train.Job) (tensors []finetune.Trained, err error) {
	add := func(source, name string, shape []int64, start []float32, statistic bool) error {
		t := result.Graph.Initializer(name)
		if t == nil {
			if given.Graph.Initializer(source) == nil {
				return nil // an adapter
			}
			return fmt.Errorf("%w for %q: its adapter was added to another form of it", finetune.ErrPlace, name)
		}
		values, err := t.Float32()
		if err != nil {
			return err
		}
		tensors = append(tensors, finetune.Trained{Source: source, Name: name, Shape: slices.Clone(t.Shape), Start: start, Values: values, Statistic: statistic})
		return nil
	}
	for _, p := range job.Program.Params {
		if err := add(p.Source, p.Name, p.Shape, p.Value, false); err != nil {
			return nil, err
		}
	}
	for _, p := range job.Program.Buffers {
		if err := add(p.Source, p.Name, p.Shape, p.Value, true); err != nil {
			return nil, err
		}
	}
	return tensors, nil
}

// externalOf names the file with weights that is written beside one of [Options.Into].
func externalOf(file string) string {
	return strings.TrimSuffix(filepath.Base(file), ".onnx") + ".data"
}

// BesideInto is the file that is written beside one of [Options.Into] for a model whose
// weights lie in another file; empty for other models, those that cannot be read, and without
// a file.
func BesideInto(file, given string) string {
	if external, err := hasExternalData(given); file == "" || err != nil || !external {
		return ""
	}
	return filepath.Join(filepath.Dir(file), externalOf(file))
}

// hasExternalData reports whether weights of a model lie in another file.
func hasExternalData(path string) (bool, error) {
	data, err := filelimit.ReadFile(path, filelimit.Model)
	if err != nil {
		return false, err
	}
	m, err := onnxio.Parse(data)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(m.Graph.Initializers, (*onnxio.Tensor).IsExternal), nil
}
