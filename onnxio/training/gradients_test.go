package training_test

import (
	"encoding/json"
	"maps"
	"math"
	"os"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/training"
)

// apart takes a step in its three parts, at the weights that the rig has: it returns
// what all of them give, and leaves the gradients among the values of the rig.
func (r *rig) apart(t *testing.T) map[string]*exec.Tensor {
	t.Helper()
	out := r.run(t, r.program.Gradients)
	for _, p := range r.program.Params {
		switch {
		case p.Frozen:
		case p.Domain != "":
			name := training.GradientName(p.Domain, p.Name)
			r.values[name] = out[name]
		default:
			length := training.StackedLen(p)
			all := make([]float64, 0, int64(len(r.cfg.Domains))*length)
			for i, d := range r.cfg.Domains {
				all = append(all, out[training.GradientName(d.Name, p.Name)].Float64()...)
				all = append(all, make([]float64, int64(i+1)*length-int64(len(all)))...)
			}
			r.values[training.StackedName(p.Name)] = exec.NewTensor([]int64{int64(len(r.cfg.Domains)), length}, all)
		}
	}
	maps.Copy(out, r.run(t, r.program.Gram))
	maps.Copy(out, r.run(t, r.program.Update))
	return out
}

// TestApartIsStep checks that a step in three parts is the step at once, for every
// optimizer, all losses, all statistics of batch normalisations, frozen parameters
// and recurrent trunks.
func TestApartIsStep(t *testing.T) {
	all := trunks(t)
	maps.Copy(all, sequences(t))
	for _, name := range []string{"lstm", "gru", "rnn"} {
		m, err := onnxio.Load("../../testdata/architectures/" + name + ".onnx")
		if err != nil {
			t.Fatal(err)
		}
		all[name] = m
	}
	check := func(name string, cfg training.Config) {
		t.Helper()
		cfg.Gradients = true
		r := newRig(t, cfg)
		for _, s := range r.program.State { // as if steps had been taken
			for i := range r.values[s.Name].Float64() {
				r.values[s.Name].Float64()[i] = 0.1 + 0.01*float64(i%7)
			}
		}
		if name == "tokens" {
			x := r.values[training.InputX].Float64()
			for i := range x {
				x[i] = float64(i * i % vocabulary)
			}
		}
		step := r.run(t, r.program.Step)
		got := r.apart(t)
		for output, want := range step {
			if output == training.OutputSampleLosses {
				continue
			}
			if got[output] == nil {
				t.Errorf("%s: the parts do not give %s", name, output)
				continue
			}
			if d := distance(got[output].Float64(), want.Float64()); d > 1e-6 {
				t.Errorf("%s: %s differs by %g", name, output, d)
			}
		}
	}
	for name, trunk := range all {
		check(name, training.Config{Trunk: trunk, Domains: every, Optimizer: training.Optimizer{Kind: training.AdamW}, Clip: 0.5})
	}
	for _, kind := range training.Optimizers() {
		o := training.Optimizer{Kind: kind, WeightDecay: 0.01}
		if kind == training.SGD {
			o.Momentum, o.Nesterov = 0.9, true
		}
		check(string(kind), training.Config{Trunk: all["mlp"], Domains: mixed, Optimizer: o})
		check(string(kind)+", frozen", training.Config{Trunk: all["cnn"], Domains: mixed, Optimizer: o, Freeze: []string{"conv1*"}})
	}
	for _, mode := range append(bothStatistics, training.FrozenStatistics) {
		normed := training.Config{Trunk: normed(), Domains: pairs, BatchNorm: mode, Optimizer: training.Optimizer{Kind: training.SGD, Momentum: 0.5}}
		check(string(mode), normed)
		normed.DomainAdapters = true
		check(string(mode)+", adapters", normed)
	}
	for name, trunk := range all {
		if name == "lstm" || name == "gru" || name == "rnn" {
			continue // whose layers have time before the batch
		}
		check(name+", adapters", training.Config{Trunk: trunk, Domains: every, Optimizer: training.Optimizer{Kind: training.AdamW}, Clip: 0.5, DomainAdapters: true})
	}
}

// TestStackedRows checks that rows hold every parameter and start where ONNX Runtime
// wants tensors to start.
func TestStackedRows(t *testing.T) {
	for elements, want := range map[int64]int64{1: 16, 15: 16, 16: 16, 17: 32, 640: 640} {
		if got := training.StackedLen(training.Param{Shape: []int64{elements}}); got != want {
			t.Errorf("%d elements take rows of %d, want %d", elements, got, want)
		}
	}
}

// TestPyTorchRecurrent compares the inner products of gradients of layers of LSTM, GRU
// and RNN, which are unrolled here, with PyTorch's.
func TestPyTorchRecurrent(t *testing.T) {
	const folder = "../../testdata/training/recurrent/"
	trunk, err := onnxio.Load(folder + "trunk.onnx")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(folder + "gram.json")
	if err != nil {
		t.Fatal(err)
	}
	var peer struct {
		Domains []training.Domain
		Start   map[string][]float64
		X, Gram []float64
		Targets map[string][]float64
	}
	if err := json.Unmarshal(data, &peer); err != nil {
		t.Fatal(err)
	}
	r := newRig(t, training.Config{Trunk: trunk, Domains: peer.Domains, Gradients: true})
	for _, p := range r.program.Params {
		v := peer.Start[p.Name]
		if p.Domain == "" {
			v = float64s(exec.NewTensor(p.Shape, p.Value))
		}
		copy(r.values[p.Name].Float64(), v)
	}
	copy(r.values[training.InputX].Float64(), peer.X)
	for domain, v := range peer.Targets {
		to := r.values[training.TargetName(domain)]
		copy(to.Float64(), v)
		for i := range to.Int64() {
			to.Int64()[i] = int64(v[i])
		}
	}
	if d := gramDistance(r.apart(t)[training.OutputGram].Float64(), peer.Gram); d > 1e-6 {
		t.Errorf("inner products differ from PyTorch's by %g", d)
	}
}

// gramDistance is the largest difference of two Gram matrices, each entry relative to
// the lengths of the two gradients that it is of.
func gramDistance(got, want []float64) float64 {
	n := int(math.Sqrt(float64(len(want))))
	far := 0.0
	for i := range want {
		far = max(far, math.Abs(got[i]-want[i])/math.Sqrt(want[i/n*(n+1)]*want[i%n*(n+1)]))
	}
	return far
}
