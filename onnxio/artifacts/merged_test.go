package artifacts_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/artifacts"
	"github.com/sharewise/sharewise/onnxio/training"
)

// mergedScales are two normalisations between products whose scales, all ones,
// an exporter has merged: the second one, and a third further on, stand behind
// Identity.
func mergedScales() *onnxio.Model {
	rng := rand.New(rand.NewPCG(12, 12))
	square := func(name string) *onnxio.Tensor {
		v := make([]float32, 16)
		for i := range v {
			v[i] = float32(rng.NormFloat64())
		}
		return onnxio.NewFloat32(name, []int64{4, 4}, v)
	}
	g := &onnxio.Graph{Name: "merged"}
	shape := onnxio.Shape{onnxio.Sym("N"), {Size: 4}}
	g.Inputs = []*onnxio.Value{{Name: "x", Type: onnxio.Float32, Shape: shape}}
	g.Outputs = []*onnxio.Value{{Name: "y", Type: onnxio.Float32, Shape: shape}}
	g.Initializers = []*onnxio.Tensor{square("w"), square("v"), onnxio.NewFloat32("scale1", []int64{4}, []float32{1, 1, 1, 1})}
	g.Nodes = []*onnxio.Node{
		{Op: "Identity", Inputs: []string{"scale1"}, Outputs: []string{"scale2"}},
		{Op: "Identity", Inputs: []string{"scale2"}, Outputs: []string{"scale3"}},
		{Op: "MatMul", Inputs: []string{"x", "w"}, Outputs: []string{"a"}},
		{Op: "LayerNormalization", Inputs: []string{"a", "scale1"}, Outputs: []string{"b"}},
		{Op: "MatMul", Inputs: []string{"b", "v"}, Outputs: []string{"c"}},
		{Op: "LayerNormalization", Inputs: []string{"c", "scale2"}, Outputs: []string{"d"}},
		{Op: "Mul", Inputs: []string{"d", "scale3"}, Outputs: []string{"e"}},
		{Op: "Tanh", Inputs: []string{"e"}, Outputs: []string{"y"}},
	}
	return &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g}
}

// TestGradientOfMerged: the derivative by an initializer with several names is
// that of all its uses, by one of the names that of its own.
func TestGradientOfMerged(t *testing.T) {
	given, err := training.FixInputs(mergedScales(), 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg := training.Derivative{Model: given, Wrt: []string{"scale1", "scale2", "scale3", "w"}}
	d, err := training.Differentiate(cfg)
	if err != nil {
		t.Fatal(err)
	}
	f := write(t, artifacts.Gradient(d, cfg, artifacts.Model{File: "m.onnx"}))
	g := f.manifest.Gradient
	feeds := f.feeds(g, 0, rand.New(rand.NewPCG(4, 4)))
	for backend, run := range backends(t) {
		out := run(f.load(g.File), feeds)
		for _, o := range g.Outputs {
			if o.Role != artifacts.RoleGradient {
				continue
			}
			if d := distance(elements(out[o.Name]), differences(t, given, g, feeds, o.Wrt)); d > 1e-4 {
				t.Errorf("%s: gradient by %s is %g off", backend, o.Wrt, d)
			}
		}
	}
}

// TestTrainingOfMerged: they are trained apart, the manifest says so, and the
// model that was given is the trained one once every tensor is where it says.
func TestTrainingOfMerged(t *testing.T) {
	cfg := training.Config{
		Trunk: mergedScales(), OwnInputs: true, KeepHead: true,
		Domains: []training.Domain{{Name: "task", Batch: batch, Loss: training.SquaredError}},
	}
	_, f := compiled(t, cfg)
	if want := []string{"scale2", "scale3"}; !slices.Equal(f.manifest.Merged(), want) {
		t.Errorf("merged %q, want %q", f.manifest.Merged(), want)
	}
	rng := rand.New(rand.NewPCG(6, 6))
	given := cfg.Trunk.Clone()
	for _, s := range f.manifest.Tensors {
		if s.Role == artifacts.RoleState {
			continue
		}
		values := f.tensors[s.Name].Float32()
		for i := range values {
			values[i] += float32(0.5 * rng.NormFloat64())
		}
		switch where := s.Initializer; where.Where {
		case "initializer":
			given.Graph.Initializer(where.Name).Data = onnxio.NewFloat32("", s.Shape, values).Data
		case "identity":
			if where.Merged != "scale1" || where.DType != "float32" {
				t.Errorf("%s: %+v", s.Name, where)
			}
			given.Graph.Nodes = slices.DeleteFunc(given.Graph.Nodes, func(n *onnxio.Node) bool { return n.Outputs[0] == where.Name })
			given.Graph.Initializers = append(given.Graph.Initializers, onnxio.NewFloat32(where.Name, s.Shape, values))
		default:
			t.Errorf("%s: %+v", s.Name, where)
		}
	}
	f.save()
	feeds := f.feeds(f.manifest.Deploy, 0, rng)
	got := outputs(t, given, feeds)["y"]
	want := outputs(t, f.load(artifacts.ModelFile), feeds)["scores"]
	if d := distance(elements(got), elements(want)); d > 1e-6 {
		t.Errorf("scores of the model written back are %g off", d)
	}
}
