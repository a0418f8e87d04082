package training_test

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/internal/peers"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
	"github.com/sharewise/sharewise/onnxio/training"
)

// roundings is the distance between two trajectories of losses below which
// nothing is compared, relative to the first loss: a few units in the last
// place of float32, which the order of one sum decides.
const roundings = 8.0 / (1 << 23)

// TestTrajectories trains networks that PyTorch exported for fifty whole steps
// in ONNX Runtime, and compares the losses with those of PyTorch from the same
// start on the same minibatches (testdata/peers/trajectories.py). They may be
// three times as far from PyTorch in float64 as PyTorch in float32 is, the farthest of
// four courses that begin with other last bits.
func TestTrajectories(t *testing.T) { trajectories(t, onnxRuntime(t), kernels.Form{}, 3) }

// TestTrajectoriesOfKernels is the same with every pass and kernel, used
// wherever that is possible. They may be six times as far: a recurrent network
// carries what products in another order round from step to step, and losses of the
// gru are 1.2e-5 off with AVX2, where PyTorch is 2e-6 to 6e-6 and other kernels with
// standard products are 3e-6.
func TestTrajectoriesOfKernels(t *testing.T) {
	backend := orttest.Kernels(t)
	all := kernels.Best(kernels.Offered(backend))
	all.Everywhere = true
	trajectories(t, backend, all, 6)
}

// trajectories allows losses to be so many times as far from PyTorch in float64 as
// PyTorch in float32 is.
func trajectories(t *testing.T, backend exec.Backend, form kernels.Form, most float64) {
	t.Helper()
	files, err := peers.Files("architectures", "*.steps.onnx")
	if err != nil {
		t.Fatal(err)
	}
	t.Log("| architecture | optimizer | loss | steps: ours | PyTorch in float32 | ratio | evaluated: ours | PyTorch in float32 |")
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".steps.onnx")
		t.Run(name, func(t *testing.T) {
			p := readTrajectory(t, file)
			losses, samples := p.follow(t, backend, form)
			double, single := p.doubles(t, "double"), p.doubles(t, "single")
			// Four minibatches are taken in turn.
			first, last := mean(losses[:4]), mean(losses[len(losses)-4:])
			floor := roundings * double[0]
			steps := compareRuns(t, "losses", losses, double, single, floor, most)
			// The losses of a few samples at one moment scatter more than a whole course.
			after := compareRuns(t, "losses after the last step", samples, p.doubles(t, "double/eval"), p.doubles(t, "single/eval"), floor, 10)
			t.Logf("| %s | %s | %.3f to %.3f | %.1e | %.1e | %.1f | %.1e | %.1e |", name, p.optimizer(t).Kind, first, last,
				steps.ours, steps.peer, steps.ours/max(steps.peer, floor), after.ours, after.peer)
			if !(last < first) {
				t.Errorf("the loss goes from %g to %g", first, last)
			}
		})
	}
}

// A trajectory is what PyTorch did with a model.
type trajectory struct {
	model  *onnxio.Model
	values map[string]*onnxio.Tensor
}

func readTrajectory(t *testing.T, file string) *trajectory {
	t.Helper()
	m, err := onnxio.Load(strings.TrimSuffix(file, ".steps.onnx") + ".onnx")
	if err != nil {
		t.Fatal(err)
	}
	values, err := onnxio.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	p := &trajectory{model: m, values: map[string]*onnxio.Tensor{}}
	for _, v := range values.Graph.Initializers {
		p.values[v.Name] = v
	}
	return p
}

func (p *trajectory) doubles(t *testing.T, name string) []float64 {
	t.Helper()
	v, err := p.values[name].Float64()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

func (p *trajectory) optimizer(t *testing.T) training.Optimizer {
	t.Helper()
	adamW, err := p.values["adamw"].Int64()
	if err != nil {
		t.Fatal(err)
	}
	if adamW[0] == 1 {
		return training.Optimizer{Kind: training.AdamW, WeightDecay: 0.01}
	}
	return training.Optimizer{Kind: training.SGD, Momentum: 0.9}
}

// config trains the network and one head on its output. Float tensors that
// PyTorch does not train, such as masks, are frozen.
func (p *trajectory) config(t *testing.T) training.Config {
	t.Helper()
	cfg := training.Config{
		Trunk:     p.model,
		Domains:   []training.Domain{{Name: "a", Loss: training.CrossEntropy, Batch: int(p.values["x"].Shape[1]), Outputs: int(p.values["head/bias"].Shape[0])}},
		Optimizer: p.optimizer(t),
	}
	all, err := training.Compile(cfg)
	if err != nil {
		t.Fatal(err)
	}
	escape := strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)
	for _, param := range all.Params {
		if param.Domain == "" && p.values["trained/"+param.Name] == nil {
			cfg.Freeze = append(cfg.Freeze, escape.Replace(param.Name))
		}
	}
	return cfg
}

