package autodiff

import (
	"errors"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
)

// TestTrainability: a model in which the second of three layers stands above
// an operator without a rule and the last parameter only moves a step.
func TestTrainability(t *testing.T) {
	g := &onnxio.Graph{Name: "g", Inputs: []*onnxio.Value{
		{Name: "x", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("N"), {Size: 2}}},
	}}
	b := onnxio.NewBuilder(g)
	weight := func(name string) string {
		return b.Initializer(onnxio.NewFloat32(name, dims(2, 2), []float32{1, 2, 3, 4}))
	}
	h := b.Op("MatMul", list("x", weight("w1")))
	// The straight way from w1 is open, the other one is blocked.
	square := b.Op("MatMul", list(b.Op("Transpose", list(h)), b.Op("MatMul", list(h, weight("w2")))))
	blocked := b.Op("Einsum", list(square), stringA("equation", "jj->j"))
	free := b.Op("MatMul", list(b.Op("Add", list(h, blocked)), weight("w3")))
	both := b.Op("Cast", list(b.Op("ReduceSum", list("x", b.Int64s(0)), intAttr("keepdims", 0))), intAttr("to", int64(onnxio.Bool)))
	y := b.OpNamed("y", "Compress", list(b.Op("Add", list(free, b.Op("Round", list(weight("w4"))))), both), intAttr("axis", 1))
	g.Outputs = []*onnxio.Value{{Name: y, Type: onnxio.Float32}, {Name: free, Type: onnxio.Float32}}
	m := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g}

	nodes := len(g.Nodes)
	all, err := Trainability(m)
	if err != nil {
		t.Fatal(err)
	}
	if len(g.Nodes) != nodes || len(g.Inputs) != 1 {
		t.Error("the model was changed")
	}
	want := []struct {
		name   string
		status Status
		ops    []string
	}{
		{"w1", Blocked, list("Compress", "Einsum")},
		{"w2", Blocked, list("Compress", "Einsum")},
		{"w3", Blocked, list("Compress")},
		{"w4", Blocked, list("Compress")},
	}
	checkParameters(t, all, want)

	// Seen from the output before the Compress, w3 is free.
	g.Outputs = g.Outputs[1:]
	all, err = Trainability(m)
	if err != nil {
		t.Fatal(err)
	}
	want[0].ops, want[1].ops = list("Einsum"), list("Einsum")
	want[2].status, want[2].ops = Trainable, nil
	want[3].status, want[3].ops = Idle, nil
	checkParameters(t, all, want)

	// Its rounding is an output, too: a change of the parameter changes that in
	// steps.
	g.Outputs = append(g.Outputs, &onnxio.Value{Name: "rounded", Type: onnxio.Float32})
	b.OpNamed("rounded", "Round", list("w4"))
	if all, err = Trainability(m); err != nil {
		t.Fatal(err)
	}
	want[3].status = Stuck
	checkParameters(t, all, want)
	if s := all[3].Stop; s == nil || len(s.At) != 1 || s.At[0].Op != "Round" {
		t.Errorf("w4 stops at %v", s)
	}

	m.Opsets[0].Version = 99
	if _, err := Trainability(m); !errors.Is(err, ErrOpset) {
		t.Errorf("got %v", err)
	}
}

func checkParameters(t *testing.T, got []Parameter, want []struct {
	name   string
	status Status
	ops    []string
}) {
	t.Helper()
	for i, w := range want {
		var ops []string
		for _, err := range got[i].Blocks {
			var missing *NoRuleError
			if !errors.As(err, &missing) {
				t.Fatalf("%s: %v", w.name, err)
			}
			ops = append(ops, missing.Op)
		}
		if got[i].Name != w.name || got[i].Status != w.status || !slices.Equal(ops, w.ops) {
			t.Errorf("got %s %s %v, want %s %s %v", got[i].Name, got[i].Status, ops, w.name, w.status, w.ops)
		}
	}
}
