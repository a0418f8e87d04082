package training_test

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/training"
)

// TestGradient compares the gradient that a step follows with central
// differences of the objective that the evaluation graphs give.
func TestGradient(t *testing.T) {
	all := trunks(t)
	maps.Copy(all, sequences(t))
	for name, trunk := range all {
		r := newRig(t, training.Config{Trunk: trunk, Domains: every})
		if name == "tokens" {
			x := r.values[training.InputX].Float64()
			for i := range x {
				x[i] = float64(i * i % vocabulary) // 0, padding, among them
			}
		}
		checkGradient(t, name, r)
	}
}

// checkGradient compares some elements of every gradient with central
// differences of the objective.
func checkGradient(t *testing.T, name string, r *rig) {
	t.Helper()
	const h = 1e-6
	perTensor := 10
	if len(r.program.Params) > 20 {
		perTensor = 2 // of many tensors
	}
	rng := rand.New(rand.NewPCG(1, 1))
	global, differences := 0.0, map[string]float64{}
	for param, grad := range r.gradients(t) {
		v := r.values[param].Float64()
		for range min(perTensor, len(v)) {
			i := rng.IntN(len(v))
			at := v[i]
			v[i] = at + h
			up := r.objective(t)
			v[i] = at - h
			down := r.objective(t)
			v[i] = at
			want := (up - down) / (2 * h)
			if d := slices.IndexFunc(r.cfg.Domains, func(d training.Domain) bool {
				return param == training.HeadWeight(d.Name) || param == training.HeadBias(d.Name)
			}); d >= 0 { // heads follow the unweighted loss
				want /= r.values[training.InputWeights].Float64()[d]
			}
			global = max(global, math.Abs(want))
			key := fmt.Sprintf("%s[%d]", param, i)
			differences[key] = math.Abs(grad[i] - want)
		}
	}
	for key, diff := range differences {
		if diff > 1e-6*global {
			t.Errorf("%s: %s differs by %g from central differences; the largest element is %g", name, key, diff, global)
		}
	}
}

// TestStepOutputs compares what a step reports with the evaluation graphs.
func TestStepOutputs(t *testing.T) {
	for name, trunk := range trunks(t) {
		r := newRig(t, training.Config{Trunk: trunk, Domains: every})
		out := r.run(t, r.program.Step)
		var samples, means []float64
		for d := range every {
			v := r.eval(t, d)[training.OutputSampleLosses].Float64()
			samples = append(samples, v...)
			means = append(means, mean(v))
		}
		if d := distance(out[training.OutputSampleLosses].Float64(), samples); d > 1e-7 {
			t.Errorf("%s: sample losses differ by %g", name, d)
		}
		// Means are sums times a float32 constant.
		if d := distance(out[training.OutputLosses].Float64(), means); d > 1e-7 {
			t.Errorf("%s: mean losses differ by %g", name, d)
		}
		squares := 0.0
		for _, g := range r.gradients(t) {
			for _, x := range g {
				squares += x * x
			}
		}
		if d := distance(out[training.OutputGradNorm].Float64(), []float64{math.Sqrt(squares)}); d > 1e-9 {
			t.Errorf("%s: norm of the gradient differs by %g", name, d)
		}
	}
}

// TestJointIsSumOfDomains checks that one pass of the trunk over the joined
// minibatch gives the weighted sum of the domains' own gradients, and that the
// probe gives their inner products.
func TestJointIsSumOfDomains(t *testing.T) {
	for name, trunk := range trunks(t) {
		joint := newRig(t, training.Config{Trunk: trunk, Domains: every, Gradients: true})
		weights := joint.values[training.InputWeights].Float64()
		sums := map[string][]float64{}
		var trunkGradients [][]float64
		from := 0
		for d, domain := range every {
			single := joint.with(t, training.Config{Trunk: trunk, Domains: every[d : d+1]})
			single.values[training.InputX] = joint.rows(from, from+domain.Batch)
			single.values[training.InputWeights] = exec.NewTensor([]int64{1}, []float64{1})
			from += domain.Batch
			grads := single.gradients(t)
			var flat []float64
			for _, p := range joint.program.Params {
				if p.Domain == "" {
					flat = append(flat, grads[p.Name]...)
				}
			}
			trunkGradients = append(trunkGradients, flat)
			weight := map[string]float64{training.HeadWeight(domain.Name): 1, training.HeadBias(domain.Name): 1}
			for param, g := range grads {
				if sums[param] == nil {
					sums[param] = make([]float64, len(g))
				}
				for i := range g {
					sums[param][i] += cmp.Or(weight[param], weights[d]) * g[i]
				}
			}
		}
		for param, g := range joint.gradients(t) {
			if d := distance(g, sums[param]); d > 1e-7 {
				t.Errorf("%s: gradient of %s differs by %g from the sum over domains", name, param, d)
			}
		}
		var gram []float64
		for _, a := range trunkGradients {
			for _, b := range trunkGradients {
				dot := 0.0
				for i := range a {
					dot += a[i] * b[i]
				}
				gram = append(gram, dot)
			}
		}
		apart := joint.apart(t)
		if d := distance(apart[training.OutputGram].Float64(), gram); d > 1e-7 {
			t.Errorf("%s: inner products %v, want %v", name, apart[training.OutputGram].Float64(), gram)
		}
	}
}

// TestZeroWeight checks that a domain without weight does not move the trunk, does
// move its own head and keeps its own loss.
func TestZeroWeight(t *testing.T) {
	r := newRig(t, training.Config{Trunk: mustZoo(t, "mlp", 0.02, 5), Domains: mixed})
	weights := r.values[training.InputWeights].Float64()
	before := r.run(t, r.program.Step)[training.OutputLosses].Float64()
	weights[1], weights[2] = 0, 0
	after := r.run(t, r.program.Step)[training.OutputLosses].Float64()
	if d := distance(after, before); d != 0 {
		t.Errorf("unweighted losses changed with the weights: %v, were %v", after, before)
	}
	for param, g := range r.gradients(t) {
		largest := 0.0
		for _, x := range g {
			largest = max(largest, math.Abs(x))
		}
		if largest == 0 {
			t.Errorf("largest gradient of %s is 0", param)
		}
	}
}

// TestExtremeScores checks that scores far apart neither overflow nor lose the
// loss of a hopeless sample.
func TestExtremeScores(t *testing.T) {
	domains := []training.Domain{{Name: "a", Batch: 2, Loss: training.CrossEntropy, Outputs: 2}}
	r := newRig(t, training.Config{Trunk: mustZoo(t, "mlp", 0.02, 5), Domains: domains})
	bias := r.values[training.HeadBias("a")].Float64()
	clear(r.values[training.HeadWeight("a")].Float64())
	bias[0], bias[1] = 1e4, -1e4
	copy(r.values[training.TargetName("a")].Int64(), []int64{0, 1})
	out := r.run(t, r.program.Step)
	if d := distance(out[training.OutputSampleLosses].Float64(), []float64{0, 2e4}); d > 1e-12 {
		t.Errorf("losses are %v, want 0 and 20000", out[training.OutputSampleLosses].Float64())
	}
	if g := r.gradients(t)[training.HeadBias("a")]; distance(g, []float64{0.5, -0.5}) > 1e-9 {
		t.Errorf("gradient of the bias is %v", g)
	}
}
