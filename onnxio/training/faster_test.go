package training_test

import (
	"os"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/training"
)

// forms are the choices of passes that tests go through: all, all but one and
// one alone.
func forms() map[string]kernels.Form {
	all := kernels.Best(kernels.All())
	all.Everywhere = true
	cases := map[string]kernels.Form{"all": all, "without kernels": kernels.Best(nil)}
	for _, p := range kernels.Passes() {
		cases["without "+string(p)] = all.Without(p)
		one := all
		one.Passes = []kernels.Pass{p}
		cases["only "+string(p)] = one
	}
	return cases
}

// sameStep compares every output of a step, of the probe and of evaluation with
// those of standard operators, in double precision.
func sameStep(t *testing.T, r *rig, f kernels.Form) {
	t.Helper()
	tolerance := 1e-9
	if f.Uses(kernels.Smooth) {
		tolerance = 1e-7 // the root of a half is a float32 in graphs
	}
	cfg := r.cfg
	cfg.Form = f
	fast := r.with(t, cfg)
	compare := func(what string, got, want *onnxio.Model) {
		a, b := fast.run(t, got), r.run(t, want)
		for name, v := range b {
			if v.Float64() == nil {
				continue
			}
			if d := distance(a[name].Float64(), v.Float64()); d > tolerance {
				t.Errorf("%s: output %s is %.1e off", what, name, d)
			}
		}
	}
	for _, m := range slices.Concat(fast.program.Predict, fast.program.Eval) {
		if m.Opset(kernels.Domain) != 0 {
			t.Errorf("%s imports %s", m.Graph.Name, kernels.Domain)
		}
	}
	compare("step", fast.program.Step, r.program.Step)
	if r.program.Gradients != nil {
		compare("gradients", fast.program.Gradients, r.program.Gradients)
		r.apart(t)
		fast.values = r.values
		compare("update", fast.program.Update, r.program.Update)
	}
	for i := range r.program.Eval {
		fast.program.Eval[i] = fast.program.FormEval[i]
		a, b := fast.eval(t, i), r.eval(t, i)
		for name, v := range b {
			if v.Float64() != nil {
				if d := distance(a[name].Float64(), v.Float64()); d > tolerance {
					t.Errorf("eval: output %s is %.1e off", name, d)
				}
			}
		}
	}
	if f.Uses(kernels.Layout) && f.Everywhere {
		convolutions := countOps(r.program.Step, "Conv")
		if left := countOps(fast.program.Step, "Conv"); convolutions > 0 && left > 0 {
			t.Errorf("%d convolutions of the step are standard operators, %d without kernels", left, convolutions)
		}
	}
	if len(f.Kernels) == 0 {
		for _, m := range slices.Concat([]*onnxio.Model{fast.program.Step}, fast.program.FormEval) {
			if m.Opset(kernels.Domain) != 0 {
				t.Errorf("%s imports %s though there are no kernels", m.Graph.Name, kernels.Domain)
			}
		}
	}
}

// countOps counts the nodes of a standard operator.
func countOps(m *onnxio.Model, op string) (n int) {
	for _, node := range m.Graph.Nodes {
		if node.OpName() == op {
			n++
		}
	}
	return n
}

// formTrunks are nets that passes change.
func formTrunks(t *testing.T) map[string]*onnxio.Model {
	all := map[string]*onnxio.Model{
		"cnn":    mustZoo(t, "cnn", 0.25, 3, 9, 8),
		"resnet": mustZoo(t, "resnet20", 0.25, 3, 8, 8),
		"tcn":    mustZoo(t, "tcn", 0.125, 2, 65),
		"patch":  mustZoo(t, "transformer", 0.25, 1, 64),
		"heads":  mustZoo(t, "transformer", 0.5, 1, 64),
	}
	for name, m := range trunks(t) {
		all[name+" small"] = m
	}
	all["normed"] = normed()
	return all
}

// allFormsVariable is set to "exhaustive" to try every choice of passes on every net.
const allFormsVariable = "SHAREWISE_TESTS"

// TestForms: whatever passes are on, a step computes the same.
func TestForms(t *testing.T) {
	for name, trunk := range formTrunks(t) {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, training.Config{Trunk: trunk, Domains: pairs, Gradients: true, Clip: 0.1, Optimizer: training.Optimizer{Kind: training.SGD, Momentum: 0.9, WeightDecay: 0.01}})
			for what, f := range forms() {
				if what != "all" && name != "cnn" && name != "normed" && name != "patch" && os.Getenv(allFormsVariable) != "exhaustive" {
					continue
				}
				t.Run(what, func(t *testing.T) { sameStep(t, r, f) })
			}
		})
	}
}

// TestFormsOfStatistics: batch normalisations with all kinds of statistics.
func TestFormsOfStatistics(t *testing.T) {
	all := forms()["all"]
	for name, trunk := range map[string]*onnxio.Model{"resnet": mustZoo(t, "resnet20", 0.25, 3, 8, 8), "normed": normed()} {
		for _, mode := range []training.BatchNorm{training.SharedStatistics, training.DomainStatistics, training.FrozenStatistics} {
			t.Run(name+" "+string(mode), func(t *testing.T) {
				r := newRig(t, training.Config{Trunk: trunk, Domains: pairs, Gradients: true, BatchNorm: mode})
				sameStep(t, r, all)
				sameStep(t, r, kernels.Best(nil))
			})
		}
	}
}

// TestFormsOfOptimizers: every variant of every optimizer as one kernel.
func TestFormsOfOptimizers(t *testing.T) {
	for _, o := range []training.Optimizer{
		{},
		{WeightDecay: 0.1},
		{Momentum: 0.9},
		{Momentum: 0.9, Nesterov: true, WeightDecay: 0.1},
		{Kind: training.AdamW},
		{Kind: training.AdamW, WeightDecay: 0.1, Beta1: 0.5, Epsilon: 1e-3},
		{Kind: training.Adam, WeightDecay: 0.1},
		{Kind: training.Adagrad, WeightDecay: 0.1},
	} {
		for _, clip := range []float64{0, 0.01} {
			cfg := training.Config{Trunk: mustZoo(t, "mlp", 0.02, 5), Domains: mixed, Optimizer: o, Clip: clip}
			plain := newRig(t, cfg)
			cfg.Form = kernels.Best(kernels.All())
			fast := plain.with(t, cfg)
			for step := 1; step <= 3; step++ {
				plain.setRate(0.1, step)
				fast.setRate(0.1, step)
				want, got := plain.advance(t), fast.advance(t)
				for name, v := range want {
					// Standard graphs round 1−ηλ and the corrections of AdamW to float32.
					if d := distance(got[name].Float64(), v.Float64()); d > 1e-6 {
						t.Errorf("%+v, clip %g, step %d: %s is %.1e off", o, clip, step, name, d)
					}
				}
			}
		}
	}
}