// follow returns the losses of all steps, and in the end those of the samples
// of the last minibatch by the evaluation graph.
func (p *trajectory) follow(t *testing.T, backend exec.Backend, form kernels.Form) (losses, samples []float64) {
	t.Helper()
	cfg := p.config(t)
	cfg.Form = form
	r := newRig(t, cfg)
	for _, param := range slices.Concat(r.program.Params, r.program.Buffers) {
		v := param.Value
		if init := p.values["head/"+strings.TrimPrefix(param.Name, "head/a/")]; init != nil {
			v = mustFloat32(t, init)
		}
		r.values[param.Name] = exec.NewTensor(param.Shape, slices.Clone(v))
	}
	r.values[training.InputWeights] = exec.NewTensor([]int64{1}, []float32{1})
	x, labels := p.batches(t)
	s := newStepper(t, backend, r)
	defer s.close(t)
	rate := p.doubles(t, "rate")[0]
	for i := range p.values["double"].Shape[0] {
		k := int(i) % len(x)
		copy(s.inputs[training.InputX].Float32(), x[k].Float32())
		copy(s.inputs[training.TargetName("a")].Int64(), labels[k].Int64())
		s.advance(t, rate)
		losses = append(losses, float64s(s.outputs[training.OutputLosses])...)
	}
	eval := r.program.FormEval[0]
	session, err := backend.Open(eval, exec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := session.Close(); err != nil {
			t.Error(err)
		}
	}()
	inputs := map[string]*exec.Tensor{}
	for _, v := range eval.Graph.Inputs {
		if inputs[v.Name] = s.value(v.Name); inputs[v.Name] == nil {
			inputs[v.Name] = s.inputs[v.Name] // data and what is frozen
		}
	}
	out, err := session.Run(inputs)
	if err != nil {
		t.Fatal(err)
	}
	return losses, float64s(out[training.OutputSampleLosses])
}

// batches cuts the samples and labels into minibatches.
func (p *trajectory) batches(t *testing.T) (x, labels []*exec.Tensor) {
	t.Helper()
	samples, classes := mustFloat32(t, p.values["x"]), p.values["labels"]
	all, err := classes.Int64()
	if err != nil {
		t.Fatal(err)
	}
	shape := p.values["x"].Shape
	width, rows := int(product(shape[1:])), int(shape[1])
	for i := range int(shape[0]) {
		x = append(x, exec.NewTensor(shape[1:], samples[i*width:(i+1)*width]))
		labels = append(labels, exec.NewTensor([]int64{int64(rows)}, all[i*rows:(i+1)*rows]))
	}
	return x, labels
}

// distances are how far ours and PyTorch's losses in float32 are from those in
// float64.
type distances struct{ ours, peer float64 }

// compareRuns fails if ours are more than factor times as far from double as
// single, or as floor, is.
func compareRuns(t *testing.T, what string, ours, double, single []float64, floor, factor float64) distances {
	t.Helper()
	d := distances{apart(ours, double), apart(single, double)}
	if !(d.ours <= factor*max(d.peer, floor)) {
		t.Errorf("%s are %.1e from PyTorch in float64, PyTorch in float32 is %.1e", what, d.ours, d.peer)
	}
	return d
}

// apart is the largest difference.
func apart(a, b []float64) float64 {
	if len(a) != len(b) {
		return math.Inf(1)
	}
	far := 0.0
	for i := range a {
		if math.IsNaN(a[i]) {
			return math.Inf(1)
		}
		far = max(far, math.Abs(a[i]-b[i]))
	}
	return far
}

func mustFloat32(t *testing.T, v *onnxio.Tensor) []float32 {
	t.Helper()
	x, err := v.Float32()
	if err != nil {
		t.Fatal(err)
	}
	return x
}
