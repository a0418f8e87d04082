package training_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/training"
)

// adaptable are trunks of all kinds of layers.
func adaptable(t *testing.T) map[string]*onnxio.Model {
	all := trunks(t)
	maps.Copy(all, sequences(t))
	delete(all, "tokens") // whose samples are no numbers
	return all
}

// isAdapter reports whether a parameter belongs to a domain's adapter.
func isAdapter(name string) bool { return strings.Contains(name, "/adapter_") }

// TestAdapterGradient compares gradients of trunk, adapters and heads with central
// differences.
func TestAdapterGradient(t *testing.T) {
	for name, trunk := range adaptable(t) {
		r := newRig(t, training.Config{Trunk: trunk, Domains: mixed, DomainAdapters: true})
		adapters := 0
		for _, p := range r.program.Params {
			if isAdapter(p.Name) {
				adapters++
			}
		}
		if adapters < 2*len(mixed) || adapters%(2*len(mixed)) != 0 {
			t.Errorf("%s: %d parameters of adapters", name, adapters)
		}
		checkGradient(t, name, r)
	}
}

// TestAdaptersStart makes sure that a trunk with adapters starts as the one without:
// losses, and the step that trunk and heads take, are the same.
func TestAdaptersStart(t *testing.T) {
	for name, trunk := range adaptable(t) {
		cfg := training.Config{Trunk: trunk, Domains: mixed}
		plain := newRig(t, cfg)
		cfg.DomainAdapters = true
		adapted := plain.with(t, cfg)
		for _, p := range adapted.program.Params {
			if isAdapter(p.Name) {
				adapted.values[p.Name] = exec.Zeros(onnxio.Float64, p.Shape...)
			}
		}
		got, want := adapted.run(t, adapted.program.Step), plain.run(t, plain.program.Step)
		for output := range want {
			if d := distance(got[output].Float64(), want[output].Float64()); d > 1e-9 && output != training.OutputGradNorm {
				t.Errorf("%s: %s differs by %g", name, output, d)
			}
		}
	}
}

// TestAdaptersBelong makes sure that a domain's rows go through its own adapters: the
// joined step judges them as the domain's own graph does, and moving the adapters of
// another domain changes nothing.
func TestAdaptersBelong(t *testing.T) {
	r := newRig(t, training.Config{Trunk: mustZoo(t, "cnn", 0.02, 1, 8, 8), Domains: mixed, DomainAdapters: true})
	losses := r.run(t, r.program.Step)[training.OutputLosses].Float64()
	for d, domain := range mixed {
		if got := mean(r.eval(t, d)[training.OutputSampleLosses].Float64()); distance([]float64{got}, []float64{losses[d]}) > 1e-6 {
			t.Errorf("%s: loss %g alone, %g in the joined step", domain.Name, got, losses[d])
		}
	}
	for _, p := range r.program.Params {
		if isAdapter(p.Name) && p.Domain == "a" {
			r.values[p.Name].Float64()[0] += 0.5
		}
	}
	moved := r.run(t, r.program.Step)[training.OutputLosses].Float64()
	if moved[0] == losses[0] || !slices.Equal(moved[1:], losses[1:]) {
		t.Errorf("losses %v became %v", losses, moved)
	}
}

// TestAdaptersAlone makes sure that the run of one domain is that without adapters, and
// that a model that keeps its head and one without layers are refused.
func TestAdaptersAlone(t *testing.T) {
	one := training.Config{Trunk: mustZoo(t, "mlp", 0.02, 5), Domains: mixed[:1], DomainAdapters: true}
	p, err := training.Compile(one)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range p.Params {
		if isAdapter(q.Name) {
			t.Errorf("a domain alone has %s", q.Name)
		}
	}
	layerless := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: &onnxio.Graph{
		Name:         "gain",
		Inputs:       []*onnxio.Value{{Name: "x", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("N"), {Size: 3}}}},
		Outputs:      []*onnxio.Value{{Name: "y", Type: onnxio.Float32}},
		Initializers: []*onnxio.Tensor{onnxio.NewFloat32("gain", []int64{3}, []float32{1, 2, 3})},
		Nodes:        []*onnxio.Node{{Op: "Mul", Inputs: []string{"x", "gain"}, Outputs: []string{"y"}}},
	}}
	_, err = training.Compile(training.Config{Trunk: layerless, Domains: mixed, DomainAdapters: true})
	if !errors.Is(err, training.ErrConfig) || !strings.Contains(err.Error(), "no layer of the trunk takes an adapter") {
		t.Errorf("without layers: %v", err)
	}
}

// TestBakeAdapters gives every domain of a baked model its own adapters.
func TestBakeAdapters(t *testing.T) {
	for name, trunk := range map[string]*onnxio.Model{"cnn": mustZoo(t, "cnn", 0.02, 1, 8, 8), "normed": normed(), "exported": exported()} {
		for _, mode := range bothStatistics {
			r := newRig(t, training.Config{Trunk: trunk, Domains: pairs, BatchNorm: mode, DomainAdapters: true})
			r.advance(t)
			got := r.baked(t)
			for d, domain := range pairs {
				want := r.run(t, r.program.Predict[d])[training.OutputScores]
				if scores := got[training.ScoresName(domain.Name)]; !slices.Equal(scores.Float64(), want.Float64()) {
					t.Errorf("%s, %s: scores of %s are %v, want %v", name, mode, domain.Name, scores, want)
				}
			}
		}
	}
}
