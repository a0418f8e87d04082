package artifacts_test

import (
	"errors"
	"maps"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/artifacts"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/reference"
	"github.com/sharewise/sharewise/onnxio/training"
	"github.com/sharewise/sharewise/onnxio/zoo"
)

// twoLayers is tanh(x·w)·v with a batch normalisation that was exported in
// training mode, and an ArgMax beside it.
func twoLayers() *onnxio.Model {
	rng := rand.New(rand.NewPCG(9, 9))
	random := func(name string, shape ...int64) *onnxio.Tensor {
		n := int64(1)
		for _, d := range shape {
			n *= d
		}
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(rng.NormFloat64()) + 0.1
		}
		return onnxio.NewFloat32(name, shape, v)
	}
	g := &onnxio.Graph{Name: "layers"}
	g.Inputs = []*onnxio.Value{{Name: "x", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("N"), onnxio.Sym("width")}}}
	g.Initializers = []*onnxio.Tensor{
		random("w", 3, 4), random("v", 4, 3), random("scale", 4), random("bias", 4), random("mean", 4),
		onnxio.NewFloat32("variance", []int64{4}, []float32{1, 2, 0.5, 1}), random("unused", 2),
	}
	g.Nodes = []*onnxio.Node{
		{Op: "MatMul", Inputs: []string{"x", "w"}, Outputs: []string{"h"}},
		{Op: "BatchNormalization", Inputs: []string{"h", "scale", "bias", "mean", "variance"}, Outputs: []string{"normed", "m", "s"}, Attrs: []*onnxio.Attribute{onnxio.IntAttr("training_mode", 1)}},
		{Op: "Tanh", Inputs: []string{"normed"}, Outputs: []string{"hidden"}},
		{Op: "MatMul", Inputs: []string{"hidden", "v"}, Outputs: []string{"y"}},
		{Op: "Round", Name: "rounding", Inputs: []string{"y"}, Outputs: []string{"steps"}},
		{Op: "ArgMax", Name: "choice", Inputs: []string{"y"}, Outputs: []string{"class"}, Attrs: []*onnxio.Attribute{onnxio.IntAttr("axis", 1), onnxio.IntAttr("keepdims", 0)}},
		{Op: "Cast", Inputs: []string{"class"}, Outputs: []string{"number"}, Attrs: []*onnxio.Attribute{onnxio.IntAttr("to", int64(onnxio.Float32))}},
	}
	g.Outputs = []*onnxio.Value{
		{Name: "y", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("N"), {Size: 3}}},
		{Name: "class", Type: onnxio.Int64, Shape: onnxio.Shape{onnxio.Sym("N")}},
	}
	return &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g}
}

