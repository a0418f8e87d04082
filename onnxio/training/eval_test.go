package training_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/reference"
	"github.com/sharewise/sharewise/onnxio/training"
)

// TestEval works out losses, predictions, confidence and correctness from the
// scores that the Predict graphs give.
func TestEval(t *testing.T) {
	for name, trunk := range trunks(t) {
		r := newRig(t, training.Config{Trunk: trunk, Domains: every})
		whole := r.values[training.InputX]
		from := 0
		for d, domain := range every {
			r.values[training.InputX] = r.rows(from, from+domain.Batch)
			scores := r.run(t, r.program.Predict[d])[training.OutputScores].Float64()
			out := r.run(t, r.program.Eval[d])
			r.values[training.InputX] = whole
			from += domain.Batch
			losses := out[training.OutputSampleLosses].Float64()
			for i := range domain.Batch {
				row := scores[i*domain.Outputs : (i+1)*domain.Outputs]
				where := fmt.Sprintf("%s, domain %s, sample %d", name, domain.Name, i)
				if domain.Loss != training.CrossEntropy {
					checkValues(t, where, domain, i, row, r.values[training.TargetName(domain.Name)], out, losses[i])
				} else {
					checkClass(t, where, i, row, r.values[training.TargetName(domain.Name)].Int64()[i], out, losses[i])
				}
			}
		}
	}
}

func checkClass(t *testing.T, where string, i int, scores []float64, target int64, out map[string]*exec.Tensor, loss float64) {
	t.Helper()
	sum, best := 0.0, 0
	for k, s := range scores {
		sum += math.Exp(s)
		if s > scores[best] {
			best = k
		}
	}
	if want := math.Log(sum) - scores[target]; math.Abs(loss-want) > 1e-12*max(1, want) {
		t.Errorf("%s: loss %g, want %g", where, loss, want)
	}
	if got := out[training.OutputPrediction].Int64()[i]; got != int64(best) {
		t.Errorf("%s: prediction %d, want %d", where, got, best)
	}
	if got, want := out[training.OutputConfidence].Float64()[i], math.Exp(scores[best])/sum; math.Abs(got-want) > 1e-12 {
		t.Errorf("%s: confidence %g, want %g", where, got, want)
	}
	if got := out[training.OutputCorrect].Bool()[i]; got != (target == int64(best)) {
		t.Errorf("%s: correct is %v", where, got)
	}
}

func checkValues(t *testing.T, where string, domain training.Domain, i int, scores []float64, target *exec.Tensor, out map[string]*exec.Tensor, loss float64) {
	t.Helper()
	n := len(scores)
	sum, known := 0.0, 0.0
	values := slices.Clone(scores)
	for k, s := range scores {
		if domain.Loss == training.BinaryCrossEntropy {
			values[k] = 1 / (1 + math.Exp(-s))
		}
		y := target.Float64()[i*n+k]
		if math.IsNaN(y) {
			continue
		}
		known++
		e := s - y
		switch {
		case domain.Loss == training.BinaryCrossEntropy:
			sum -= y*math.Log(values[k]) + (1-y)*math.Log(1-values[k])
		case domain.Loss == training.SquaredError:
			sum += e * e
		case math.Abs(e) <= domain.Delta:
			sum += e * e / 2
		default:
			sum += domain.Delta * (math.Abs(e) - domain.Delta/2)
		}
	}
	if want := sum / max(known, 1); math.Abs(loss-want) > 1e-7*max(1, want) {
		t.Errorf("%s: loss %g, want %g", where, loss, want)
	}
	if got := out[training.OutputPrediction].Float64()[i*n : (i+1)*n]; distance(got, values) > 1e-12 {
		t.Errorf("%s: prediction %v, want %v", where, got, values)
	}
}

