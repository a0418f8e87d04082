package autodiff_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/autodiff"
)

// TestStops asks for the gradient by x through graphs that stop it, or do not.
func TestStops(t *testing.T) {
	n := func(op, in, out string) *onnxio.Node {
		return &onnxio.Node{Name: op + "_" + out, Op: op, Inputs: strings.Fields(in), Outputs: []string{out}}
	}
	toFloat := func(in, out string) *onnxio.Node {
		c := n("Cast", in, out)
		c.Attrs = []*onnxio.Attribute{onnxio.IntAttr("to", int64(onnxio.Float32))}
		return c
	}
	for name, test := range map[string]struct {
		nodes   []*onnxio.Node
		reached bool
		at      []string
	}{
		"through":          {[]*onnxio.Node{n("Tanh", "x", "a"), n("Mul", "a a", "y")}, true, nil},
		"beside":           {[]*onnxio.Node{n("Floor", "x", "a"), n("Add", "a x", "y")}, true, nil},
		"steps":            {[]*onnxio.Node{n("Tanh", "x", "a"), n("Floor", "a", "b"), n("Exp", "b", "y")}, false, []string{"Floor_b"}},
		"integers":         {[]*onnxio.Node{n("Exp", "x", "a"), n("ArgMax", "a", "b"), toFloat("b", "y")}, false, []string{"ArgMax_b"}},
		"two ways":         {[]*onnxio.Node{n("Sign", "x", "a"), n("Shape", "x", "b"), toFloat("b", "c"), n("ReduceSum", "c", "d"), n("Mul", "a d", "y")}, false, []string{"Sign_a", "Shape_b"}},
		"two in a row":     {[]*onnxio.Node{n("Ceil", "x", "a"), n("Round", "a", "y")}, false, []string{"Round_y"}},
		"no influence":     {[]*onnxio.Node{n("Neg", "x", "a"), n("Neg", "other", "y")}, false, nil},
		"not on the way":   {[]*onnxio.Node{n("Floor", "x", "a"), n("Neg", "other", "y")}, false, nil},
		"comparison":       {[]*onnxio.Node{n("Greater", "x other", "a"), n("Where", "a other other", "y")}, false, []string{"Greater_a"}},
		"the value itself": {[]*onnxio.Node{n("Identity", "x", "y")}, true, nil},
	} {
		g := &onnxio.Graph{Name: "g", Nodes: test.nodes, Outputs: []*onnxio.Value{{Name: "y"}}}
		for _, in := range []string{"x", "other"} {
			g.Inputs = append(g.Inputs, &onnxio.Value{Name: in, Type: onnxio.Float32, Shape: onnxio.Static(2, 3)})
		}
		m := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g}
		types, err := onnxio.InferShapes(m)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		stops, err := autodiff.Stops(g, 17, types, []string{"y"}, []string{"x"})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		reached := len(stops) == 0
		var nodes []string
		for _, s := range stops {
			for _, e := range s.At {
				nodes = append(nodes, e.Node)
				if test.nodes[e.Index].Name != e.Node {
					t.Errorf("%s: node %d is not %q", name, e.Index, e.Node)
				}
				if !errors.Is(s, e) || !strings.Contains(s.Error(), e.Node) {
					t.Errorf("%s: %v does not name %q", name, s, e.Node)
				}
			}
			if s.Value != "x" {
				t.Errorf("%s: the value is %q", name, s.Value)
			}
		}
		if reached != test.reached || strings.Join(nodes, " ") != strings.Join(test.at, " ") {
			t.Errorf("%s: reached %v, stops at %v; want %v, %v", name, reached, nodes, test.reached, test.at)
		}
		if len(g.Nodes) != len(test.nodes) {
			t.Errorf("%s: the graph was changed", name)
		}
	}
}

// TestExplain adds the reason that a node was not lowered for to the error
// about this node, and to no other.
func TestExplain(t *testing.T) {
	kept := []*onnxio.NodeError{{Node: "a", Op: "LSTM", Err: errors.New("its length is not known")}}
	for node, want := range map[string]bool{"a": true, "b": false} {
		wrapped := fmt.Errorf("outer: %w", &autodiff.NoRuleError{Node: node, Op: "LSTM", Value: "x"})
		err := autodiff.Explain(wrapped, kept)
		if got := strings.Contains(err.Error(), "its length is not known"); got != want {
			t.Errorf("node %s: %v", node, err)
		}
	}
	other := errors.New("something else")
	if err := autodiff.Explain(other, kept); !errors.Is(err, other) || err.Error() != other.Error() {
		t.Error(err)
	}
}
