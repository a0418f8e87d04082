package onnxio_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// oldCall is one node of an old operator set on x.
type oldCall struct {
	op      string
	opset   int64
	shape   []int64 // of x
	x       []float32
	more    []*onnxio.Tensor // further inputs
	attrs   []*onnxio.Attribute
	outputs int
	want    []float32 // of the last output
}

func (c oldCall) model() *onnxio.Model {
	n := &onnxio.Node{Op: c.op, Inputs: []string{"x"}, Attrs: c.attrs}
	g := &onnxio.Graph{
		Name:         "old",
		Inputs:       []*onnxio.Value{{Name: "x", Type: onnxio.Float32, Shape: onnxio.Static(c.shape...)}},
		Initializers: c.more,
		Nodes:        []*onnxio.Node{n},
	}
	for _, t := range c.more {
		n.Inputs = append(n.Inputs, t.Name)
	}
	for i := range max(1, c.outputs) {
		n.Outputs = append(n.Outputs, fmt.Sprint("y", i))
	}
	g.Outputs = []*onnxio.Value{{Name: n.Outputs[len(n.Outputs)-1]}}
	return &onnxio.Model{IRVersion: 3, Opsets: []onnxio.Opset{{Version: c.opset}}, Graph: g}
}

// TestUpgrade computes upgraded calls in the reference evaluator, which knows
// nothing of old operator sets, and compares with what the old ones meant.
func TestUpgrade(t *testing.T) {
	ints, num, flt := onnxio.IntsAttr, onnxio.IntAttr, onnxio.FloatAttr
	attrs := func(a ...*onnxio.Attribute) []*onnxio.Attribute { return a }
	six := []float32{1, 2, 3, 4, 5, 6}
	vector := func(name string, v ...float32) *onnxio.Tensor {
		return onnxio.NewFloat32(name, []int64{int64(len(v))}, v)
	}
	e := float32(math.E)
	for _, c := range []oldCall{
		// All of [2,2] is one distribution, which a Softmax of today gives
		// only after flattening.
		{op: "Softmax", opset: 11, shape: []int64{1, 2, 2}, x: []float32{0, 0, 0, 1},
			want: []float32{1 / (3 + e), 1 / (3 + e), 1 / (3 + e), e / (3 + e)}},
		{op: "Softmax", opset: 9, shape: []int64{2, 2, 1}, x: []float32{0, 1, 0, 0},
			want: []float32{1 / (1 + e), e / (1 + e), 0.5, 0.5}},
		{op: "LogSoftmax", opset: 12, shape: []int64{1, 2}, x: []float32{0, 0}, attrs: attrs(num("axis", -1)),
			want: []float32{-math.Ln2, -math.Ln2}},
		{op: "Clip", opset: 7, shape: []int64{6}, x: six, attrs: attrs(flt("max", 4), flt("min", 2)), want: []float32{2, 2, 3, 4, 4, 4}},
		{op: "Clip", opset: 10, shape: []int64{6}, x: six, attrs: attrs(flt("max", 4)), want: []float32{1, 2, 3, 4, 4, 4}},
		{op: "Clip", opset: 10, shape: []int64{6}, x: six, want: six},
		{op: "Pad", opset: 10, shape: []int64{2}, x: six[:2], attrs: attrs(ints("pads", 1, 2), flt("value", 9)), want: []float32{9, 1, 2, 9, 9}},
		{op: "Pad", opset: 10, shape: []int64{2}, x: six[:2], attrs: attrs(ints("pads", 1, 0)), want: []float32{0, 1, 2}},
		{op: "Slice", opset: 9, shape: []int64{2, 3}, x: six, attrs: attrs(ints("axes", 1), ints("starts", 1), ints("ends", 3)), want: []float32{2, 3, 5, 6}},
		{op: "Slice", opset: 9, shape: []int64{2, 3}, x: six, attrs: attrs(ints("ends", 1, 2), ints("starts", 0, 0)), want: []float32{1, 2}},
		{op: "Squeeze", opset: 11, shape: []int64{1, 6}, x: six, attrs: attrs(ints("axes", 0)), want: six},
		{op: "Unsqueeze", opset: 11, shape: []int64{6}, x: six, attrs: attrs(ints("axes", 1)), want: six},
		{op: "ReduceSum", opset: 11, shape: []int64{2, 3}, x: six, attrs: attrs(ints("axes", 0)), want: []float32{5, 7, 9}},
		{op: "Split", opset: 11, shape: []int64{6}, x: six, outputs: 2, attrs: attrs(ints("split", 2, 4)), want: []float32{3, 4, 5, 6}},
		{op: "Split", opset: 8, shape: []int64{6}, x: six, outputs: 2, want: []float32{4, 5, 6}},
		{op: "Dropout", opset: 7, shape: []int64{6}, x: six, attrs: attrs(flt("ratio", 0.9)), want: six},
		{op: "Mul", opset: 6, shape: []int64{2, 3}, x: six, attrs: attrs(num("broadcast", 1), num("axis", 0)), more: []*onnxio.Tensor{vector("b", 1, 10)}, want: []float32{1, 2, 3, 40, 50, 60}},
		{op: "Sub", opset: 6, shape: []int64{2, 3}, x: six, attrs: attrs(num("broadcast", 1)), more: []*onnxio.Tensor{vector("b", 1, 1, 1)}, want: []float32{0, 1, 2, 3, 4, 5}},
		{op: "PRelu", opset: 6, shape: []int64{1, 2, 2}, x: []float32{-1, 1, -1, -2}, more: []*onnxio.Tensor{vector("slope", 2, 3)}, want: []float32{-2, 1, -3, -6}},
		{op: "Dropout", opset: 6, shape: []int64{6}, x: six, attrs: attrs(num("is_test", 1)), want: six},
		{op: "BatchNormalization", opset: 6, shape: []int64{1, 2, 1}, x: []float32{3, 5}, attrs: attrs(num("is_test", 1), flt("epsilon", 0)),
			more: []*onnxio.Tensor{vector("scale", 2, 2), vector("bias", 1, 1), vector("mean", 1, 1), vector("variance", 4, 4)}, want: []float32{3, 5}},
		{op: "BatchNormalization", opset: 7, shape: []int64{1, 2, 1}, x: []float32{3, 5}, attrs: attrs(num("spatial", 1), flt("epsilon", 0)),
			more: []*onnxio.Tensor{vector("scale", 2, 2), vector("bias", 1, 1), vector("mean", 1, 1), vector("variance", 4, 4)}, want: []float32{3, 5}},
	} {
		old := c.model()
		before, err := old.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		m, err := onnxio.Upgrade(old, 17)
		if err != nil {
			t.Errorf("%s-%d: %v", c.op, c.opset, err)
			continue
		}
		if after, _ := old.Marshal(); !slices.Equal(before, after) {
			t.Errorf("%s-%d: Upgrade changed the model that it was given", c.op, c.opset)
		}
		out, err := reference.Eval(m, map[string]*exec.Tensor{"x": exec.NewTensor(c.shape, c.x)})
		if err != nil {
			t.Errorf("%s-%d: %v", c.op, c.opset, err)
			continue
		}
		for _, c := range m.Graph.Initializers {
			if c.Type.IsFloat() && old.Graph.Initializer(c.Name) == nil {
				t.Errorf("%s: a new float initializer, %s, would be taken for a parameter", old.Graph.Nodes[0].Op, c.Name)
			}
		}
		got := out[m.Graph.Outputs[0].Name].Data.([]float32)
		if !slices.EqualFunc(got, c.want, func(a, b float32) bool { return math.Abs(float64(a-b)) < 1e-6 }) {
			t.Errorf("%s-%d: got %v, want %v", c.op, c.opset, got, c.want)
		}
	}
}

