package finetune_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/finetune"
	"github.com/sharewise/sharewise/onnxio/training"
)

// trained moves every parameter and statistic of a program that is not frozen,
// and bakes the result.
func trained(t *testing.T, m *onnxio.Model, freeze ...string) (*onnxio.Model, []finetune.Trained) {
	t.Helper()
	p, err := training.Compile(training.Config{
		Trunk: m, KeepHead: true, Freeze: freeze, BatchNorm: training.SharedStatistics,
		Domains: []training.Domain{{Name: "task", Batch: 3, Loss: training.SquaredError}},
	})
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(8, 8))
	values := map[string][]float32{}
	var tensors []finetune.Trained
	for i, q := range slices.Concat(p.Params, p.Buffers) {
		v := slices.Clone(q.Value)
		for k := range v {
			if !q.Frozen {
				v[k] += float32(0.25 + rng.Float64()) // variances stay above 0
			}
		}
		values[q.Name] = v
		tensors = append(tensors, finetune.Trained{Source: q.Source, Name: q.Name, Shape: q.Shape, Start: q.Value, Values: v, Statistic: i >= len(p.Params)})
	}
	baked, err := training.Bake(p.Predict, values)
	if err != nil {
		t.Fatal(err)
	}
	return baked, tensors
}

// normed is a network of vectors of 4 with two batch normalisations; statistics
// names what they read as scale, bias, mean and variance, and the bias of the
// product between.
func normed(t *testing.T, dt onnxio.DataType, constant bool, shared [][4]string, bias string, nodes ...*onnxio.Node) *onnxio.Model {
	s := newSketch(4)
	g := s.model.Graph
	tensor := func(name string, shape []int64, v []float32) {
		x, err := onnxio.NewFloats("", dt, shape, v)
		if err != nil {
			t.Fatal(err)
		}
		if constant {
			g.Nodes = append(g.Nodes, &onnxio.Node{Op: "Constant", Outputs: []string{name}, Attrs: []*onnxio.Attribute{onnxio.TensorAttr("value", x)}})
			return
		}
		x.Name = name
		g.Initializers = append(g.Initializers, x)
	}
	tensor("w", []int64{4, 4}, s.normal(4, 4))
	tensor("zeros", []int64{4}, make([]float32, 4))
	tensor("ones", []int64{4}, []float32{1, 1, 1, 1})
	tensor("scale", []int64{4}, []float32{1, 2, 0.5, 1})
	tensor("mean", []int64{4}, []float32{0.5, 0, 0.25, 1})
	tensor("variance", []int64{4}, []float32{1, 2, 0.5, 1.5})
	g.Nodes = append(g.Nodes, nodes...)
	norm := func(x, y string, of [4]string) {
		g.Nodes = append(g.Nodes, &onnxio.Node{Op: "BatchNormalization", Name: y, Inputs: append([]string{x}, of[:]...), Outputs: []string{y}})
	}
	g.Inputs[0].Type = dt
	norm("input", "a", shared[0])
	g.Nodes = append(g.Nodes, &onnxio.Node{Op: "Gemm", Inputs: []string{"a", "w", bias}, Outputs: []string{"b"}})
	norm("b", "c", shared[1])
	g.Nodes = append(g.Nodes, &onnxio.Node{Op: "Tanh", Inputs: []string{"c"}, Outputs: []string{"y"}})
	g.Initializers = slices.DeleteFunc(g.Initializers, func(x *onnxio.Tensor) bool {
		return !slices.ContainsFunc(g.Nodes, func(n *onnxio.Node) bool { return slices.Contains(n.Inputs, x.Name) })
	})
	return s.end(t, "y")
}

