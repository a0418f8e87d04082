package artifacts_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/artifacts"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
	"github.com/sharewise/sharewise/onnxio/reference"
	"github.com/sharewise/sharewise/onnxio/training"
	"github.com/sharewise/sharewise/onnxio/zoo"
)

const batch, steps = 6, 4

// settings are ways to train, by name.
func settings(t *testing.T) map[string]training.Config {
	t.Helper()
	build := func(trunk string, cfg zoo.Config) *onnxio.Model {
		m, err := zoo.Build(trunk, cfg)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	load := func(name string) *onnxio.Model {
		m, err := onnxio.Load(filepath.Join("..", "..", "testdata", "architectures", name+".onnx"))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	classes := []training.Domain{{Name: "task", Batch: batch, Loss: training.CrossEntropy, Outputs: 3}}
	values := func(batch int) []training.Domain {
		return []training.Domain{{Name: "task", Batch: batch, Loss: training.SquaredError}}
	}
	adamw := training.Optimizer{Kind: training.AdamW, WeightDecay: 0.01}
	return map[string]training.Config{
		"new head": {
			Trunk: build("cnn", zoo.Config{Input: []int{1, 12, 12}, Width: 0.25}), Domains: classes, Optimizer: adamw,
		},
		"running statistics": {
			Trunk: build("resnet20", zoo.Config{Input: []int{1, 8, 8}, Width: 0.25}), Domains: classes,
			Optimizer: training.Optimizer{Momentum: 0.9, Nesterov: true}, Clip: 1,
		},
		"frozen": {
			Trunk: build("mlp", zoo.Config{Input: []int{5}, Width: 0.1}), Domains: classes, Freeze: []string{"fc1.*"},
		},
		"own head":   {Trunk: load("tcn"), KeepHead: true, Domains: values(batch), Optimizer: adamw},
		"own batch":  {Trunk: load("lstm"), KeepHead: true, Domains: values(2), Optimizer: training.Optimizer{Momentum: 0.5}},
		"two inputs": {Trunk: twoInputs(), KeepHead: true, Domains: []training.Domain{{Name: "task", Batch: batch, Loss: training.CrossEntropy}}, Optimizer: adamw},
	}
}

// twoInputs is a model of the numbers of two tokens and of a mask, whose table
// of embeddings stands in a Constant node.
func twoInputs() *onnxio.Model {
	rng := rand.New(rand.NewPCG(5, 5))
	weights := func(name string, shape ...int64) *onnxio.Tensor {
		v := make([]float32, shape[0]*shape[1])
		for i := range v {
			v[i] = float32(rng.NormFloat64())
		}
		return onnxio.NewFloat32(name, shape, v)
	}
	g := &onnxio.Graph{Name: "tokens"}
	g.Inputs = []*onnxio.Value{
		{Name: "ids", Type: onnxio.Int64, Shape: onnxio.Shape{onnxio.Sym("N"), {Size: 2}}},
		{Name: "mask", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("N"), {Size: 8}}},
	}
	g.Initializers = []*onnxio.Tensor{weights("w", 8, 4), onnxio.NewInt64("shape", []int64{2}, []int64{-1, 8})}
	g.Nodes = []*onnxio.Node{
		{Op: "Constant", Outputs: []string{"table"}, Attrs: []*onnxio.Attribute{onnxio.TensorAttr("value", weights("", 3, 4))}},
		{Op: "Gather", Inputs: []string{"table", "ids"}, Outputs: []string{"tokens"}},
		{Op: "Reshape", Inputs: []string{"tokens", "shape"}, Outputs: []string{"flat"}},
		{Op: "Mul", Inputs: []string{"flat", "mask"}, Outputs: []string{"kept"}},
		{Op: "MatMul", Inputs: []string{"kept", "w"}, Outputs: []string{"logits"}},
	}
	g.Outputs = []*onnxio.Value{{Name: "logits", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("N"), {Size: 4}}}}
	return &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g}
}

