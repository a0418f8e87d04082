package finetune_test

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/finetune"
	"github.com/sharewise/sharewise/onnxio/reference"
	"github.com/sharewise/sharewise/onnxio/training"
)

// peerAdapters is what testdata/peers/adapters.py writes: ten steps of adapters
// in PyTorch, in double precision.
type peerAdapters struct {
	Start  map[string][]float64
	X      []float64
	Target []int64
	Runs   []peerRun
}

type peerRun struct {
	Rank      int
	Alpha     float64
	Optimizer struct {
		Kind                 training.OptimizerKind
		Rate, Momentum, Clip float64
		WeightDecay          float64 `json:"weight_decay"`
	}
	Down   map[string][]float64 // A at first; B is zero
	Steps  []struct{ Loss, Norm float64 }
	End    map[string][]float64
	Merged map[string][]float64 // weights of convolutions
	Scores []float64
}

// peerNet is the net of the script, as PyTorch exports it.
func peerNet(t *testing.T, start map[string][]float64) *onnxio.Model {
	s := newSketch(4, 8, 8)
	weight := func(name string, shape ...int64) string {
		v := make([]float32, len(start[name]))
		for i, x := range start[name] {
			v[i] = float32(x)
		}
		return s.Initializer(onnxio.NewFloat32(name, shape, v))
	}
	y := s.Op("Conv", []string{"input", weight("grouped.weight", 8, 2, 3, 3), weight("grouped.bias", 8)},
		onnxio.IntAttr("group", 2), onnxio.IntsAttr("strides", 2, 2), onnxio.IntsAttr("pads", 1, 1, 1, 1))
	y = s.Op("Conv", []string{s.Op("Tanh", []string{y}), weight("dilated.weight", 6, 8, 3, 3)},
		onnxio.IntsAttr("dilations", 2, 2), onnxio.IntsAttr("pads", 2, 2, 2, 2))
	y = s.Op("Flatten", []string{s.Op("Tanh", []string{y})})
	y = s.Op("Gemm", []string{y, weight("first.weight", 7, 96), weight("first.bias", 7)}, onnxio.IntAttr("transB", 1))
	y = s.Op("Gemm", []string{s.Op("Tanh", []string{y}), weight("second.weight", 5, 7), weight("second.bias", 5)}, onnxio.IntAttr("transB", 1))
	return s.end(t, s.OpNamed("features", "Tanh", []string{y}))
}

// peerValue returns PyTorch's elements of one of our parameters: matrices of
// adapters of linear layers lie transposed there.
func peerValue(t *testing.T, p training.Param, all ...map[string][]float64) []float64 {
	t.Helper()
	name := strings.Replace(p.Name, ".weight.lora", ".lora", 1)
	for _, values := range all {
		v, ok := values[name]
		if !ok {
			continue
		}
		if len(p.Shape) != 2 || !strings.Contains(name, ".lora_") {
			return v
		}
		rows, cols := int(p.Shape[0]), int(p.Shape[1])
		turned := make([]float64, len(v))
		for i := range rows {
			for j := range cols {
				turned[i*cols+j] = v[j*rows+i]
			}
		}
		return turned
	}
	if strings.HasSuffix(name, ".lora_B") {
		return make([]float64, elements(p.Shape))
	}
	t.Fatalf("PyTorch has no %s", name)
	return nil
}

func elements(shape []int64) int64 {
	n := int64(1)
	for _, s := range shape {
		n *= s
	}
	return n
}

// apart is the largest difference, in parts of the largest element.
func apart(got, want []float64) float64 {
	if len(got) != len(want) {
		return math.Inf(1)
	}
	largest, scale := 0.0, 1e-12
	for i := range want {
		largest, scale = max(largest, math.Abs(got[i]-want[i])), max(scale, math.Abs(want[i]))
	}
	return largest / scale
}

// TestPyTorchAdapters follows PyTorch's trainings of adapters step by step, and
// compares the merged model.
func TestPyTorchAdapters(t *testing.T) {
	data, err := os.ReadFile("../../testdata/adapters/adapters.json")
	if err != nil {
		t.Fatal(err)
	}
	var peer peerAdapters
	if err := json.Unmarshal(data, &peer); err != nil || len(peer.Runs) == 0 {
		t.Fatalf("%d runs, %v", len(peer.Runs), err)
	}
	net := peerNet(t, peer.Start)
	for _, run := range peer.Runs {
		t.Run(string(run.Optimizer.Kind), func(t *testing.T) { followAdapters(t, net, &peer, run) })
	}
}

