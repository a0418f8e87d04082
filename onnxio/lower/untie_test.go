package lower_test

import (
	"slices"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
)

// TestUntie: of tensors that are reached through Identity, those of equal
// elements become several, also in a chain, and the others stay one.
func TestUntie(t *testing.T) {
	m := graph(
		node("Identity", "ones", "scale2"),
		node("Identity", "scale2", "scale3"),
		node("Identity", "table", "decoder"),
		node("Identity", "one", "limit"),
		node("Mul", "x scale2", "a"), node("Mul", "a scale3", "b"), node("Mul", "b ones", "c"),
		node("Mul", "c decoder", "d"), node("Mul", "d table", "e"), node("Mul", "e limit", "y"),
	)
	m.Graph.Initializers = []*onnxio.Tensor{
		onnxio.NewFloat32("ones", []int64{2}, []float32{1, 1}),
		onnxio.NewFloat32("table", []int64{2}, []float32{3, 5}),
		onnxio.NewFloat32("one", []int64{1}, []float32{1}),
	}
	low, y := evaluate(t, m)
	want(t, y, []int64{3, 2}, 9, 50, 27, 100, 45, 150)
	var names []string
	for _, w := range low.Graph.Initializers {
		names = append(names, w.Name)
	}
	slices.Sort(names)
	if !slices.Equal(names, []string{"one", "ones", "scale2", "scale3", "table"}) {
		t.Errorf("initializers %q", names)
	}
	for _, n := range low.Graph.Nodes {
		if n.Op == "Identity" && n.Inputs[0] != "table" && n.Inputs[0] != "one" {
			t.Errorf("%v is left", n)
		}
	}
}