// TestUpgradeShapes checks rewrites that need no computing.
func TestUpgradeShapes(t *testing.T) {
	x := make([]float32, 12)
	for _, tt := range []struct {
		call oldCall
		want string // operator and shape of the last output
	}{
		{oldCall{op: "Upsample", opset: 8, shape: []int64{1, 3, 2, 2}, x: x,
			attrs: []*onnxio.Attribute{onnxio.FloatsAttr("scales", 1, 1, 2, 3)}}, "Resize [1,3,4,6]"},
		{oldCall{op: "Resize", opset: 10, shape: []int64{1, 3, 2, 2}, x: x,
			more: []*onnxio.Tensor{onnxio.NewFloat32("s", []int64{4}, []float32{1, 1, 2, 3})}}, "Resize [1,3,4,6]"},
		{oldCall{op: "TopK", opset: 9, shape: []int64{3, 4}, x: x, outputs: 2,
			attrs: []*onnxio.Attribute{onnxio.IntAttr("k", 2)}}, "TopK [3,2]"},
	} {
		m, err := onnxio.Upgrade(tt.call.model(), 17)
		if err != nil {
			t.Errorf("%s-%d: %v", tt.call.op, tt.call.opset, err)
			continue
		}
		values, err := onnxio.InferShapes(m)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(m.Graph.Nodes[len(m.Graph.Nodes)-1].Op, " ", values[m.Graph.Outputs[0].Name].Shape); got != tt.want {
			t.Errorf("%s-%d became %s, want %s", tt.call.op, tt.call.opset, got, tt.want)
		}
	}
}