// TestEvalIsPlain checks that weights of classes and smoothing change what a
// step follows and not what evaluation records.
func TestEvalIsPlain(t *testing.T) {
	trunk := mustZoo(t, "mlp", 0.02, 5)
	plain := newRig(t, training.Config{Trunk: trunk, Domains: every})
	shaped := slices.Clone(every)
	shaped[0].ClassWeights = []float32{2, 3, 4}
	shaped[2].Smoothing = 0.3
	shaped[4].ClassWeights = []float32{5}
	shaped[5].Smoothing = 0.3
	other := plain.with(t, training.Config{Trunk: trunk, Domains: shaped})
	before := plain.run(t, plain.program.Step)[training.OutputLosses].Float64()
	after := other.run(t, other.program.Step)[training.OutputLosses].Float64()
	for d, domain := range every {
		a, b := plain.eval(t, d), other.eval(t, d)
		if d := distance(b[training.OutputSampleLosses].Float64(), a[training.OutputSampleLosses].Float64()); d != 0 {
			t.Errorf("domain %s: recorded losses differ by %g", domain.Name, d)
		}
		if changed, want := before[d] != after[d], slices.Contains([]int{0, 2, 4, 5}, d); changed != want {
			t.Errorf("domain %s: the objective was %g and is %g", domain.Name, before[d], after[d])
		}
	}
}

// TestBake compares baked models with the Predict graphs that they are made
// of.
func TestBake(t *testing.T) {
	for name, trunk := range trunks(t) {
		r := newRig(t, training.Config{Trunk: trunk, Domains: every})
		values := map[string][]float32{}
		for _, p := range r.program.Params {
			v := make([]float32, product(p.Shape))
			for i, x := range r.values[p.Name].Float64() {
				v[i] = float32(x)
				r.values[p.Name].Float64()[i] = float64(v[i])
			}
			values[p.Name] = v
		}
		x := map[string]*exec.Tensor{training.InputX: r.values[training.InputX]}
		all, err := training.Bake(r.program.Predict, values)
		if err != nil {
			t.Fatal(err)
		}
		if len(all.Graph.Inputs) != 1 || len(all.Graph.Outputs) != len(every) {
			t.Errorf("%s: the model has %d inputs and %d outputs", name, len(all.Graph.Inputs), len(all.Graph.Outputs))
		}
		if got, want := len(all.Graph.Nodes), len(r.program.Predict[0].Graph.Nodes)+len(every)-1; got != want {
			t.Errorf("%s: the model has %d nodes, want %d", name, got, want)
		}
		together, err := reference.Eval(all, x, reference.Float64)
		if err != nil {
			t.Fatal(err)
		}
		for d, domain := range every {
			want := r.run(t, r.program.Predict[d])[training.OutputScores]
			one, err := training.Bake(r.program.Predict[d:d+1], values)
			if err != nil {
				t.Fatal(err)
			}
			alone, err := reference.Eval(one, x, reference.Float64)
			if err != nil {
				t.Fatal(err)
			}
			for _, got := range []*exec.Tensor{together[training.ScoresName(domain.Name)], alone[training.OutputScores]} {
				if got == nil || !slices.Equal(got.Float64(), want.Float64()) {
					t.Errorf("%s: scores of %s are %v, want %v", name, domain.Name, got, want)
				}
			}
		}
	}
}

func TestBakeErrors(t *testing.T) {
	p, err := training.Compile(training.Config{Trunk: exported(), Domains: mixed})
	if err != nil {
		t.Fatal(err)
	}
	short := map[string][]float32{}
	for _, p := range p.Params {
		short[p.Name] = make([]float32, product(p.Shape))
	}
	short["trunk/step"] = []float32{1}
	foreign := p.Predict[0].Clone()
	foreign.Metadata = nil
	for name, bake := range map[string]func() error{
		"no models":     func() error { _, err := training.Bake(nil, nil); return err },
		"no values":     func() error { _, err := training.Bake(p.Predict, nil); return err },
		"too few":       func() error { _, err := training.Bake(p.Predict, short); return err },
		"foreign model": func() error { _, err := training.Bake([]*onnxio.Model{foreign, foreign}, short); return err },
	} {
		if err := bake(); !errors.Is(err, training.ErrValues) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
