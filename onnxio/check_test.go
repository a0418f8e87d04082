package onnxio

import (
	"errors"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/sharewise/sharewise/onnxio/internal/onnxpb"
)

func TestCheckAcceptsTestModel(t *testing.T) {
	if err := Check(testModel()); err != nil {
		t.Error(err)
	}
}

// TestCheck breaks a valid model in one way each.
func TestCheck(t *testing.T) {
	tests := []struct {
		name string
		edit func(m *Model)
		want string
	}{
		{"no graph", func(m *Model) { m.Graph = nil }, "no graph"},
		{"IR version", func(m *Model) { m.IRVersion = 0 }, "IR version is 0"},
		{"opset twice", func(m *Model) { m.Opsets = append(m.Opsets, Opset{"ai.onnx", 17}) }, `operator set "ai.onnx" is imported twice`},
		{"opset version", func(m *Model) { m.Opsets[1].Version = 0 }, "in version 0"},
		{"opset missing", func(m *Model) { m.Opsets = nil }, `node 0 "fc" (Gemm): the model imports no operator set ""`},
		{"domain not imported", func(m *Model) { m.Graph.Nodes[0].Domain = "com.other" }, `(com.other.Gemm): the model imports no operator set "com.other"`},
		{"unknown operator", func(m *Model) { m.Graph.Nodes[0].Op = "Gem" }, "unknown operator"},
		{"no operator", func(m *Model) { m.Graph.Nodes[0].Op = "" }, "no operator is named"},
		{"operator too new", func(m *Model) { m.Graph.Nodes[0].Op, m.Opsets[0].Version = "GroupNormalization", 16 }, "came with operator set 18, but the model imports 16"},
		{"operator set too new", func(m *Model) { m.Graph.Nodes[0].Op, m.Opsets[0].Version = "Gem", 99 }, "operator set 99 is newer"},
		{"too few inputs", func(m *Model) { m.Graph.Nodes[0].Inputs = []string{"x"} }, "1 inputs, but needs at least 2 (A B C?)"},
		{"too many inputs", func(m *Model) { m.Graph.Nodes[0].Inputs = []string{"x", "w", "b", "b"} }, "takes at most 3"},
		{"input left out", func(m *Model) { m.Graph.Nodes[0].Inputs = []string{"x", "", "b"} }, "input 1 (B) is missing"},
		{"too many outputs", func(m *Model) { m.Graph.Nodes[0].Outputs = []string{"y", "z"} }, "2 outputs, but takes at most 1"},
		{"unknown word", func(m *Model) {
			m.Graph.Nodes[0] = &Node{Op: "AveragePool", Inputs: []string{"x"}, Outputs: []string{"y"}, Attrs: []*Attribute{IntsAttr("kernel_shape", 1), StringAttr("auto_pad", "SAME")}}
		}, `attribute auto_pad: unknown value "SAME", need one of NOTSET, SAME_UPPER, SAME_LOWER, VALID`},
		{"gap in a list of inputs", func(m *Model) {
			m.Graph.Nodes[0] = &Node{Op: "Concat", Inputs: []string{"x", "x", ""}, Outputs: []string{"y"}, Attrs: []*Attribute{IntAttr("axis", 0)}}
		}, "input 2 (inputs...) is missing"},
		{"undefined input", func(m *Model) { m.Graph.Nodes[0].Inputs[0] = "nobody" }, `input "nobody" is not defined before this node`},
		{"defined later", func(m *Model) {
			m.Graph.Nodes = append([]*Node{{Op: "Relu", Inputs: []string{"y"}, Outputs: []string{"z"}}}, m.Graph.Nodes...)
		}, `node 0 (Relu): input "y" is not defined before this node`},
		{"defined twice", func(m *Model) {
			m.Graph.Nodes = append(m.Graph.Nodes, &Node{Op: "Relu", Inputs: []string{"x"}, Outputs: []string{"y"}})
		}, `node 1 (Relu): output "y" is already defined`},
		{"output hides an input", func(m *Model) { m.Graph.Nodes[0].Outputs[0] = "x" }, `output "x" is already defined`},
		{"input twice", func(m *Model) { m.Graph.Inputs = append(m.Graph.Inputs, m.Graph.Inputs[0]) }, `value "x": is declared as input twice`},
		{"input without type", func(m *Model) { m.Graph.Inputs = append(m.Graph.Inputs, &Value{Name: "z"}) }, `value "z": input has no type`},
		{"input without name", func(m *Model) { m.Graph.Inputs[0].Name = "" }, "graph input has no name"},
		{"output not computed", func(m *Model) { m.Graph.Outputs[0].Name = "z" }, `value "z": graph output is never computed`},
		{"output twice", func(m *Model) { m.Graph.Outputs = append(m.Graph.Outputs, m.Graph.Outputs[0]) }, "listed as output twice"},
		{"wrong output shape", func(m *Model) { m.Graph.Outputs[0].Shape[1].Size = 3 }, `value "y": is declared float32[N,3], but computed as float32[N,2]`},
		{"wrong output type", func(m *Model) { m.Graph.Outputs[0].Type = Float64 }, "declared float64[N,2], but computed as float32[N,2]"},
		{"wrong output rank", func(m *Model) { m.Graph.Outputs[0].Shape = Static(2) }, "declared float32[2]"},
		{"wrong declaration inside", func(m *Model) {
			m.Graph.Nodes = append(m.Graph.Nodes, &Node{Op: "Relu", Inputs: []string{"y"}, Outputs: []string{"z"}})
			m.Graph.Outputs[0].Name = "z"
			m.Graph.Values = []*Value{{Name: "y", Type: Float32, Shape: Static(7, 7)}}
		}, `value "y": is declared float32[7,7]`},
		{"passed through with another shape", func(m *Model) {
			m.Graph.Outputs = append(m.Graph.Outputs, &Value{Name: "x", Type: Float32, Shape: Static(1)})
		}, `value "x": is declared float32[1], but computed as float32[N,300]`},
		{"initializer data", func(m *Model) { m.Graph.Initializers[1].Data = make([]byte, 7) }, `value "b": tensor "b": float32[2] needs 8 bytes of data, found 7`},
		{"initializer shape", func(m *Model) { m.Graph.Initializers[1].Shape = []int64{-2} }, "not valid"},
		{"initializer type", func(m *Model) { m.Graph.Initializers[1].Type = 99 }, "element type type(99)"},
		{"initializer twice", func(m *Model) { m.Graph.Initializers = append(m.Graph.Initializers, m.Graph.Initializers[1]) }, "is an initializer twice"},
		{"initializer and input", func(m *Model) {
			m.Graph.Inputs = append(m.Graph.Inputs, &Value{Name: "b", Type: Float32, Shape: Static(3)})
		}, "input is declared float32[3], but its initializer is float32[2]"},
		{"shapes do not fit", func(m *Model) { m.Graph.Inputs[0].Shape[1].Size = 299 }, "do not multiply: 299 against 300"},
		{"unknown attribute", func(m *Model) { m.Graph.Nodes[0].Attrs[0].Name = "transC" }, "no attribute transC in operator set 17"},
		{"attribute type", func(m *Model) { m.Graph.Nodes[0].Attrs[0] = FloatAttr("transA", 0) }, "attribute transA has type float, need int"},
		{"attribute without type", func(m *Model) { m.Graph.Nodes[0].Attrs[0].Type = AttrUndefined }, "attribute transA: it has no type"},
		{"attribute twice", func(m *Model) { m.Graph.Nodes[0].Attrs = append(m.Graph.Nodes[0].Attrs, IntAttr("transA", 0)) }, "attribute transA is given twice"},
		{"attribute missing", func(m *Model) {
			m.Graph.Nodes[0] = &Node{Op: "Cast", Inputs: []string{"x"}, Outputs: []string{"y"}}
		}, "attribute to is missing"},
		{"attribute reference", func(m *Model) { m.Graph.Nodes[0].Attrs[0].Ref = "a" }, "outside a function"},
		{"attribute tensor", func(m *Model) {
			m.Graph.Nodes[0] = &Node{Op: "Constant", Outputs: []string{"y"}, Attrs: []*Attribute{{Name: "value", Type: AttrTensor}}}
		}, "it holds no tensor"},
		{"function", func(m *Model) {
			m.Functions = []*Function{{Name: "F", Domain: "local", Outputs: []string{"o"}, Nodes: []*Node{{Op: "Relu", Inputs: []string{"i"}, Outputs: []string{"o"}}}}}
		}, `graph "F": node 0 (Relu): input "i" is not defined`},
		{"branch", func(m *Model) {
			bad := branch("then", "Relu", "nobody")
			m.Graph.Inputs = append(m.Graph.Inputs, &Value{Name: "c", Type: Bool, Shape: Shape{}})
			m.Graph.Nodes[0] = &Node{Op: "If", Inputs: []string{"c"}, Outputs: []string{"y"}, Attrs: []*Attribute{GraphAttr("then_branch", bad), GraphAttr("else_branch", branch("else", "Relu", "x"))}}
		}, `graph "then": node 0 (Relu): input "nobody" is not defined`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := testModel()
			tt.edit(m)
			err := Check(m)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Check = %v, want an error with %q", err, tt.want)
			}
		})
	}
}