func fixed(t *testing.T) *onnxio.Model {
	t.Helper()
	m, err := training.FixInputs(twoLayers(), 2, map[string][]int64{"x": {3}})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestGradient compares derivatives by an input, a weight and a value between
// with central differences, on the reference and on ONNX Runtime.
func TestGradient(t *testing.T) {
	for name, cfg := range map[string]training.Derivative{
		"sum":        {},
		"several":    {Of: []string{"y", "hidden"}},
		"cotangents": {Of: []string{"y", "hidden"}, Cotangents: true},
		"loss":       {Loss: &training.Domain{Loss: training.CrossEntropy, Smoothing: 0.1}},
	} {
		t.Run(name, func(t *testing.T) {
			cfg.Model, cfg.Wrt = fixed(t), []string{"x", "w", "hidden"}
			d, err := training.Differentiate(cfg)
			if err != nil {
				t.Fatal(err)
			}
			f := write(t, artifacts.Gradient(d, cfg, artifacts.Model{File: "m.onnx"}))
			g := f.manifest.Gradient
			rng := rand.New(rand.NewPCG(4, 4))
			feeds := f.feeds(g, 3, rng)
			for _, in := range g.Inputs {
				if in.Role == artifacts.RoleCotangent {
					v := make([]float32, in.Shape[0]*in.Shape[1])
					for i := range v {
						v[i] = float32(rng.NormFloat64())
					}
					feeds[in.Name] = exec.NewTensor(in.Shape, v)
				}
			}
			m := f.load(g.File)
			for backend, run := range backends(t) {
				out := run(m, feeds)
				for _, o := range g.Outputs {
					if o.Role != artifacts.RoleGradient {
						continue
					}
					want := differences(t, m, g, feeds, o.Wrt)
					if d := distance(elements(out[o.Name]), want); d > 1e-4 {
						t.Errorf("%s: gradient by %s is %g off", backend, o.Wrt, d)
					}
				}
			}
		})
	}
}

// differences are central differences of what a graph differentiates.
func differences(t *testing.T, m *onnxio.Model, g *artifacts.Graph, feeds map[string]*exec.Tensor, wrt string) []float64 {
	t.Helper()
	all, err := reference.Eval(m, feeds, reference.Float64|reference.Intermediates)
	if err != nil {
		t.Fatal(err)
	}
	// The value becomes an input of its own.
	m = m.Clone()
	shape := all[wrt].Shape
	at := elements(all[wrt])
	free := &onnxio.Value{Name: "free", Type: onnxio.Float32, Shape: onnxio.Static(shape...)}
	m.Graph.Inputs = append(m.Graph.Inputs, free)
	for _, n := range m.Graph.Nodes {
		for i, x := range n.Inputs {
			if x == wrt {
				n.Inputs[i] = "free"
			}
		}
	}
	objective := func(v []float64) float64 {
		inputs := map[string]*exec.Tensor{"free": exec.NewTensor(shape, v)}
		for name, x := range feeds {
			inputs[name] = x
		}
		out, err := reference.Eval(m, inputs, reference.Float64)
		if err != nil {
			t.Fatal(err)
		}
		if loss, ok := out["losses"]; ok {
			return loss.Float64()[0]
		}
		weighed := map[string]*exec.Tensor{}
		for _, in := range g.Inputs {
			if in.Role == artifacts.RoleCotangent {
				weighed[in.Of] = feeds[in.Name]
			}
		}
		sum := 0.0
		for _, o := range g.Outputs {
			if o.Role != artifacts.RoleOutput || o.DType != "float32" {
				continue
			}
			values := out[o.Name].Float64()
			if o.Name == wrt {
				values = v
			}
			for i, y := range values {
				if w := weighed[o.Name]; w != nil {
					y *= float64(w.Float32()[i])
				}
				sum += y
			}
		}
		return sum
	}
	const h = 1e-5
	grad := make([]float64, len(at))
	for i := range at {
		v := append([]float64(nil), at...)
		v[i] += h
		up := objective(v)
		v[i] -= 2 * h
		grad[i] = (up - objective(v)) / (2 * h)
	}
	return grad
}

// TestWeightsAsInputs differentiates a trunk without weights, which takes them
// as inputs, and a model that lists its weights among the inputs, which does
// not.
func TestWeightsAsInputs(t *testing.T) {
	trunk, err := zoo.Build("mlp", zoo.Config{Input: []int{3}, Width: 0.05})
	if err != nil {
		t.Fatal(err)
	}
	listed := fixed(t)
	for _, w := range listed.Graph.Initializers {
		listed.Graph.Inputs = append(listed.Graph.Inputs, w.Value())
	}
	for _, test := range []struct {
		model *onnxio.Model
		wrt   string
		roles map[artifacts.Role]int
	}{
		{trunk, "fc1.weight", map[artifacts.Role]int{artifacts.RoleData: 1, artifacts.RoleParameter: 4}},
		{listed, "w", map[artifacts.Role]int{artifacts.RoleData: 1}},
	} {
		cfg := training.Derivative{Model: test.model, Wrt: []string{test.wrt}}
		d, err := training.Differentiate(cfg)
		if err != nil {
			t.Fatal(err)
		}
		got := map[artifacts.Role]int{}
		for _, in := range write(t, artifacts.Gradient(d, cfg, artifacts.Model{File: "m.onnx"})).manifest.Gradient.Inputs {
			got[in.Role]++
		}
		if !maps.Equal(got, test.roles) {
			t.Errorf("inputs of %s: %v, want %v", test.model.Graph.Name, got, test.roles)
		}
	}
}

// TestOneHotCotangent takes the gradient of one class: rows of a batch do not
// mix, so it is the sum of that column's gradients.
func TestOneHotCotangent(t *testing.T) {
	cfg := training.Derivative{Model: fixed(t), Wrt: []string{"x"}, Cotangents: true}
	d, err := training.Differentiate(cfg)
	if err != nil {
		t.Fatal(err)
	}
	x := exec.NewTensor([]int64{2, 3}, []float32{1, 2, 3, -1, 0, 1})
	gradient := func(v ...float32) []float64 {
		out, err := reference.Eval(d.Graph, map[string]*exec.Tensor{"x": x, d.Cotangents["y"]: exec.NewTensor([]int64{2, 3}, v)})
		if err != nil {
			t.Fatal(err)
		}
		return elements(out[d.Gradients["x"]])
	}
	a, b, both := gradient(1, 0, 0, 0, 0, 0), gradient(0, 0, 0, 0, 0, 1), gradient(1, 0, 0, 0, 0, 1)
	for i := range both {
		if math.Abs(a[i]+b[i]-both[i]) > 1e-6 || i >= 3 && a[i] != 0 || i < 3 && b[i] != 0 {
			t.Errorf("element %d: %g + %g is not %g, or rows mix", i, a[i], b[i], both[i])
		}
	}
}

func TestGradientErrors(t *testing.T) {
	tests := []struct {
		name string
		cfg  training.Derivative
		says []string
	}{
		{"unknown value", training.Derivative{Wrt: []string{"hiden"}}, []string{`no value "hiden"`}},
		{"unknown output", training.Derivative{Of: []string{"z"}, Wrt: []string{"x"}}, []string{`no value "z"`}},
		{"nothing", training.Derivative{}, []string{"nothing to differentiate by"}},
		{"integers", training.Derivative{Wrt: []string{"class"}}, []string{`"class" is int64`}},
		{"class number", training.Derivative{Of: []string{"number"}, Wrt: []string{"x"}}, []string{`"x"`, `"choice" (ArgMax)`, "no derivative"}},
		{"steps", training.Derivative{Of: []string{"steps"}, Wrt: []string{"w"}}, []string{`"w"`, `"rounding" (Round)`, "0 wherever"}},
		{"beside", training.Derivative{Wrt: []string{"steps"}}, []string{`y does not depend on "steps"`}},
		{"twice", training.Derivative{Wrt: []string{"x", "x"}}, []string{"named twice"}},
		{"loss and factors", training.Derivative{Wrt: []string{"x"}, Loss: &training.Domain{Loss: training.SquaredError}, Cotangents: true}, []string{"no factors"}},
		{"unknown loss", training.Derivative{Wrt: []string{"x"}, Loss: &training.Domain{Loss: "cross"}}, []string{`no loss "cross"`, "choose cross_entropy"}},
	}
	for _, test := range tests {
		test.cfg.Model = fixed(t)
		_, err := training.Differentiate(test.cfg)
		if err == nil || !errors.Is(err, training.ErrConfig) {
			t.Errorf("%s: error %v, want ErrConfig", test.name, err)
			continue
		}
		for _, s := range test.says {
			if !strings.Contains(err.Error(), s) {
				t.Errorf("%s: %q lacks %q", test.name, err, s)
			}
		}
	}
}

func TestFixInputs(t *testing.T) {
	m := twoInputs()
	m.Graph.Inputs[0].Shape[1], m.Graph.Inputs[1].Shape[1] = onnxio.Sym("length"), onnxio.Sym("length")
	got, err := training.FixInputs(m, 5, map[string][]int64{"ids": {7}})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"[5,7]", "[5,7]"} {
		if s := got.Graph.Inputs[i].Shape.String(); s != want {
			t.Errorf("input %d: %s, want %s", i, s, want)
		}
	}
	if m.Graph.Inputs[0].Shape[1].Known() {
		t.Error("the model given was changed")
	}
	for name, samples := range map[string]map[string][]int64{
		`no input "id"`:       {"id": {7}},
		"length is":           {"ids": {7}, "mask": {8}},
		"a sample has rank 1": {"ids": {7, 1}},
		"such as 32":          {},
	} {
		if _, err := training.FixInputs(m, 5, samples); err == nil || !errors.Is(err, training.ErrConfig) || !strings.Contains(err.Error(), name) {
			t.Errorf("%v: %v, want %q", samples, err, name)
		}
	}
}

func TestSchemaRejects(t *testing.T) {
	f := func() map[string]any {
		return map[string]any{"$schema": artifacts.SchemaID, "version": 1, "kind": "gradient", "model": map[string]any{"file": "m", "sha256": ""}, "batch": 1}
	}
	s := schema(t)
	if err := s.Validate(f()); err != nil {
		t.Fatal(err)
	}
	for _, change := range []func(m map[string]any){
		func(m map[string]any) { m["version"] = 2 },
		func(m map[string]any) { m["kind"] = "other" },
		func(m map[string]any) { m["batsh"] = 1 },
		func(m map[string]any) { delete(m, "model") },
		func(m map[string]any) {
			m["gradient"] = map[string]any{"file": "g", "inputs": []any{map[string]any{"name": "x", "role": "losses", "dtype": "float32", "shape": []any{}}}, "outputs": []any{}}
		},
	} {
		m := f()
		change(m)
		if err := s.Validate(m); err == nil {
			t.Errorf("accepted %v", m)
		}
	}
}