// TestTraining trains by the manifest alone, on ONNX Runtime, and compares
// every loss with that of the program that a study would run, evaluated by the
// reference in double precision. It then writes the tensors back: the model to
// deploy must give the scores of the trained one.
func TestTraining(t *testing.T) {
	backend := orttest.Backend(t)
	for name, cfg := range settings(t) {
		t.Run(name, func(t *testing.T) {
			cfg.OwnInputs = true
			p, f := compiled(t, cfg)
			session, err := backend.Open(f.load(f.manifest.Train.File), exec.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer session.Close()
			exact := map[string]*exec.Tensor{}
			for name, v := range f.tensors {
				exact[name] = v.Clone()
			}
			rng := rand.New(rand.NewPCG(2, 2))
			for step := range steps {
				feeds := f.feeds(f.manifest.Train, f.manifest.Loss.Outputs, rng)
				for _, in := range f.manifest.Train.Inputs {
					switch in.Role {
					case artifacts.RoleStep:
						feeds[in.Name] = exec.Scalar(float32(step + 1))
					case artifacts.RoleLearningRate:
						feeds[in.Name] = exec.Scalar(float32(0.05))
					case artifacts.RoleLossWeights:
						feeds[in.Name] = exec.NewTensor(in.Shape, []float32{1})
					}
				}
				want := evaluate(t, p.Step, feeds, exact)
				for _, list := range [][]training.Param{p.Params, p.State, p.Buffers} {
					for _, q := range list {
						if !q.Frozen {
							exact[q.Name] = want[training.NextName(q.Name)]
						}
					}
				}
				got, err := session.Run(choose(p.Step, feeds, f.tensors))
				if err != nil {
					t.Fatal(err)
				}
				for _, out := range f.manifest.Train.Outputs {
					if out.Feeds != "" {
						f.tensors[out.Feeds] = got[out.Name]
					}
				}
				loss, exactLoss := float64(got["losses"].Float32()[0]), want[training.OutputLosses].Float64()[0]
				if math.Abs(loss-exactLoss) > 2e-5*math.Max(1, exactLoss) {
					t.Errorf("step %d: loss %g, the program says %g", step+1, loss, exactLoss)
				}
			}
			f.save()
			f.checkDeployed(p, rng)
		})
	}
}

// feeds draws data and targets for a graph.
func (f *folder) feeds(g *artifacts.Graph, outputs int, rng *rand.Rand) map[string]*exec.Tensor {
	feeds := map[string]*exec.Tensor{}
	for _, in := range g.Inputs {
		if in.Role != artifacts.RoleData && in.Role != artifacts.RoleTarget {
			continue
		}
		shape, n := make([]int64, len(in.Shape)), 1
		for i, d := range in.Shape {
			if d < 0 {
				d = f.manifest.Batch
			}
			shape[i] = d
			n *= int(d)
		}
		switch in.DType {
		case "int64":
			v := make([]int64, n)
			for i := range v {
				v[i] = rng.Int64N(3)
			}
			feeds[in.Name] = exec.NewTensor(shape, v)
		case "float32":
			v := make([]float32, n)
			for i := range v {
				v[i] = float32(rng.NormFloat64())
			}
			feeds[in.Name] = exec.NewTensor(shape, v)
		default:
			f.t.Fatalf("no data of type %s", in.DType)
		}
	}
	return feeds
}

// save writes the tensors back to where the manifest has them.
func (f *folder) save() {
	f.t.Helper()
	for _, file := range []string{artifacts.ParametersFile, artifacts.OptimizerFile} {
		raw := f.read(file)
		for _, s := range f.manifest.Tensors {
			if s.File != file {
				continue
			}
			for i, v := range f.tensors[s.Name].Float32() {
				binary.LittleEndian.PutUint32(raw[s.Offset+4*int64(i):], math.Float32bits(v))
			}
		}
		if err := os.WriteFile(filepath.Join(f.dir, file), raw, 0o644); err != nil {
			f.t.Fatal(err)
		}
	}
}

// checkDeployed compares the scores of the model to deploy with those of the
// program's, given the trained tensors, and runs the evaluation graph.
func (f *folder) checkDeployed(p *training.Program, rng *rand.Rand) {
	f.t.Helper()
	feeds := f.feeds(f.manifest.Deploy, 0, rng)
	want := elements(evaluate(f.t, p.Predict[0], feeds, f.tensors)[training.OutputScores])
	for name, run := range backends(f.t) {
		got := elements(run(f.load(f.manifest.Deploy.File), feeds)[f.manifest.Deploy.Outputs[0].Name])
		if d := distance(got, want); d > 1e-5 {
			f.t.Errorf("%s: scores of the deployed model are %g off", name, d)
		}
		feeds := f.feeds(f.manifest.Eval, f.manifest.Loss.Outputs, rng)
		m := f.load(f.manifest.Eval.File)
		if out := run(m, choose(m, feeds, f.tensors)); out["sample_losses"].Len() != int(f.manifest.Batch) {
			f.t.Errorf("%s: %d losses of %d samples", name, out["sample_losses"].Len(), f.manifest.Batch)
		}
	}
}

// evaluate runs a graph in double precision.
func evaluate(t *testing.T, m *onnxio.Model, feeds, tensors map[string]*exec.Tensor) map[string]*exec.Tensor {
	t.Helper()
	out, err := reference.Eval(m, choose(m, feeds, tensors), reference.Float64)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// choose takes the inputs of a graph from what is there.
func choose(m *onnxio.Model, from ...map[string]*exec.Tensor) map[string]*exec.Tensor {
	inputs := map[string]*exec.Tensor{}
	for _, v := range m.Graph.Inputs {
		for _, values := range from {
			if x, ok := values[v.Name]; ok {
				inputs[v.Name] = x
			}
		}
	}
	return inputs
}

func elements(t *exec.Tensor) []float64 {
	if v := t.Float64(); v != nil {
		return v
	}
	v := make([]float64, t.Len())
	for i, x := range t.Float32() {
		v[i] = float64(x)
	}
	return v
}

// distance is the largest difference relative to the largest element of want.
func distance(got, want []float64) float64 {
	if len(got) != len(want) {
		return math.Inf(1)
	}
	most, largest := 0.0, 1e-12
	for i := range want {
		most, largest = math.Max(most, math.Abs(got[i]-want[i])), math.Max(largest, math.Abs(want[i]))
	}
	return most / largest
}

func TestTrainingRefusesDomains(t *testing.T) {
	cfg := settings(t)["new head"]
	cfg.Domains = append(cfg.Domains, training.Domain{Name: "other", Batch: 1, Loss: training.CrossEntropy, Outputs: 2})
	p, err := training.Compile(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := artifacts.Training(p, cfg, artifacts.Model{}, 1); err == nil {
		t.Error("two domains were accepted")
	}
}

// TestStart draws what a model does not hold from the seed alone.
func TestStart(t *testing.T) {
	cfg := settings(t)["new head"]
	start := func(seed uint64) string {
		p, err := training.Compile(cfg)
		if err != nil {
			t.Fatal(err)
		}
		b, err := artifacts.Training(p, cfg, artifacts.Model{}, seed)
		if err != nil {
			t.Fatal(err)
		}
		f := write(t, b)
		for _, s := range f.manifest.Tensors {
			zero := true
			for _, v := range f.tensors[s.Name].Float32() {
				zero = zero && v == 0
			}
			if bias := len(s.Shape) == 1; zero && s.Role == artifacts.RoleParameter && !bias || !zero && s.Role == artifacts.RoleState {
				t.Errorf("%s starts with zeros: %v", s.Name, zero)
			}
			if s.Offset%64 != 0 || s.Role == artifacts.RoleState && s.Param == "" {
				t.Errorf("%+v", s)
			}
		}
		return fmt.Sprintf("%x", f.read(artifacts.ParametersFile))
	}
	if a := start(1); a != start(1) || a == start(2) {
		t.Error("parameters do not follow from the seed")
	}
}