func TestCheckListsSeveralErrors(t *testing.T) {
	m := testModel()
	m.Graph.Outputs[0].Name = "z"
	m.Graph.Nodes[0].Op = "Gem"
	err := Check(m)
	var node *NodeError
	var value *ValueError
	if !errors.As(err, &node) || !errors.As(err, &value) {
		t.Errorf("Check = %v, want both errors", err)
	}
	for range 100 {
		m.Graph.Nodes = append(m.Graph.Nodes, &Node{Op: "Gem"})
	}
	if n := strings.Count(Check(m).Error(), "\n") + 1; n != maxErrors {
		t.Errorf("%d errors listed, want %d", n, maxErrors)
	}
}

// TestCheckSparseInitializer verifies that names of sparse constants, which
// have no Go field, count as defined.
func TestCheckSparseInitializer(t *testing.T) {
	m := testModel()
	data, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	var p onnxpb.ModelProto
	if err := proto.Unmarshal(data, &p); err != nil {
		t.Fatal(err)
	}
	p.Graph.Initializer = p.Graph.Initializer[1:]
	p.Graph.SparseInitializer = []*onnxpb.SparseTensorProto{{
		Dims:    []int64{300, 2},
		Values:  &onnxpb.TensorProto{Name: proto.String("w"), DataType: proto.Int32(1), Dims: []int64{1}, FloatData: []float32{1}},
		Indices: &onnxpb.TensorProto{DataType: proto.Int32(7), Dims: []int64{1}, Int64Data: []int64{5}},
	}}
	if data, err = proto.Marshal(&p); err != nil {
		t.Fatal(err)
	}
	if m, err = Parse(data); err != nil {
		t.Fatal(err)
	}
	if err := Check(m); err != nil {
		t.Error(err)
	}
}
