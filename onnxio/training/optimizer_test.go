package training_test

import (
	"cmp"
	"math"
	"testing"

	"github.com/sharewise/sharewise/onnxio/training"
)

// follower is an optimizer written down in the test as PyTorch documents it,
// in plain Go, double precision and the textbook's order of operations.
type follower struct {
	training.Optimizer
	clip       float64
	velocity   map[string][]float64
	mean, sqrs map[string][]float64
}

func newFollower(cfg training.Config) *follower {
	return &follower{
		Optimizer: cfg.Optimizer, clip: cfg.Clip,
		velocity: map[string][]float64{}, mean: map[string][]float64{}, sqrs: map[string][]float64{},
	}
}

func (f *follower) step(params, grads map[string][]float64, rate float64, t int) {
	if f.clip > 0 {
		norm := 0.0
		for _, g := range grads {
			for _, x := range g {
				norm += x * x
			}
		}
		if c := f.clip / (math.Sqrt(norm) + 1e-6); c < 1 {
			for _, g := range grads {
				for i := range g {
					g[i] *= c
				}
			}
		}
	}
	for name, p := range params {
		switch f.Kind {
		case training.Adagrad:
			f.adagrad(name, p, grads[name], rate)
		case training.AdamW, training.Adam:
			f.adamW(name, p, grads[name], rate, t)
		default:
			f.sgd(name, p, grads[name], rate)
		}
	}
}

func (f *follower) sgd(name string, p, g []float64, rate float64) {
	v, later := f.velocity[name]
	if !later {
		v = make([]float64, len(p))
		f.velocity[name] = v
	}
	for i := range p {
		d := g[i] + f.WeightDecay*p[i]
		if f.Momentum != 0 {
			if later {
				v[i] = f.Momentum*v[i] + d
			} else {
				v[i] = d
			}
			if f.Nesterov {
				d += f.Momentum * v[i]
			} else {
				d = v[i]
			}
		}
		p[i] -= rate * d
	}
}

func (f *follower) adamW(name string, p, g []float64, rate float64, t int) {
	or := func(v, def float64) float64 {
		if v == 0 {
			return def
		}
		return v
	}
	b1, b2, eps := or(f.Beta1, 0.9), or(f.Beta2, 0.999), or(f.Epsilon, 1e-8)
	if f.mean[name] == nil {
		f.mean[name], f.sqrs[name] = make([]float64, len(p)), make([]float64, len(p))
	}
	m, v := f.mean[name], f.sqrs[name]
	for i := range p {
		g := g[i]
		if f.Kind == training.Adam {
			g += f.WeightDecay * p[i]
		} else {
			p[i] -= rate * f.WeightDecay * p[i]
		}
		m[i] = b1*m[i] + (1-b1)*g
		v[i] = b2*v[i] + (1-b2)*g*g
		mHat := m[i] / (1 - math.Pow(b1, float64(t)))
		vHat := v[i] / (1 - math.Pow(b2, float64(t)))
		p[i] -= rate * mHat / (math.Sqrt(vHat) + eps)
	}
}

func (f *follower) adagrad(name string, p, g []float64, rate float64) {
	if f.sqrs[name] == nil {
		f.sqrs[name] = make([]float64, len(p))
	}
	for i := range p {
		d := g[i] + f.WeightDecay*p[i]
		f.sqrs[name][i] += d * d
		p[i] -= rate * d / (math.Sqrt(f.sqrs[name][i]) + cmp.Or(f.Epsilon, 1e-10))
	}
}

var optimizerTests = []struct {
	name      string
	optimizer training.Optimizer
	clip      float64
	rate      float64
}{
	{"sgd", training.Optimizer{}, 0, 0.05},
	{"sgd decay", training.Optimizer{Kind: training.SGD, WeightDecay: 0.1}, 0, 0.05},
	{"momentum", training.Optimizer{Kind: training.SGD, Momentum: 0.9}, 0, 0.02},
	{"momentum decay clip", training.Optimizer{Kind: training.SGD, Momentum: 0.8, WeightDecay: 0.05}, 0.7, 0.05},
	{"nesterov decay", training.Optimizer{Kind: training.SGD, Momentum: 0.9, Nesterov: true, WeightDecay: 0.01}, 0, 0.02},
	{"clip out of reach", training.Optimizer{Kind: training.SGD, Momentum: 0.9}, 1e6, 0.02},
	{"adamw", training.Optimizer{Kind: training.AdamW}, 0, 0.01},
	{"adamw decay", training.Optimizer{Kind: training.AdamW, WeightDecay: 0.3}, 0, 0.01},
	{"adamw clip", training.Optimizer{Kind: training.AdamW, Beta1: 0.7, Beta2: 0.9, Epsilon: 0.01, WeightDecay: 0.1}, 0.5, 0.02},
	{"adam decay", training.Optimizer{Kind: training.Adam, WeightDecay: 0.1}, 0, 0.01},
	{"adagrad decay", training.Optimizer{Kind: training.Adagrad, Epsilon: 1e-3, WeightDecay: 0.1}, 0, 0.05},
	{"adagrad clip", training.Optimizer{Kind: training.Adagrad}, 0.5, 0.05},
}

// TestTenSteps follows every optimizer for ten steps of every trunk, with a
// learning rate, loss weights and hence a gradient that change all the time.
func TestTenSteps(t *testing.T) {
	for name, trunk := range trunks(t) {
		for _, test := range optimizerTests {
			cfg := training.Config{Trunk: trunk, Domains: mixed, Optimizer: test.optimizer, Clip: test.clip}
			r := newRig(t, cfg)
			f := newFollower(cfg)
			params := map[string][]float64{}
			for _, p := range r.program.Params {
				params[p.Name] = append([]float64(nil), r.values[p.Name].Float64()...)
			}
			schedule := training.Schedule{Kind: training.Cosine, Warmup: 0.2}
			for step := range 10 {
				rate := test.rate * schedule.At(step, 11)
				r.values[training.InputWeights].Float64()[step%len(mixed)] += 0.25
				r.setRate(rate, step+1)
				grads := r.gradients(t)
				f.step(params, grads, rate, step+1)
				r.advance(t)
			}
			for _, p := range r.program.Params {
				// Constants such as momentum are float32 in the graph.
				if d := distance(r.values[p.Name].Float64(), params[p.Name]); d > 2e-6 {
					t.Errorf("%s, %s: %s is off by %g after ten steps", name, test.name, p.Name, d)
				}
			}
		}
	}
}

// TestLateSteps checks bias correction far from the start, where β₂ᵗ is
// neither 1 nor 0, and at its very end.
func TestLateSteps(t *testing.T) {
	cfg := training.Config{Trunk: mustZoo(t, "mlp", 0.02, 5), Domains: mixed, Optimizer: training.Optimizer{Kind: training.AdamW}}
	for _, step := range []int{100, 5000, 1 << 24} {
		r := newRig(t, cfg)
		r.setRate(0.01, step)
		f := newFollower(cfg)
		params := map[string][]float64{}
		for _, p := range r.program.Params {
			params[p.Name] = append([]float64(nil), r.values[p.Name].Float64()...)
		}
		f.step(params, r.gradients(t), 0.01, step)
		r.advance(t)
		for _, p := range r.program.Params {
			// Against a state of zeros, 1−β₂ counts alone; with β₂ rounded to
			// float32 it is 1.3e-5 away from 0.001.
			if d := distance(r.values[p.Name].Float64(), params[p.Name]); d > 1e-5 {
				t.Errorf("step %d: %s is off by %g", step, p.Name, d)
			}
		}
	}
}
