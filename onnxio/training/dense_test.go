package training_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/reference"
	"github.com/sharewise/sharewise/onnxio/training"
)

const rowsDense = 3

// scoresOfPositions is x·w, [N,2,4], of x, [N,2,3].
func scoresOfPositions() *onnxio.Model {
	n := onnxio.Sym("N")
	w := make([]float32, 12)
	for i := range w {
		w[i] = float32(math.Sin(float64(i)))
	}
	return &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: &onnxio.Graph{
		Name:         "positions",
		Inputs:       []*onnxio.Value{{Name: "x", Type: onnxio.Float32, Shape: onnxio.Shape{n, {Size: 2}, {Size: 3}}}},
		Initializers: []*onnxio.Tensor{onnxio.NewFloat32("w", []int64{3, 4}, w)},
		Nodes:        []*onnxio.Node{{Op: "MatMul", Inputs: []string{"x", "w"}, Outputs: []string{"y"}}},
		Outputs:      []*onnxio.Value{{Name: "y", Type: onnxio.Float32, Shape: onnxio.Shape{n, {Size: 2}, {Size: 4}}}},
	}}
}

// TestDense compares losses of every sample, by the formula, and the gradient,
// by central differences of them, for classes along either dimension.
func TestDense(t *testing.T) {
	for _, axis := range []int{1, 2, -1} {
		classes, positions := 4, 2
		if axis == 1 {
			classes, positions = 2, 4
		}
		weights := []float32{0.5, 2, 1, 1.5}[:classes]
		for name, d := range map[string]training.Domain{
			"plain":    {},
			"masked":   {Masked: true},
			"weighted": {ClassWeights: weights, Smoothing: 0.2, Masked: true},
		} {
			d.Name, d.Batch, d.Loss, d.ClassAxis = "task", rowsDense, training.CrossEntropy, axis
			t.Run(fmt.Sprint(name, axis), func(t *testing.T) { checkDense(t, d, classes, positions) })
		}
	}
}

func checkDense(t *testing.T, d training.Domain, classes, positions int) {
	p, err := training.Compile(training.Config{Trunk: scoresOfPositions(), OwnInputs: true, KeepHead: true, Domains: []training.Domain{d}})
	if err != nil {
		t.Fatal(err)
	}
	if p.Domains[0].Outputs != classes {
		t.Errorf("%d classes, want %d", p.Domains[0].Outputs, classes)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	x := make([]float64, rowsDense*6)
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	targets := make([]int64, rowsDense*positions)
	for i := range targets {
		targets[i] = rng.Int64N(int64(classes))
		if d.Masked && i < positions+1 { // of the first sample nothing is known
			targets[i] = -100
		}
	}
	w := exec.NewTensor([]int64{3, 4}, slices.Clone(float64s(exec.NewTensor(nil, p.Params[0].Value))))
	values := map[string]*exec.Tensor{
		"x": exec.NewTensor([]int64{rowsDense, 2, 3}, x), "w": w,
		"target/task":         exec.NewTensor([]int64{rowsDense, int64(positions)}, targets),
		training.InputWeights: exec.NewTensor([]int64{1}, []float64{1}),
		training.InputRate:    exec.Scalar(1.0), training.InputStep: exec.Scalar(1.0),
	}
	run := func(m *onnxio.Model) map[string]*exec.Tensor {
		t.Helper()
		inputs := map[string]*exec.Tensor{}
		for _, v := range m.Graph.Inputs {
			inputs[v.Name] = values[v.Name]
		}
		out, err := reference.Eval(m, inputs, reference.Float64)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	scores := run(p.Predict[0])[training.OutputScores]
	if !slices.Equal(scores.Shape, []int64{rowsDense, 2, 4}) {
		t.Errorf("scores of shape %v", scores.Shape)
	}
	// at is the score of a class at a position.
	at := func(row, position, class int) float64 {
		if d.ClassAxis == 1 {
			return scores.Float64()[row*8+class*4+position]
		}
		return scores.Float64()[row*8+position*4+class]
	}
	loss := func(d training.Domain) []float64 { return denseLosses(d, at, targets, classes, positions) }

	plain := d
	plain.ClassWeights, plain.Smoothing = nil, 0
	eval := run(p.Eval[0])
	if off := distance(eval[training.OutputSampleLosses].Float64(), loss(plain)); off > 1e-6 {
		t.Errorf("losses of Eval are %g off", off)
	}
	step := run(p.Step)
	if off := distance(step[training.OutputSampleLosses].Float64(), loss(d)); off > 1e-6 {
		t.Errorf("losses of Step are %g off", off)
	}
	for i, c := range eval[training.OutputPrediction].Int64() {
		row, position := i/positions, i%positions
		for k := range classes {
			if at(row, position, k) > at(row, position, int(c)) {
				t.Errorf("position %d: class %d is predicted, %d scores more", i, c, k)
			}
		}
		if got := eval[training.OutputCorrect].Bool()[i]; got != (c == targets[i]) {
			t.Errorf("position %d: class %d of target %d is correct: %v", i, c, targets[i], got)
		}
	}
	var got, want []float64
	for i, next := range step[training.NextName("w")].Float64() {
		const h = 1e-5
		v := w.Float64()[i]
		got = append(got, v-next)
		objective := func(to float64) float64 {
			w.Float64()[i] = to
			scores = run(p.Predict[0])[training.OutputScores]
			return mean(loss(d))
		}
		want = append(want, (objective(v+h)-objective(v-h))/(2*h))
		w.Float64()[i] = v
	}
	if off := distance(got, want); off > 1e-6 {
		t.Errorf("gradient is %g off", off)
	}
}

// denseLosses is the mean over a sample's known positions of
// −Σ_c w_c·((1−ε)·[c = target] + ε/C)·log softmax(scores)_c.
func denseLosses(d training.Domain, at func(row, position, class int) float64, targets []int64, classes, positions int) []float64 {
	all := make([]float64, rowsDense)
	for row := range all {
		known := 0.0
		for position := range positions {
			target := targets[row*positions+position]
			if target < 0 {
				continue
			}
			known++
			sum := 0.0
			for c := range classes {
				sum += math.Exp(at(row, position, c))
			}
			for c := range classes {
				wanted := d.Smoothing / float64(classes)
				if int64(c) == target {
					wanted += 1 - d.Smoothing
				}
				if d.ClassWeights != nil {
					wanted *= float64(d.ClassWeights[c])
				}
				all[row] -= wanted * (at(row, position, c) - math.Log(sum))
			}
		}
		all[row] /= math.Max(known, 1)
	}
	return all
}
