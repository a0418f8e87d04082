package finetune_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/finetune"
	"github.com/sharewise/sharewise/onnxio/training"
)

// TestMerge compares a trained model with the same one after its adapters were
// taken into the weights, which are rounded to float32 then.
func TestMerge(t *testing.T) {
	m := layered(t)
	x := samples(3, 4, 9, 9)
	for _, a := range []finetune.Adapters{{Rank: 2}, {Rank: 2, Alpha: 5}, {Rank: 1, Alpha: 0.25, Match: []string{"gemm", "dilated"}}} {
		p, values := adapted(t, m, a, true)
		baked, err := training.Bake(p.Predict, values)
		if err != nil {
			t.Fatal(err)
		}
		want := scores(t, baked, x)
		merged, err := finetune.Merge(baked)
		if err != nil {
			t.Fatal(err)
		}
		if err := onnxio.Check(baked); err != nil {
			t.Fatal(err)
		}
		number := 4
		if len(a.Match) > 0 {
			number = len(a.Match)
		}
		if merged != number {
			t.Errorf("%+v: %d adapters were merged, want %d", a, merged, number)
		}
		if d := distance(t, scores(t, baked, x), want); d > 1e-5 {
			t.Errorf("%+v: outputs are off by %g", a, d)
		}
		// Nothing of the adapters is left, and the weights have their names.
		for _, tensor := range baked.Graph.Initializers {
			if strings.Contains(tensor.Name, "lora") {
				t.Errorf("%+v: %s is left", a, tensor.Name)
			}
		}
		if got, want := count(baked, "Conv"), 2; got != want || count(baked, "Add") > 0 {
			t.Errorf("%+v: %d convolutions are left, want %d", a, got, want)
		}
		if a.Match == nil && len(baked.Graph.Initializers) != len(m.Graph.Initializers)+2 { // those of the head
			t.Errorf("%+v: %d initializers, the model has %d", a, len(baked.Graph.Initializers), len(m.Graph.Initializers))
		}
		for _, name := range []string{"grouped.weight", "dilated.weight", "gemm.weight"} {
			if baked.Graph.Initializer(name) == nil {
				t.Errorf("%+v: %s is gone", a, name)
			}
		}
		before := m.Graph.Initializer("gemm.weight")
		if after := baked.Graph.Initializer("gemm.weight"); !slices.Equal(after.Shape, before.Shape) {
			t.Errorf("%+v: gemm.weight has shape %v", a, after.Shape)
		}
	}
}

func count(m *onnxio.Model, op string) (n int) {
	for _, node := range m.Graph.Nodes {
		if node.Op == op {
			n++
		}
	}
	return n
}

// TestMergeBothWays merges a weight that one node multiplies with as it is and
// another transposed, so that it has two adapters and becomes two weights.
func TestMergeBothWays(t *testing.T) {
	s := newSketch(4)
	w := s.weight("tied", 4, 8)
	y := s.Op("Tanh", []string{s.Op("MatMul", []string{"input", w})})
	m := s.end(t, s.Op("Gemm", []string{y, w}, onnxio.IntAttr("transB", 1)))
	p, values := adapted(t, m, finetune.Adapters{Rank: 1, Alpha: 2}, true)
	baked, err := training.Bake(p.Predict, values)
	if err != nil {
		t.Fatal(err)
	}
	x := samples(3, 4)
	want := scores(t, baked, x)
	merged, err := finetune.Merge(baked)
	if err != nil || merged != 2 {
		t.Fatalf("%d merged, %v", merged, err)
	}
	if err := onnxio.Check(baked); err != nil {
		t.Fatal(err)
	}
	if d := distance(t, scores(t, baked, x), want); d > 1e-5 {
		t.Errorf("outputs are off by %g", d)
	}
}

// TestMergeNothing leaves models without adapters as they are, whatever their
// weights are called.
func TestMergeNothing(t *testing.T) {
	s := newSketch(4)
	y := s.Op("MatMul", []string{"input", s.weight("w.lora_A", 4, 4)})
	m := s.end(t, s.Op("Add", []string{y, "input"}))
	merged, err := finetune.Merge(m)
	if err != nil || merged != 0 || len(m.Graph.Nodes) != 2 {
		t.Errorf("%d merged, %d nodes, %v", merged, len(m.Graph.Nodes), err)
	}
}
