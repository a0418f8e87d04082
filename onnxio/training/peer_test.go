package training_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/training"
)

// peerRuns is what testdata/peers/train_steps.py writes: ten steps in PyTorch,
// in double precision.
type peerRuns struct {
	Trunk   string
	Width   float64
	Sample  []int
	Domains []training.Domain
	Weights []float64
	Start   map[string][]float64
	X       []float64
	Targets map[string][]float64
	Runs    []struct {
		Optimizer struct {
			Kind         training.OptimizerKind
			Momentum     float64
			Nesterov     bool
			Beta1, Beta2 float64
			Epsilon      float64
			WeightDecay  float64 `json:"weight_decay"`
			Clip         float64
		}
		BatchNorm training.BatchNorm `json:"batch_norm"`
		Steps     []struct {
			Rate    float64
			Losses  []float64
			Norm    float64
			Gram    []float64
			Weights []float64 // of MGDA, which follow from Gram; otherwise those above
		}
		End map[string][]float64
	}
}

// TestPyTorch follows PyTorch's trajectories.
func TestPyTorch(t *testing.T) {
	files, err := filepath.Glob("../../testdata/training/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no recorded runs (%v)", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var peer peerRuns
		if err := json.Unmarshal(data, &peer); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for i := range peer.Runs {
			followPeer(t, &peer, i)
		}
	}
}

func followPeer(t *testing.T, peer *peerRuns, run int) {
	t.Helper()
	want := peer.Runs[run]
	o := want.Optimizer
	trunk := normed()
	if peer.Trunk != "normed" {
		width := peer.Width
		if width == 0 {
			width = 0.01
		}
		trunk = mustZoo(t, peer.Trunk, width, peer.Sample...)
	}
	cfg := training.Config{
		Trunk:   trunk,
		Domains: peer.Domains,
		Clip:    o.Clip, BatchNorm: want.BatchNorm, Gradients: true,
		Optimizer: training.Optimizer{
			Kind: o.Kind, Momentum: o.Momentum, Nesterov: o.Nesterov,
			Beta1: o.Beta1, Beta2: o.Beta2, Epsilon: o.Epsilon, WeightDecay: o.WeightDecay,
		},
	}
	r := newRig(t, cfg)
	copyValues := func(name string, v []float64) {
		to := r.values[name]
		if to == nil || to.Len() != len(v) {
			t.Fatalf("%s: %d values for %q, which has shape %v", peer.Trunk, len(v), name, to)
		}
		if to.Int64() == nil {
			copy(to.Float64(), v)
			return
		}
		for i, x := range v {
			to.Int64()[i] = int64(x)
		}
	}
	copyValues(training.InputX, peer.X)
	copyValues(training.InputWeights, peer.Weights)
	for domain, v := range peer.Targets {
		copyValues(training.TargetName(domain), v)
	}
	for _, p := range slices.Concat(r.program.Params, r.program.Buffers) {
		copyValues(p.Name, slices.Clone(peer.Start[strings.TrimPrefix(p.Name, "domain/"+p.Domain+"/")]))
	}
	if got := len(r.program.Params) + len(r.program.Buffers); got != len(want.End) {
		t.Errorf("%s: %d parameters and buffers, the peer has %d", peer.Trunk, got, len(want.End))
	}
	// What is left is that constants such as momentum are float32 in the graph,
	// which normalising the few rows of one domain makes a little worse.
	tolerance := 1e-6
	if want.BatchNorm != "" {
		tolerance = 2e-5
	}
	check := func(step int, what string, got *exec.Tensor, want []float64) {
		t.Helper()
		if d := distance(got.Float64(), want); d > tolerance {
			t.Errorf("%s, run %d (%s), step %d: %s differs from PyTorch's by %g", peer.Trunk, run, o.Kind, step, what, d)
		}
	}
	for i, s := range want.Steps {
		r.setRate(s.Rate, i+1)
		var out map[string]*exec.Tensor
		if s.Weights != nil {
			copyValues(training.InputWeights, s.Weights)
		}
		if i == 0 || s.Weights != nil {
			out = r.apart(t)
			if d := gramDistance(out[training.OutputGram].Float64(), s.Gram); d > tolerance {
				t.Errorf("%s, run %d (%s), step %d: inner products differ from PyTorch's by %g", peer.Trunk, run, o.Kind, i+1, d)
			}
			r.follow(out)
		} else {
			out = r.advance(t)
		}
		check(i+1, "loss", out[training.OutputLosses], s.Losses)
		check(i+1, "norm of the gradient", out[training.OutputGradNorm], []float64{s.Norm})
	}
	for name, v := range want.End {
		// Of large tensors the peer keeps some elements, evenly.
		all, stride := r.values[name].Float64(), (r.values[name].Len()+len(v)-1)/len(v)
		var kept []float64
		for i := 0; i < len(all); i += stride {
			kept = append(kept, all[i])
		}
		check(len(want.Steps), name, exec.NewTensor([]int64{int64(len(kept))}, kept), v)
	}
}
