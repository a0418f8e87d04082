package training_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/training"
)

// binarized is a network of two binary layers, sign(x·sign(w)), and a last layer
// of numbers, with a second way from the scale of the input to the end.
func binarized() *onnxio.Model {
	rng := rand.New(rand.NewPCG(3, 5))
	weight := func(name string, shape ...int64) *onnxio.Tensor {
		v := make([]float32, shape[0]*shape[1])
		for i := range v {
			v[i] = float32(rng.NormFloat64())
		}
		return onnxio.NewFloat32(name, shape, v)
	}
	g := &onnxio.Graph{Name: "binarized"}
	g.Inputs = []*onnxio.Value{{Name: "x", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("N"), {Size: 4}}}}
	g.Outputs = []*onnxio.Value{{Name: "y", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("N"), {Size: 2}}}}
	g.Initializers = []*onnxio.Tensor{weight("scale", 1, 4), weight("w1", 4, 4), weight("w2", 4, 4), weight("w3", 4, 2)}
	node := func(op, name, y string, xs ...string) {
		g.Nodes = append(g.Nodes, &onnxio.Node{Op: op, Name: name, Inputs: xs, Outputs: []string{y}})
	}
	node("Mul", "", "scaled", "x", "scale")
	node("Sign", "binary1", "b1", "w1")
	node("MatMul", "", "p1", "scaled", "b1")
	node("Sign", "step1", "s1", "p1")
	node("Sign", "binary2", "b2", "w2")
	node("MatMul", "", "p2", "s1", "b2")
	node("Sign", "step2", "s2", "p2")
	node("Add", "", "sum", "s2", "scaled")
	node("MatMul", "last", "y", "sum", "w3")
	return &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g}
}

// TestStuck: weights behind signs have no gradient, and both Preview and Compile
// name them and the node that ends it; those that have another way train.
func TestStuck(t *testing.T) {
	want := map[string]string{"w1": "step2", "w2": "step2"}
	o, err := training.Preview(binarized(), nil, "")
	if err != nil {
		t.Fatal(err)
	}
	var stuck []string
	for _, s := range o.Stuck {
		stuck = append(stuck, s.Value)
		if node := want[s.Value]; !strings.Contains(s.Error(), node) {
			t.Errorf("%s: %v does not name %s", s.Value, s, node)
		}
	}
	if !slices.Equal(stuck, []string{"w1", "w2"}) || o.Trained != 4 || o.StuckParams != 32 || o.TrainedParams != 44 {
		t.Errorf("stuck %q, %d elements; %+v", stuck, o.StuckParams, o)
	}
	p, err := training.Compile(training.Config{Trunk: binarized(), Domains: []training.Domain{{Name: "a", Batch: 2, Loss: training.SquaredError, Outputs: 3}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range p.Params {
		if node := want[q.Name]; (q.Stop != nil) != (node != "") || node != "" && !strings.Contains(q.Stop.Error(), node) {
			t.Errorf("%s: stops at %v", q.Name, q.Stop)
		}
	}
	// Those that are frozen are not asked about.
	if o, err = training.Preview(binarized(), []string{"w1", "w2"}, ""); err != nil || len(o.Stuck) > 0 {
		t.Errorf("%v, %v", o.Stuck, err)
	}
}