func followAdapters(t *testing.T, net *onnxio.Model, peer *peerAdapters, run peerRun) {
	o := run.Optimizer
	trunk, report := apply(t, net, finetune.Config{Adapters: finetune.Adapters{Rank: run.Rank, Alpha: run.Alpha}})
	if len(report.Adapted) != 4 {
		t.Fatalf("adapters beside %v", report.Adapted)
	}
	rows := len(peer.Target)
	p, err := training.Compile(training.Config{
		Trunk: trunk, Domains: []training.Domain{{Name: "a", Batch: rows, Loss: training.CrossEntropy, Outputs: 3}}, Clip: o.Clip,
		Optimizer: training.Optimizer{Kind: o.Kind, Momentum: o.Momentum, WeightDecay: o.WeightDecay},
	})
	if err != nil {
		t.Fatal(err)
	}
	x := exec.NewTensor([]int64{int64(rows), 4, 8, 8}, peer.X)
	values := map[string]*exec.Tensor{
		training.InputX: x, training.TargetName("a"): exec.NewTensor([]int64{int64(rows)}, peer.Target),
		training.InputWeights: exec.NewTensor([]int64{1}, []float64{1}), training.InputRate: exec.Scalar(o.Rate),
	}
	head := map[string][]float64{"head/a/weight": peer.Start["head/weight"], "head/a/bias": peer.Start["head/bias"]}
	for _, param := range p.Params {
		values[param.Name] = exec.NewTensor(param.Shape, peerValue(t, param, peer.Start, run.Down, head))
	}
	for _, state := range p.State {
		values[state.Name] = exec.Zeros(onnxio.Float64, state.Shape...)
	}
	// Constants such as the factor of adapters are float32 in the graph.
	const tolerance = 1e-6
	for i, want := range run.Steps {
		values[training.InputStep] = exec.Scalar(float64(i + 1))
		inputs := map[string]*exec.Tensor{}
		for _, v := range p.Step.Graph.Inputs {
			inputs[v.Name] = values[v.Name]
		}
		out, err := reference.Eval(p.Step, inputs, reference.Float64)
		if err != nil {
			t.Fatal(err)
		}
		got := []float64{out[training.OutputLosses].Float64()[0], out[training.OutputGradNorm].Float64()[0]}
		if d := apart(got, []float64{want.Loss, want.Norm}); d > tolerance {
			t.Errorf("step %d: loss and norm are %v, PyTorch's %v", i+1, got, want)
		}
		for _, param := range append(p.Params, p.State...) {
			if next := out[training.NextName(param.Name)]; next != nil {
				values[param.Name] = next
			}
		}
	}
	end := map[string][]float64{"head/a/weight": run.End["head/weight"], "head/a/bias": run.End["head/bias"]}
	trained := map[string][]float32{}
	for _, param := range p.Params {
		got := values[param.Name].Float64()
		if d := apart(got, peerValue(t, param, end, run.End, peer.Start)); d > tolerance {
			t.Errorf("%s differs from PyTorch's by %g in the end", param.Name, d)
		}
		for _, v := range got {
			trained[param.Name] = append(trained[param.Name], float32(v))
		}
	}
	model, err := training.Bake(p.Predict, trained)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := finetune.Merge(model); err != nil || n != 4 {
		t.Fatalf("%d adapters merged, %v", n, err)
	}
	for name, want := range run.Merged {
		weight := model.Graph.Initializer(name + ".weight")
		if weight == nil {
			t.Fatalf("the merged model has no %s.weight", name)
		}
		v, err := weight.Float32()
		if err != nil {
			t.Fatal(err)
		}
		got := make([]float64, len(v))
		for i, x := range v {
			got[i] = float64(x)
		}
		if d := apart(got, want); d > tolerance {
			t.Errorf("the merged weight of %s differs from PyTorch's by %g", name, d)
		}
	}
	if d := apart(scores(t, model, x), run.Scores); d > tolerance {
		t.Errorf("scores of the merged model differ from PyTorch's by %g", d)
	}
}
