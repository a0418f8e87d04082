package training_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sharewise/sharewise/onnxio"
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

// variant is one form of a net's training and evaluation.
type variant struct {
	off string // what is switched off in it, of all that there is
	rig *rig
}

// The variants in which nothing is off, and in which there is nothing but standard
// operators.
const (
	allOn  = "nothing"
	allOff = "all passes"
)

// variants are the forms of a net with everything on, with all passes off, without
// the kernels, and with each pass and each kernel off in turn. Of those that are
// graph for graph the same there is one, which is named by all of them; those that
// are the same as with everything on are left out.
func variants(t testing.TB, net *stepNet, backend exec.Backend) []variant {
	t.Helper()
	set := kernels.Offered(backend)
	all := kernels.Best(set)
	type choice struct {
		off  string
		form kernels.Form
	}
	choices := []choice{{allOn, all}, {allOff, kernels.Form{}}, {"all kernels", kernels.Best(nil)}}
	for _, p := range kernels.Passes() {
		choices = append(choices, choice{string(p), all.Without(p)})
	}
	for _, name := range set.Names() {
		less := maps.Clone(set)
		delete(less, name)
		choices = append(choices, choice{name, kernels.Best(less)})
	}
	var list []variant
	known := map[string]int{} // the variant of a graph
	for _, c := range choices {
		r := newRig(t, net.config(t, c.form))
		graphs := ""
		for _, m := range []*onnxio.Model{r.program.Step, r.program.FormEval[0]} {
			data, err := m.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			graphs += string(data)
		}
		i, same := known[graphs]
		switch {
		case same && i > 0:
			list[i].off += ", " + c.off
		case !same:
			known[graphs] = len(list)
			list = append(list, variant{c.off, r})
		}
	}
	return list
}

// BenchmarkForms measures training steps of one thread and of two, and evaluation
// of 256 samples, with everything on, with nothing, and with each pass and each
// kernel off in turn. The least time counts on a machine that has other work: min-ms.
func BenchmarkForms(b *testing.B) {
	backend := orttest.Kernels(b)
	for i := range stepNets {
		net := &stepNets[i]
		for _, v := range variants(b, net, backend) {
			off := "off=" + strings.ReplaceAll(v.off, ", ", "+")
			for _, threads := range []int{1, 2} {
				b.Run(fmt.Sprintf("%s/step/%d-threads/%s", net.name, threads, off), func(b *testing.B) {
					s := newStepperOf(b, backend, v.rig, threads)
					defer s.close(b)
					shortest(b, func() { s.advance(b, 1e-4) })
				})
				b.Run(fmt.Sprintf("%s/eval/%d-threads/%s", net.name, threads, off), func(b *testing.B) {
					e := newEvaluator(b, backend, v.rig, threads)
					defer e.close(b)
					shortest(b, func() { e.run(b) })
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

// evaluator evaluates some samples by the graph of the first domain.
type evaluator struct {
	session exec.Session
	binding exec.Binding
}

// evaluated is the number of samples of an evaluation that is measured.
const evaluated = 256

func newEvaluator(t testing.TB, backend exec.Backend, r *rig, threads int) *evaluator {
	t.Helper()
	m := r.program.FormEval[0]
	session, err := backend.Open(m, exec.Options{Threads: threads})
	if err != nil {
		t.Fatal(err)
	}
	inputs, outputs := map[string]*exec.Tensor{}, map[string]*exec.Tensor{}
	for _, v := range m.Graph.Inputs {
		shape := slices.Clone(r.values[v.Name].Shape)
		t := float32s(r.values[v.Name])
		if !v.Shape[0].Known() {
			shape[0] = evaluated
			t = exec.Zeros(v.Type, shape...)
		}
		inputs[v.Name] = t
	}
	for _, v := range m.Graph.Outputs {
		outputs[v.Name] = exec.Zeros(v.Type, evaluated)
	}
	binding, err := session.Bind(inputs, outputs)
	if err != nil {
		t.Fatal(err)
	}
	return &evaluator{session, binding}
}

func (e *evaluator) run(t testing.TB) {
	t.Helper()
	if err := e.binding.Run(); err != nil {
		t.Fatal(err)
	}
}

func (e *evaluator) close(t testing.TB) {
	t.Helper()
	if err := errors.Join(e.binding.Close(), e.session.Close()); err != nil {
		t.Error(err)
	}
}
