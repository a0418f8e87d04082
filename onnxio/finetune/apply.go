package finetune

import (
	"fmt"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/lower"
	"github.com/sharewise/sharewise/onnxio/training"
)

// Config says what Apply makes of a model. The zero value changes nothing.
type Config struct {
	// Sample is the shape of the samples, without the batch; nil leaves the
	// input as it is.
	Sample []int64
	// Features is where the trunk ends: the name of a value or node, or Auto.
	// Empty is the model's only output.
	Features string
	// Scores, where it is not empty, says that what the model ends in are no
	// features but the scores of this loss: a Softmax, LogSoftmax or Sigmoid of
	// them is left out. It goes with Features that are empty or a name.
	Scores training.Loss
	// Init is one of Methods; empty is Keep.
	Init string
	// FreezeDepth is the number of layers, from the first on, that stay as they
	// start.
	FreezeDepth int
	Adapters    Adapters
}

// Report says what Apply did.
type Report struct {
	// Input says how samples are brought to the model's input, "" if they fit.
	Input string
	// Cut is the linear layer that was found and left out, nil if none was
	// looked for.
	Cut *Linear
	// Dropped counts the nodes that were left out behind features with a name, or
	// behind scores.
	Dropped int
	// Activation is the operator that was left out behind the scores, "" if
	// none was.
	Activation string
	// Kept names parameters whose role is not known, which keep their values
	// although others start anew.
	Kept []string
	// Layers is the number of layers, counted where FreezeDepth is given.
	Layers int
	// Adapted names the weights with an adapter, Small those that match and are
	// too small for one.
	Adapted, Small []string
}

// onlyScores leaves out outputs that are not of floating point, such as the labels
// of a classifier, and the ZipMap that makes maps of its scores, where one output
// is left by that; dropped counts the nodes. Other models come back as they are.
func onlyScores(m *onnxio.Model) (scores *onnxio.Model, dropped int, err error) {
	value, err := onnxio.FloatOutput(m)
	if err != nil || len(m.Graph.Outputs) == 1 && m.Graph.Outputs[0].Name == value || newGraph(m).producer[value] == nil {
		return m, 0, nil
	}
	scores, _, err = Cut(m, value)
	if err != nil {
		return nil, 0, err
	}
	return scores, len(m.Graph.Nodes) - len(scores.Graph.Nodes), nil
}

// Apply makes a trunk of a model. Errors match ErrInput, ErrFeatures or
// ErrConfig, and name the node, value or setting to blame. m is not changed; m
// itself is returned where there is nothing to do.
func Apply(m *onnxio.Model, cfg Config) (*onnxio.Model, *Report, error) {
	r := &Report{}
	var err error
	if cfg.Features == "" || cfg.Features == Auto {
		if m, r.Dropped, err = onlyScores(m); err != nil {
			return nil, nil, err
		}
	} else {
		// Names are those of the model as it is, and what comes after them may
		// be whatever it likes.
		before := len(m.Graph.Nodes)
		if m, _, err = Cut(m, cfg.Features); err != nil {
			return nil, nil, err
		}
		r.Dropped = before - len(m.Graph.Nodes)
	}
	if cfg.Scores != "" {
		whole := m.Clone()
		if r.Activation = bypass(whole, cfg.Scores); r.Activation != "" {
			m = whole
		}
	}
	if cfg.Sample != nil {
		if m, r.Input, err = Fit(m, cfg.Sample); err != nil {
			return nil, nil, err
		}
	}
	anew := cfg.Init != "" && cfg.Init != Keep
	if cfg.Features != Auto && !anew && cfg.FreezeDepth == 0 && cfg.Adapters.Rank == 0 {
		return m, r, nil
	}
	before := m
	if m, _, err = lower.Model(m); err != nil {
		return nil, nil, fmt.Errorf("finetune: %w", err)
	}
	if cfg.Features == Auto {
		if m, r.Cut, err = Cut(m, Auto); err != nil {
			return nil, nil, err
		}
	}
	if anew {
		if r.Kept, err = initialize(before, m, cfg.Init); err != nil {
			return nil, nil, err
		}
	}
	if cfg.FreezeDepth > 0 {
		if r.Layers, err = freezeDepth(m, cfg.FreezeDepth); err != nil {
			return nil, nil, err
		}
	}
	if cfg.Adapters.Rank != 0 {
		if r.Adapted, r.Small, err = Adapt(m, cfg.Adapters); err != nil {
			return nil, nil, err
		}
	}
	if err := onnxio.Check(m); err != nil {
		return nil, nil, fmt.Errorf("finetune: %w", err)
	}
	return m, r, nil
}