func TestUpgradeModelFields(t *testing.T) {
	c := oldCall{op: "PRelu", opset: 9, shape: []int64{2}, more: []*onnxio.Tensor{onnxio.NewFloat32("slope", []int64{1}, []float32{2})}}
	m := c.model()
	m.Graph.Inputs = append(m.Graph.Inputs, m.Graph.Initializers[0].Value())
	up, err := onnxio.Upgrade(m, 13)
	if err != nil {
		t.Fatal(err)
	}
	if up.Opset("") != 13 || up.IRVersion != 8 || len(up.Graph.Inputs) != 1 || up.Graph.Inputs[0].Name != "x" {
		t.Errorf("opset %d, IR %d, %d inputs", up.Opset(""), up.IRVersion, len(up.Graph.Inputs))
	}
	same, err := onnxio.Upgrade(up, 13)
	if err != nil || same == up || same.Opset("") != 13 {
		t.Errorf("upgrading again: %v", err)
	}
}

func TestUpgradeErrors(t *testing.T) {
	stats := []*onnxio.Tensor{}
	for _, name := range []string{"s", "b", "m", "v"} {
		stats = append(stats, onnxio.NewFloat32(name, []int64{2}, []float32{1, 1}))
	}
	tests := []struct {
		call oldCall
		to   int64
		want string
	}{
		{oldCall{op: "Relu", opset: 5, shape: []int64{2}}, 17, "operator set 5 to 17; can do 6 and newer"},
		{oldCall{op: "Relu", opset: 7, shape: []int64{2}}, 18, "to 13 ... 17"},
		{oldCall{op: "BatchNormalization", opset: 9, shape: []int64{1, 2}, more: stats, outputs: 5}, 17, "went away"},
		{oldCall{op: "Pad", opset: 2 + 5, shape: []int64{2}}, 17, "pads is missing"},
	}
	for _, tt := range tests {
		_, err := onnxio.Upgrade(tt.call.model(), tt.to)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s-%d: %v, want an error with %q", tt.call.op, tt.call.opset, err, tt.want)
		}
	}
	_, err := onnxio.Upgrade(oldCall{op: "BatchNormalization", opset: 9, shape: []int64{1, 2}, more: stats, outputs: 5}.model(), 17)
	var where *onnxio.NodeError
	if !errors.As(err, &where) || where.Op != "BatchNormalization" {
		t.Errorf("the error is not located: %v", err)
	}
}

// TestUpgradeTrainingMode: a BatchNormalization that was exported in training mode
// stays so, without the statistics that nobody reads.
func TestUpgradeTrainingMode(t *testing.T) {
	m := oldCall{op: "BatchNormalization", opset: 9, shape: []int64{3, 2}, outputs: 1}.model()
	for _, name := range []string{"s", "b", "m", "v"} {
		m.Graph.Initializers = append(m.Graph.Initializers, onnxio.NewFloat32(name, []int64{2}, []float32{1, 1}))
	}
	n := m.Graph.Nodes[0]
	n.Inputs = []string{n.Inputs[0], "s", "b", "m", "v"}
	n.Outputs = []string{n.Outputs[0], "mean", "variance", "saved", "saved2"}
	up, err := onnxio.Upgrade(m, 17)
	if err != nil {
		t.Fatal(err)
	}
	if n = up.Graph.Nodes[0]; n.IntOr("training_mode", 0) != 1 || len(n.Outputs) != 3 {
		t.Errorf("training_mode %d, outputs %q", n.IntOr("training_mode", 0), n.Outputs)
	}
}
