package lower_test

import (
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/lower"
)

func place(name string, v int64) *onnxio.Node {
	return &onnxio.Node{Op: "Constant", Outputs: []string{name}, Attrs: attrs(onnxio.TensorAttr("value", onnxio.NewInt64("", nil, []int64{v})))}
}

func list(name string, v ...int64) *onnxio.Node {
	return &onnxio.Node{Op: "Constant", Outputs: []string{name}, Attrs: attrs(onnxio.TensorAttr("value", onnxio.NewInt64("", []int64{int64(len(v))}, v)))}
}

// TestSequences takes tensors out of sequences of which all is known.
func TestSequences(t *testing.T) {
	empty := &onnxio.Node{Op: "SequenceEmpty", Outputs: []string{"s"}}
	for name, test := range map[string]struct {
		nodes []*onnxio.Node
		shape []int64
		y     []float32
	}{
		"construct": {[]*onnxio.Node{place("at", 1), node("Neg", "x", "n"), node("SequenceConstruct", "x n x", "s"), node("SequenceAt", "s at", "y")},
			[]int64{3, 2}, []float32{-1, -2, -3, -4, -5, -6}},
		"from the end": {[]*onnxio.Node{place("at", -2), node("Neg", "x", "n"), node("SequenceConstruct", "x n x", "s"), node("SequenceAt", "s at", "y")},
			[]int64{3, 2}, []float32{-1, -2, -3, -4, -5, -6}},
		"split by one": {[]*onnxio.Node{place("at", 2), node("SplitToSequence", "x", "s"), node("SequenceAt", "s at", "y")},
			[]int64{1, 2}, []float32{5, 6}},
		"split, axis dropped": {[]*onnxio.Node{place("at", 1), node("SplitToSequence", "x", "s", intA("axis", -1), intA("keepdims", 0)), node("SequenceAt", "s at", "y")},
			[]int64{3}, []float32{2, 4, 6}},
		"split into twos": {[]*onnxio.Node{place("at", 1), place("two", 2), node("SplitToSequence", "x two", "s"), node("SequenceAt", "s at", "y")},
			[]int64{1, 2}, []float32{5, 6}},
		"split by sizes, two taken": {[]*onnxio.Node{place("a", 0), place("b", 1), list("sizes", 1, 2), node("SplitToSequence", "x sizes", "s"),
			node("SequenceAt", "s a", "first"), node("SequenceAt", "s b", "rest"), node("SequenceAt", "s a", "again"), node("Concat", "rest first again", "y", intA("axis", 0))},
			[]int64{4, 2}, []float32{3, 4, 5, 6, 1, 2, 1, 2}},
		"insert and concat": {[]*onnxio.Node{empty, place("at", 0), place("last", -1), node("Neg", "x", "n"), node("SequenceInsert", "s x", "s1"), node("SequenceInsert", "s1 n at", "s2"),
			node("SequenceInsert", "s2 x last", "s3"), node("SequenceErase", "s3", "s4"), node("ConcatFromSequence", "s4", "y", intA("axis", 1))},
			[]int64{3, 4}, []float32{-1, -2, 1, 2, -3, -4, 3, 4, -5, -6, 5, 6}},
		"concat along a new axis": {[]*onnxio.Node{node("SplitToSequence", "x", "s", intA("keepdims", 0)), node("ConcatFromSequence", "s", "y", intA("axis", 1), intA("new_axis", 1))},
			[]int64{2, 3}, []float32{1, 3, 5, 2, 4, 6}},
		"length": {[]*onnxio.Node{node("SplitToSequence", "x", "s"), node("SequenceLength", "s", "n"), node("Cast", "n", "f", intA("to", int64(onnxio.Float32))), node("Mul", "x f", "y")},
			[]int64{3, 2}, []float32{3, 6, 9, 12, 15, 18}},
		"optional": {[]*onnxio.Node{node("Optional", "x", "o"), node("OptionalHasElement", "o", "has"), node("OptionalGetElement", "o", "e"), node("Neg", "x", "n"), node("Where", "has e n", "y")},
			[]int64{3, 2}, []float32{1, 2, 3, 4, 5, 6}},
		"compress": {[]*onnxio.Node{{Op: "Constant", Outputs: []string{"cond"}, Attrs: attrs(onnxio.TensorAttr("value", onnxio.NewBool("", []int64{3}, []bool{true, false, true})))},
			node("Compress", "x cond", "y", intA("axis", 0))}, []int64{2, 2}, []float32{1, 2, 5, 6}},
		"compress the flat value": {[]*onnxio.Node{{Op: "Constant", Outputs: []string{"cond"}, Attrs: attrs(onnxio.TensorAttr("value", onnxio.NewBool("", []int64{4}, []bool{false, true, true, false})))},
			node("Compress", "x cond", "y")}, []int64{2}, []float32{2, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			low, y := evaluate(t, graph(test.nodes...))
			want(t, y, test.shape, test.y...)
			splits := 0
			for _, n := range low.Graph.Nodes {
				if strings.Contains(n.Op, "Sequence") || strings.Contains(n.Op, "Optional") || n.Op == "Compress" {
					t.Errorf("%s is left", n.Op)
				}
				if n.Op == "Split" {
					splits++
				}
			}
			if splits > 1 {
				t.Errorf("%d Splits for one sequence", splits)
			}
		})
	}
}

// TestSequencesInLoops collects tensors in a loop and joins them after it.
func TestSequencesInLoops(t *testing.T) {
	body := &onnxio.Graph{
		Name:    "body",
		Inputs:  []*onnxio.Value{{Name: "i", Type: onnxio.Int64, Shape: onnxio.Static()}, {Name: "go", Type: onnxio.Bool, Shape: onnxio.Static()}, {Name: "s"}},
		Nodes:   []*onnxio.Node{node("Cast", "i", "f", intA("to", int64(onnxio.Float32))), node("Add", "x f", "e"), node("SequenceInsert", "s e", "more"), node("Identity", "go", "still")},
		Outputs: named("still more"),
	}
	m := graph(&onnxio.Node{Op: "SequenceEmpty", Outputs: []string{"none"}}, node("Loop", "trips  none", "all", onnxio.GraphAttr("body", body)),
		node("ConcatFromSequence", "all", "y", intA("axis", 1)))
	m.Graph.Initializers = []*onnxio.Tensor{onnxio.NewInt64("trips", nil, []int64{2})}
	_, y := evaluate(t, m)
	want(t, y, []int64{3, 4}, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7)
}

// TestUnknownSequences: what is not known of a sequence is said.
func TestUnknownSequences(t *testing.T) {
	for name, test := range map[string]struct {
		nodes []*onnxio.Node
		why   string
	}{
		"place":     {[]*onnxio.Node{node("ReduceMax", "x", "m", intA("keepdims", 0)), node("Cast", "m", "at", intA("to", 7)), node("SequenceConstruct", "x x", "s"), node("SequenceAt", "s at", "y")}, `"at", is not known`},
		"too far":   {[]*onnxio.Node{place("at", 2), node("SequenceConstruct", "x x", "s"), node("SequenceAt", "s at", "y")}, "place 2 of a sequence of 2"},
		"condition": {[]*onnxio.Node{node("Cast", "x", "b", intA("to", 9)), node("Compress", "x b", "y")}, "not known before the graph runs"},
	} {
		_, kept, err := lower.Model(graph(test.nodes...))
		if err != nil {
			t.Fatal(err)
		}
		if len(kept) != 1 || !strings.Contains(kept[0].Error(), test.why) {
			t.Errorf("%s: kept %v, want %q", name, kept, test.why)
		}
	}
}