// TestPutBack: a model with trained tensors put back gives what the trained model
// gives, in its own types, whoever shares tensors.
func TestPutBack(t *testing.T) {
	own := [][4]string{{"scale", "zeros", "mean", "variance"}, {"ones", "mean", "zeros", "ones"}}
	plain := [][4]string{{"scale", "zeros", "mean", "variance"}, {"scale", "zeros", "mean", "variance"}}
	merged := []*onnxio.Node{
		{Op: "Identity", Inputs: []string{"zeros"}, Outputs: []string{"bias2"}}, {Op: "Identity", Inputs: []string{"bias2"}, Outputs: []string{"mean2"}},
		{Op: "Identity", Inputs: []string{"ones"}, Outputs: []string{"scale2"}}, {Op: "Identity", Inputs: []string{"scale2"}, Outputs: []string{"variance2"}},
	}
	behind := [][4]string{{"ones", "zeros", "mean", "variance"}, {"scale2", "bias2", "mean2", "variance2"}}
	for name, test := range map[string]struct {
		model  *onnxio.Model
		freeze []string
		within float64
	}{
		"shared directly":       {normed(t, onnxio.Float32, false, plain, "zeros"), nil, 1e-6},
		"parameters too":        {normed(t, onnxio.Float32, false, own, "mean"), nil, 1e-6},
		"merged":                {normed(t, onnxio.Float32, false, behind, "zeros", merged...), nil, 1e-6},
		"merged, part frozen":   {normed(t, onnxio.Float32, false, behind, "zeros", merged...), []string{"scale2", "bias2"}, 1e-6},
		"bias frozen":           {normed(t, onnxio.Float32, false, own, "zeros"), []string{"zeros", "mean"}, 1e-6},
		"float16":               {normed(t, onnxio.Float16, false, behind, "zeros", merged...), nil, 3e-3},
		"bfloat16":              {normed(t, onnxio.BFloat16, false, behind, "zeros", merged...), nil, 3e-2},
		"Constant nodes":        {normed(t, onnxio.Float32, true, own, "zeros"), nil, 1e-6},
		"float16 in Constants":  {normed(t, onnxio.Float16, true, plain, "zeros"), nil, 3e-3},
		"nothing but the first": {normed(t, onnxio.Float32, false, plain, "zeros"), []string{"zeros", "scale"}, 1e-6},
	} {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			before := test.model.Clone()
			baked, tensors := trained(t, test.model, test.freeze...)
			restored, written, err := finetune.PutBack(test.model, tensors)
			if err != nil {
				t.Fatal(err)
			}
			if err := onnxio.Check(restored); err != nil {
				t.Fatal(err)
			}
			x := samples(5, 4)
			in := baked.Clone()
			rename := in.Graph.Inputs[0].Name
			in.Graph.Inputs[0].Name = "input"
			for _, n := range in.Graph.Nodes {
				for i, v := range n.Inputs {
					if v == rename {
						n.Inputs[i] = "input"
					}
				}
			}
			want := eval(t, in, x).Float64()
			if d := distance(t, eval(t, restored, x).Float64(), want); d > test.within {
				t.Errorf("%d tensors written; outputs are %g off", written, d)
			}
			for i, n := range restored.Graph.Outputs {
				if n.Type != before.Graph.Outputs[i].Type || restored.Opset("") != before.Opset("") {
					t.Errorf("output %v, operator set %d", n, restored.Opset(""))
				}
			}
			unchanged(t, test.model, before)
			again, none, err := finetune.PutBack(test.model, nil)
			if err != nil || none != 0 {
				t.Errorf("%d written, %v", none, err)
			}
			unchanged(t, again, before)
		})
	}
}

// unchanged compares the bytes of two models.
func unchanged(t *testing.T, got, want *onnxio.Model) {
	t.Helper()
	a, err := got.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	b, err := want.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(a, b) {
		t.Error("the model was changed")
	}
}

// TestPutBackRefuses names every tensor without a place.
func TestPutBackRefuses(t *testing.T) {
	m := quantized(t, "MatMul", false, false)
	m.Graph.Outputs[0].Name = m.Graph.Nodes[len(m.Graph.Nodes)-4].Outputs[0]
	one := func(name string, v float32, shape ...int64) finetune.Trained {
		n := 1
		for _, s := range shape {
			n *= int(s)
		}
		return finetune.Trained{Source: name, Name: name, Shape: shape, Start: make([]float32, n), Values: slices.Repeat([]float32{v}, n)}
	}
	half := normed(t, onnxio.Float16, false, [][4]string{{"scale", "zeros", "mean", "variance"}, {"scale", "zeros", "mean", "variance"}}, "zeros")
	for _, test := range []struct {
		model   *onnxio.Model
		tensors []finetune.Trained
		want    []string
	}{
		{m, []finetune.Trained{one("weight", 1, 6, 5), one("gone", 1, 2)}, []string{`"weight": it stands as integers with a scale`, `"gone": it stands in an attribute`}},
		{m, []finetune.Trained{one("bias", 1, 6)}, []string{`"bias": it has shape [5] there, and was trained as [6]`}},
		{m, []finetune.Trained{one("input", 1, 6)}, []string{`"input": it is an input of the model`}},
		{half, []finetune.Trained{one("w", 70000, 4, 4)}, []string{`"w": element 0 is 70000, too large for float16`}},
	} {
		_, _, err := finetune.PutBack(test.model, test.tensors)
		for _, want := range test.want {
			if !errors.Is(err, finetune.ErrPlace) || !strings.Contains(err.Error(), want) {
				t.Errorf("%v lacks %s", err, want)
			}
		}
	}
}
