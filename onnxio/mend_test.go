package onnxio

import (
	"slices"
	"strings"
	"testing"
)

func TestMend(t *testing.T) {
	add := func(m *Model, op, inputs, output string) *Node {
		n := &Node{Op: op, Inputs: strings.Fields(inputs), Outputs: []string{output}}
		m.Graph.Nodes = append(m.Graph.Nodes, n)
		return n
	}
	outputs := func(m *Model) (list []string) {
		for _, n := range m.Graph.Nodes {
			list = append(list, n.Outputs[0])
		}
		return list
	}
	for _, test := range []struct {
		name  string
		edit  func(m *Model)
		order string // of the nodes' outputs
		note  string
		wrong string // what Check still says
	}{
		{"in order", func(*Model) {}, "y", "", ""},
		{"cast at the end", func(m *Model) {
			m.Graph.Nodes[0].Inputs[0] = "early"
			add(m, "Relu", "y", "z")
			add(m, "Neg", "late", "early")
			add(m, "Neg", "x", "late")
		}, "late early y z", "sorted", ""},
		{"needed by a branch", func(m *Model) {
			branch := func(name string) *Attribute {
				return GraphAttr(name, &Graph{Name: name, Outputs: []*Value{{Name: name}},
					Nodes: []*Node{{Op: "Neg", Inputs: []string{"mid"}, Outputs: []string{name}}, {Op: "Neg", Inputs: []string{"late"}, Outputs: []string{"mid"}}}})
			}
			add(m, "If", "go", "z").Attrs = []*Attribute{branch("then_branch"), branch("else_branch")}
			add(m, "Neg", "x", "late")
			m.Graph.Inputs = append(m.Graph.Inputs, &Value{Name: "go", Type: Bool, Shape: Shape{}})
		}, "y late z", "sorted", ""},
		{"circle", func(m *Model) {
			add(m, "Neg", "p", "q")
			add(m, "Neg", "q", "p")
		}, "y q p", "", `input "p" is not defined before this node`},
		{"wrong size", func(m *Model) { m.Graph.Outputs[0].Shape[1].Size = 3 }, "y", `value "y" is declared float32[N,3], but computed as float32[N,2]`, ""},
		{"wrong rank inside", func(m *Model) {
			m.Graph.Values = []*Value{{Name: "y", Type: Float32, Shape: Static(7)}}
			add(m, "Relu", "y", "z")
			m.Graph.Outputs[0].Name = "z"
		}, "y z", `value "y" is declared float32[7]`, ""},
		{"imported twice", func(m *Model) {
			m.Opsets = []Opset{{Domain: "", Version: 12}, {Domain: "ai.onnx.ml", Version: 1}, {Domain: "ai.onnx", Version: 17}}
		}, "y", `operator set ai.onnx is imported twice, as "" 12 and "ai.onnx" 17; the last counts`, ""},
		{"wrong type", func(m *Model) { m.Graph.Outputs[0].Type = Float64 }, "y", "", "declared float64[N,2]"},
		{"both", func(m *Model) {
			m.Graph.Nodes[0].Inputs[0] = "late"
			m.Graph.Outputs[0].Shape[1].Size = 3
			add(m, "Neg", "x", "late")
		}, "late y", "sorted|value", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := testModel()
			test.edit(m)
			before := outputs(m)
			shape := m.Graph.Outputs[0].Shape.String()
			got, notes := Mend(m)
			if order := strings.Join(outputs(got), " "); order != test.order {
				t.Errorf("nodes %s, want %s", order, test.order)
			}
			if v := got.Opset(""); v != 17 {
				t.Errorf("operator set %d counts", v)
			}
			said := strings.Join(notes, "; ")
			for part := range strings.SplitSeq(test.note, "|") {
				if !strings.Contains(said, part) || test.note == "" && said != "" {
					t.Errorf("notes %q, want %q", said, part)
				}
			}
			if (got == m) != (test.note == "") {
				t.Errorf("same model: %t", got == m)
			}
			if !slices.Equal(outputs(m), before) || m.Graph.Outputs[0].Shape.String() != shape {
				t.Error("the model that was given has changed")
			}
			switch err := Check(got); {
			case test.wrong == "" && err != nil:
				t.Error(err)
			case test.wrong != "" && (err == nil || !strings.Contains(err.Error(), test.wrong)):
				t.Errorf("Check says %v, want %s", err, test.wrong)
			}
		})
	}
}
