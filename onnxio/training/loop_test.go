package training_test

import (
	"slices"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/training"
)

// stacked repeats a tensor for several steps, each scaled by its own factor.
func stacked(v *exec.Tensor, factors []float32) *exec.Tensor {
	shape := append([]int64{int64(len(factors))}, v.Shape...)
	if v.Type() == onnxio.Int64 {
		var all []int64
		for range factors {
			all = append(all, v.Int64()...)
		}
		return exec.NewTensor(shape, all)
	}
	var all []float32
	for _, f := range factors {
		for _, x := range v.Float32() {
			all = append(all, f*x)
		}
	}
	return exec.NewTensor(shape, all)
}

// TestLoop takes steps in one run of the loop and in one run each, in ONNX
// Runtime: losses, norms of the gradient, parameters, state and running
// statistics are the same to the bit. It takes them in two runs, of four steps and
// of three, so that what goes in comes out.
func TestLoop(t *testing.T) {
	backend := onnxRuntime(t)
	models := trunks(t)
	for name, m := range sequences(t) {
		models[name] = m
	}
	models["resnet20"] = mustZoo(t, "resnet20", 0.125, 1, 8, 8)
	adamw := training.Optimizer{Kind: training.AdamW, WeightDecay: 0.1}
	sgd := training.Optimizer{Momentum: 0.9, Nesterov: true, WeightDecay: 0.01}
	for name, trunk := range models {
		for _, cfg := range []training.Config{
			{Optimizer: adamw, Domains: every, Clip: 0.5},
			{Optimizer: sgd, Domains: mixed[:3], BatchNorm: training.DomainStatistics},
			{Optimizer: sgd, Domains: mixed[:2], Freeze: []string{"*weight"}},
		} {
			cfg.Trunk = trunk
			if name == "exported" && cfg.Freeze != nil {
				cfg.Freeze = []string{"step"}
			}
			p, err := training.Compile(cfg)
			if err != nil {
				t.Fatal(err)
			}
			loop, err := p.Loop()
			if err != nil {
				t.Fatal(err)
			}
			testLoop(t, name, backend, newRig(t, cfg), loop)
		}
	}
}

func testLoop(t *testing.T, name string, backend exec.Backend, r *rig, loop *onnxio.Model) {
	t.Helper()
	session, err := backend.Open(loop, exec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	s := newStepper(t, backend, r)
	defer s.close(t)

	vars := map[string]*exec.Tensor{}
	for n, v := range s.vars[0] {
		vars[n] = v.Clone()
	}
	first := map[string]*exec.Tensor{} // what changes from step to step
	for _, n := range []string{training.InputX, training.InputWeights} {
		first[n] = s.inputs[n].Clone()
	}
	stepped := 0
	for _, count := range []int{4, 3} {
		var rates, numbers, same, other []float32
		for range count {
			stepped++
			rates, numbers = append(rates, 0.01/float32(stepped)), append(numbers, float32(stepped))
			same, other = append(same, 1), append(other, 1/float32(stepped)) // of numbers that are no tokens
		}
		if name == "tokens" {
			other = same
		}
		inputs := map[string]*exec.Tensor{}
		for n, v := range s.inputs {
			if slices.Equal(loop.Graph.Input(n).Shape, r.program.Step.Graph.Input(n).Shape) {
				inputs[n] = v // frozen
			} else if n == training.InputX || n == training.InputWeights {
				inputs[n] = stacked(first[n], other)
			} else {
				inputs[n] = stacked(v, same)
			}
		}
		inputs[training.InputRate], inputs[training.InputStep] = exec.NewTensor([]int64{int64(count)}, rates), exec.NewTensor([]int64{int64(count)}, numbers)
		for n, v := range vars {
			inputs[n] = v
		}
		out, err := session.Run(inputs)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for i := range count {
			for n, v := range first {
				part := inputs[n].Float32()[i*v.Len() : (i+1)*v.Len()]
				copy(s.inputs[n].Float32(), part)
			}
			s.advance(t, float64(rates[i]))
			for _, n := range []string{training.OutputLosses, training.OutputSampleLosses, training.OutputGradNorm} {
				want := s.outputs[n].Float32()
				if got := out[n].Float32()[i*len(want) : (i+1)*len(want)]; !slices.Equal(got, want) {
					t.Fatalf("%s, step %d: %s is %v in the loop, %v alone", name, i+1, n, got, want)
				}
			}
		}
		current := s.vars[s.steps%2]
		for n := range vars {
			vars[n] = out[training.NextName(n)]
			if !slices.Equal(vars[n].Float32(), current[n].Float32()) {
				t.Fatalf("%s: %s differs after %d steps", name, n, stepped)
			}
		}
	}
}

func TestLoopNeedsSteps(t *testing.T) {
	p := &training.Program{Step: &onnxio.Model{Graph: &onnxio.Graph{}}}
	if _, err := p.Loop(); err == nil {
		t.Error("there is nothing to loop over")
	}
}
