package onnxio_test

import (
	"slices"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
)

func TestTrimInputs(t *testing.T) {
	node := func(op string, inputs ...string) *onnxio.Node {
		return &onnxio.Node{Op: op, Inputs: inputs, Outputs: []string{"y"}}
	}
	body := &onnxio.Graph{Name: "body", Nodes: []*onnxio.Node{node("Clip", "x", "", "")}}
	loop := node("Loop", "", "")
	loop.Attrs = []*onnxio.Attribute{onnxio.GraphAttr("body", body)}
	foreign := node("Thing", "x", "")
	foreign.Domain = "elsewhere"
	for _, test := range []struct {
		node *onnxio.Node
		want []string
	}{
		{node("LayerNormalization", "x", "scale", ""), []string{"x", "scale"}},
		{node("Clip", "x", "", "high"), []string{"x", "", "high"}},
		{node("Clip", "x", "", ""), []string{"x"}},
		{node("LSTM", "x", "w", "r", "", "", ""), []string{"x", "w", "r"}},
		{node("Concat", "a", "b"), []string{"a", "b"}},
		{loop, []string{"", ""}},
		{foreign, []string{"x", ""}},
	} {
		m := &onnxio.Model{
			Opsets:    []onnxio.Opset{{Version: 17}},
			Graph:     &onnxio.Graph{Nodes: []*onnxio.Node{test.node}},
			Functions: []*onnxio.Function{{Name: "F", Opsets: []onnxio.Opset{{Version: 17}}, Nodes: []*onnxio.Node{test.node.Clone()}}},
		}
		before := test.node.Clone()
		got := onnxio.TrimInputs(m)
		if trimmed := got.Graph.Nodes[0]; !slices.Equal(trimmed.Inputs, test.want) {
			t.Errorf("%v: inputs %q, not %q", test.node, trimmed.Inputs, test.want)
		}
		if inner := got.Functions[0].Nodes[0]; !slices.Equal(inner.Inputs, test.want) {
			t.Errorf("%v in a function: inputs %q, not %q", test.node, inner.Inputs, test.want)
		}
		if !slices.Equal(test.node.Inputs, before.Inputs) {
			t.Errorf("%v: the model that was given has changed", before)
		}
		if same := got == m; same != (slices.Equal(before.Inputs, test.want) && test.node != loop) {
			t.Errorf("%v: same model: %t", test.node, same)
		}
		for _, g := range test.node.Attrs {
			if g.Graph != nil && len(got.Graph.Nodes[0].Attrs[0].Graph.Nodes[0].Inputs) != 1 {
				t.Errorf("%v: the body was not trimmed", test.node)
			}
		}
	}
}
