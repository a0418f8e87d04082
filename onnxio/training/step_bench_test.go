package training_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
	"github.com/sharewise/sharewise/onnxio/training"
)

// stepNet is a network and how a step of it is taken.
type stepNet struct {
	name, trunk string
	width       float64
	input       []int
	batch       int
	optimizer   training.OptimizerKind
}

// config is the training of the net with one domain.
func (n *stepNet) config(t testing.TB, form kernels.Form) training.Config {
	cfg := training.Config{
		Trunk:     mustZoo(t, n.trunk, n.width, n.input...),
		Domains:   []training.Domain{{Name: "a", Batch: n.batch, Loss: training.CrossEntropy, Outputs: 10}},
		Optimizer: training.Optimizer{Kind: n.optimizer, WeightDecay: 5e-4},
		Form:      form,
	}
	if n.optimizer == training.SGD {
		cfg.Optimizer.Momentum = 0.9
	}
	return cfg
}

// stepNets are the steps that BenchmarkForms measures.
var stepNets = []stepNet{
	{"mlp", "mlp", 1, []int{784}, 64, training.SGD},
	{"mlp-adamw", "mlp", 1, []int{784}, 128, training.AdamW},
	{"mlp-tiny", "mlp", 0.5, []int{64}, 32, training.SGD},
	{"cnn-1x28x28", "cnn", 1, []int{1, 28, 28}, 64, training.SGD},
	{"cnn-3x32x32", "cnn", 1, []int{3, 32, 32}, 128, training.SGD},
	{"resnet20", "resnet20", 1, []int{3, 32, 32}, 128, training.SGD},
	{"tcn", "tcn", 1, []int{1, 1024}, 64, training.AdamW},
	{"transformer", "transformer", 1, []int{1, 1024}, 64, training.AdamW},
}

// BenchmarkForms measures training steps of one thread and of two, and evaluation
// of 256 samples, in the standard form, with all passes, and with each pass left
// out. The least time counts on a machine that has other work: min-ms.
func BenchmarkForms(b *testing.B) {
	backend := orttest.Kernels(b)
	all := kernels.Best(kernels.Offered(backend))
	forms := map[string]kernels.Form{"standard": {}, "all": all, "without-kernels": kernels.Best(nil)}
	for _, p := range kernels.Passes() {
		forms["less-"+string(p)] = all.Without(p)
	}
	for _, net := range stepNets {
		for _, form := range slices.Sorted(maps.Keys(forms)) {
			cfg := net.config(b, forms[form])
			for threads, name := range map[int]string{1: "1-thread", 2: "2-threads"} {
				b.Run(net.name+"/step/"+name+"/"+form, func(b *testing.B) {
					s := newStepperOf(b, backend, newRig(b, cfg), threads)
					defer s.close(b)
					shortest(b, func() { s.advance(b, 1e-4) })
				})
				b.Run(net.name+"/eval/"+name+"/"+form, func(b *testing.B) {
					benchmarkEval(b, backend, newRig(b, cfg), threads)
				})
			}
		}
	}
}

// shortest runs f as often as a benchmark asks and reports the least time.
func shortest(b *testing.B, f func()) {
	f()
	least := time.Hour
	for b.Loop() {
		start := time.Now()
		f()
		least = min(least, time.Since(start))
	}
	b.ReportMetric(least.Seconds()*1e3, "min-ms")
}

func benchmarkEval(b *testing.B, backend exec.Backend, r *rig, threads int) {
	const rows = 256
	m := r.program.FormEval[0]
	session, err := backend.Open(m, exec.Options{Threads: threads})
	if err != nil {
		b.Fatal(err)
	}
	inputs, outputs := map[string]*exec.Tensor{}, map[string]*exec.Tensor{}
	for _, v := range m.Graph.Inputs {
		shape := slices.Clone(r.values[v.Name].Shape)
		t := float32s(r.values[v.Name])
		if !v.Shape[0].Known() {
			shape[0] = rows
			t = exec.Zeros(v.Type, shape...)
		}
		inputs[v.Name] = t
	}
	for _, v := range m.Graph.Outputs {
		outputs[v.Name] = exec.Zeros(v.Type, rows)
	}
	binding, err := session.Bind(inputs, outputs)
	if err != nil {
		b.Fatal(err)
	}
	shortest(b, func() {
		if err := binding.Run(); err != nil {
			b.Fatal(err)
		}
	})
	if err := session.Close(); err != nil {
		b.Fatal(err)
	}
}
