package training_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
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

// recorded are the peer's runs of all trunks.
func recorded(t *testing.T) []*peerRuns {
	t.Helper()
	files, err := filepath.Glob("../../testdata/training/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no recorded runs (%v)", err)
	}
	var all []*peerRuns
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		peer := new(peerRuns)
		if err := json.Unmarshal(data, peer); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all = append(all, peer)
	}
	return all
}

// TestPyTorch follows PyTorch's trajectories.
func TestPyTorch(t *testing.T) {
	for _, peer := range recorded(t) {
		for i := range peer.Runs {
			followPeer(t, peer, i)
		}
	}
}

// TestGramInSinglePrecision holds the inner products that ONNX Runtime and the kernels
// find in float32, as trainings do, to what PyTorch finds in float64 at the same
// parameters, for every trunk and every kind of statistics.
func TestGramInSinglePrecision(t *testing.T) {
	withKernels := orttest.Kernels(t)
	all := kernels.Best(kernels.Offered(withKernels))
	all.Everywhere = true
	for _, peer := range recorded(t) {
		seen := map[training.BatchNorm]bool{}
		for i, run := range peer.Runs {
			if seen[run.BatchNorm] {
				continue
			}
			seen[run.BatchNorm] = true
			for form, backend := range map[*kernels.Form]exec.Backend{{}: orttest.Backend(t), &all: withKernels} {
				r := peer.at(t, i, *form)
				r.backend = backend
				d := gramDistance(r.apart(t)[training.OutputGram].Float64(), run.Steps[0].Gram)
				t.Logf("%s %s, %d kernels: %.1e", peer.Trunk, run.BatchNorm, len(form.Kernels), d)
				if d > 1e-5 {
					t.Errorf("%s %s, %d kernels: inner products are off by %g", peer.Trunk, run.BatchNorm, len(form.Kernels), d)
				}
			}
		}
	}
}

// at returns a rig where the peer's run begins.
func (peer *peerRuns) at(t *testing.T, run int, form kernels.Form) *rig {
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
	r := newRig(t, training.Config{
		Trunk:   trunk,
		Domains: peer.Domains,
		Clip:    o.Clip, BatchNorm: want.BatchNorm, Gradients: true, Form: form,
		Optimizer: training.Optimizer{
			Kind: o.Kind, Momentum: o.Momentum, Nesterov: o.Nesterov,
			Beta1: o.Beta1, Beta2: o.Beta2, Epsilon: o.Epsilon, WeightDecay: o.WeightDecay,
		},
	})
	peer.put(t, r, training.InputX, peer.X)
	peer.put(t, r, training.InputWeights, peer.Weights)
	for domain, v := range peer.Targets {
		peer.put(t, r, training.TargetName(domain), v)
	}
	for _, p := range slices.Concat(r.program.Params, r.program.Buffers) {
		peer.put(t, r, p.Name, slices.Clone(peer.Start[strings.TrimPrefix(p.Name, "domain/"+p.Domain+"/")]))
	}
	if got := len(r.program.Params) + len(r.program.Buffers); got != len(want.End) {
		t.Errorf("%s: %d parameters and buffers, the peer has %d", peer.Trunk, got, len(want.End))
	}
	return r
}

// put copies the peer's values to one of the rig's.
func (peer *peerRuns) put(t *testing.T, r *rig, name string, v []float64) {
	t.Helper()
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

func followPeer(t *testing.T, peer *peerRuns, run int) {
	t.Helper()
	want := peer.Runs[run]
	o := want.Optimizer
	r := peer.at(t, run, kernels.Form{})
	// What is left is that constants such as momentum are float32 in the graph,
	// which ten steps with the statistics of few rows make a little worse. The inner
	// products of gradients are as near with these as without.
	const gramTolerance = 1e-6
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
			peer.put(t, r, training.InputWeights, s.Weights)
		}
		if i == 0 || s.Weights != nil {
			out = r.apart(t)
			if d := gramDistance(out[training.OutputGram].Float64(), s.Gram); d > gramTolerance {
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
