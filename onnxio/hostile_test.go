package onnxio

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// TestHostileModels checks models that ask runtimes for what they cannot do: some end the
// program over it.
func TestHostileModels(t *testing.T) {
	one := func(nodes ...*Node) *Model {
		return &Model{IRVersion: 8, Opsets: []Opset{{Version: 17}, {Domain: "own", Version: 1}}, Graph: &Graph{
			Name:    "g",
			Inputs:  []*Value{{Name: "x", Type: Float32, Shape: Static(2)}},
			Outputs: []*Value{{Name: "y"}},
			Initializers: []*Tensor{
				NewInt64("least", []int64{2}, []int64{5, math.MinInt64}), NewInt64("minus", []int64{}, []int64{-1}), NewInt64("zero", []int64{1}, []int64{0}),
				NewFloat32("nothing", []int64{1}, []float32{0}),
			},
			Nodes: nodes,
		}}
	}
	calls := func(count, times int) *Model {
		m := one(&Node{Op: fmt.Sprint("F", count-1), Domain: "own", Inputs: []string{"x"}, Outputs: []string{"y"}})
		for k := range count {
			op, domain := "Neg", ""
			if k > 0 {
				op, domain = fmt.Sprint("F", k-1), "own"
			}
			f := &Function{Name: fmt.Sprint("F", k), Domain: "own", Opsets: m.Opsets, Inputs: []string{"x0"}, Outputs: []string{fmt.Sprint("x", times)}}
			for i := range times {
				f.Nodes = append(f.Nodes, &Node{Op: op, Domain: domain, Inputs: []string{fmt.Sprint("x", i)}, Outputs: []string{fmt.Sprint("x", i+1)}})
			}
			m.Functions = append(m.Functions, f)
		}
		return m
	}
	axes := make([]int64, maxRank)
	for i := range axes {
		axes[i] = int64(i)
	}
	tall := one(&Node{Op: "Unsqueeze", Inputs: []string{"x", "axes"}, Outputs: []string{"y"}})
	tall.Graph.Initializers = append(tall.Graph.Initializers, NewInt64("axes", []int64{maxRank}, axes))
	wide := one(&Node{Op: "Split", Inputs: []string{"x"}, Outputs: []string{"y", "z"}})
	wide.Graph.Inputs[0].Shape = unknownShape(maxRank + 1)
	named := one(&Node{Op: "Shape", Inputs: []string{"n"}, Outputs: []string{"shape"}}, &Node{Op: "Reshape", Inputs: []string{"least", "shape"}, Outputs: []string{"list"}},
		&Node{Op: "Split", Inputs: []string{"list"}, Outputs: []string{"y", "z"}})
	named.Graph.Inputs = append(named.Graph.Inputs, &Value{Name: "n", Type: Float32, Shape: Shape{Sym("N")}})
	for name, c := range map[string]struct {
		model *Model
		says  string // empty for a model in order
	}{
		"few calls":                {calls(5, 2), ""},
		"calls of calls":           {calls(40, 2), `the limit "nodes"`},
		"too many dimensions":      {tall, "65 dimensions"},
		"an input of too many":     {wide, "65 dimensions"},
		"parts of unknown size":    {named, ""},
		"division by zero":         {one(&Node{Op: "Div", Inputs: []string{"least", "zero"}, Outputs: []string{"y"}}), "divided by zero"},
		"remainder of zero":        {one(&Node{Op: "Mod", Inputs: []string{"least", "zero"}, Outputs: []string{"y"}}), "divided by zero"},
		"the least divided":        {one(&Node{Op: "Div", Inputs: []string{"least", "minus"}, Outputs: []string{"y"}}), "divided by -1"},
		"others divided by -1":     {one(&Node{Op: "Div", Inputs: []string{"zero", "minus"}, Outputs: []string{"y"}}), ""},
		"floats divided by zero":   {one(&Node{Op: "Div", Inputs: []string{"x", "nothing"}, Outputs: []string{"y"}}), ""},
		"the least, not by itself": {one(&Node{Op: "Sub", Inputs: []string{"least", "minus"}, Outputs: []string{"y"}}), ""},
	} {
		err := Check(c.model)
		if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
	round := calls(3, 1)
	round.Functions[0].Nodes[0].Op, round.Functions[0].Nodes[0].Domain = "F2", "own"
	if err := round.CheckCalls(); err == nil || !strings.Contains(err.Error(), "calls itself") {
		t.Errorf("functions that call each other: %v", err)
	}
}
