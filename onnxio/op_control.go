package onnxio

import (
	"fmt"
)

// controlOps run graphs inside the graph, or handle values that may be
// absent.
var controlOps = []operator{
	{"", "If", 1, "cond -> outputs...", "else_branch:graph! then_branch:graph!", ifOp},
	{"", "Loop", 1, "M? cond? v_initial... -> v_final_and_scan_outputs...", "body:graph!", loop},
	{"", "Loop", 11, "M? cond? v_initial* -> v_final_and_scan_outputs...", "body:graph!", loop},
	{"", "Optional", 15, "input? -> output", "type:type_proto", nil},
	{"", "OptionalGetElement", 15, "input -> output", "", nil},
	{"", "OptionalHasElement", 15, "input -> output", "", optionalHasElement},
	{"", "OptionalHasElement", 18, "input? -> output", "", optionalHasElement},
	{"", "Scan", 8, "sequence_lens? initial_state_and_scan_inputs... -> final_state_and_scan_outputs...", "body:graph! directions:ints num_scan_inputs:int!", nil},
	{"", "Scan", 9, "initial_state_and_scan_inputs... -> final_state_and_scan_outputs...", "body:graph! num_scan_inputs:int! scan_input_axes:ints scan_input_directions:ints scan_output_axes:ints scan_output_directions:ints", nil},
}

// ifOp gives what both branches agree on. Where the condition is known, as
// exporters leave it when they ask about shapes, only the branch taken counts;
// the other one need not even be valid for these shapes.
func ifOp(c *call) error {
	var branches [2][]*Value
	cond := c.content(0)
	for i, name := range []string{"then_branch", "else_branch"} {
		a := c.node.typed(name, AttrGraph)
		if a == nil || a.Graph == nil {
			return fmt.Errorf("attribute %s is missing", name)
		}
		if len(a.Graph.Outputs) != len(c.out) {
			return fmt.Errorf("%s has %d outputs, the node has %d", name, len(a.Graph.Outputs), len(c.out))
		}
		if len(cond) == 1 && cond[0].is(int64(i)) {
			continue // condition 0 skips branch 0 (then), 1 skips branch 1
		}
		out, err := c.body(a.Graph, nil)
		if err != nil {
			return err
		}
		branches[i] = out
	}
	if branches[0] == nil {
		branches[0] = branches[1]
	} else if branches[1] == nil {
		branches[1] = branches[0]
	}
	for i := range c.out {
		a, b := branches[0][i], branches[1][i]
		dt := a.Type
		if dt != b.Type {
			if a.Type != Undefined && b.Type != Undefined {
				return fmt.Errorf("output %d is %v in one branch and %v in the other", i, a.Type, b.Type)
			}
			dt = Undefined
		}
		c.set(i, dt, common(a.Shape, b.Shape))
	}
	return nil
}

// common returns the sizes in which a and b agree.
func common(a, b Shape) Shape {
	if a == nil || b == nil || len(a) != len(b) {
		return nil
	}
	out := unknownShape(len(a))
	for i := range a {
		if a[i] == b[i] {
			out[i] = a[i]
		}
	}
	return out
}

// body infers a graph inside the scope of the call and returns its outputs.
func (c *call) body(g *Graph, args []*Value) ([]*Value, error) {
	sc := newScope(c.scope)
	if err := c.inf.graph(g, sc, args); err != nil {
		return nil, err
	}
	out := make([]*Value, len(g.Outputs))
	for i, v := range g.Outputs {
		def := sc.find(v.Name)
		if def == nil {
			return nil, &ValueError{Graph: g.Name, Value: v.Name, Err: fmt.Errorf("output is not computed")}
		}
		out[i] = def.values[v.Name]
	}
	return out, nil
}

// loop passes carried values around; their shapes may change from one
// iteration to the next, so only their rank is taken from the body. Scan
// outputs get a leading dimension of unknown size.
func loop(c *call) error {
	a := c.node.typed("body", AttrGraph)
	if a == nil || a.Graph == nil {
		return fmt.Errorf("attribute body is missing")
	}
	carried := max(len(c.in)-2, 0)
	if got := len(a.Graph.Inputs); got != carried+2 {
		return fmt.Errorf("body has %d inputs, need %d", got, carried+2)
	}
	if got := len(a.Graph.Outputs); got != len(c.out)+1 || len(c.out) < carried {
		return fmt.Errorf("body has %d outputs for %d carried values and %d outputs", got, carried, len(c.out))
	}
	args := []*Value{{Type: Int64, Shape: Shape{}}, {Type: Bool, Shape: Shape{}}}
	for i := range carried {
		args = append(args, &Value{Type: c.typ(i + 2)})
	}
	out, err := c.body(a.Graph, args)
	if err != nil {
		return err
	}
	for i := range c.out {
		v := out[i+1]
		switch {
		case i < carried:
			c.set(i, v.Type, common(v.Shape, c.shape(i+2)))
		case v.Shape == nil:
			c.set(i, v.Type, nil)
		default:
			c.set(i, v.Type, append(unknownShape(1), v.Shape...))
		}
	}
	return nil
}

func optionalHasElement(c *call) error {
	c.set(0, Bool, Shape{})
	return nil
}
