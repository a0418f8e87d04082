package lower

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/onnxio"
)

// subgraph is the graph that an attribute of the node holds.
func (c *call) subgraph(attr string) *onnxio.Graph {
	a := c.Attr(attr)
	if a == nil || a.Graph == nil {
		keepf("attribute %s is missing", attr)
	}
	return a.Graph
}

// A body is a subgraph whose nodes are appended, once or many times, to the
// graph around it.
type body struct {
	graph *onnxio.Graph
	names map[string]string // of its initializers, appended once
}

func (c *call) body(attr string) *body {
	return &body{graph: c.subgraph(attr)}
}

// inline appends the nodes of a body, given the names of its inputs, and
// returns the names of its outputs.
func (c *call) inline(b *body, args []string) []string {
	if len(args) != len(b.graph.Inputs) {
		keepf("its subgraph takes %d inputs, but would be given %d", len(b.graph.Inputs), len(args))
	}
	if b.names == nil {
		b.names = map[string]string{}
		for _, t := range b.graph.Initializers {
			if b.graph.Input(t.Name) == nil {
				b.names[t.Name] = c.initializer(t.Clone())
			}
		}
	}
	names := map[string]string{}
	for from, to := range b.names {
		names[from] = to
	}
	for i, v := range b.graph.Inputs {
		names[v.Name] = args[i]
	}
	g := c.b.Graph()
	for _, n := range b.graph.Nodes {
		n = n.Clone()
		c.b.Renew(n, names)
		g.Nodes = append(g.Nodes, n)
		if len(g.Nodes)-c.first > maxNodes {
			keepf("it stands for more than %d nodes", maxNodes)
		}
	}
	outputs := make([]string, len(b.graph.Outputs))
	for i, v := range b.graph.Outputs {
		outputs[i] = v.Name
		if to, ok := names[v.Name]; ok {
			outputs[i] = to
		}
	}
	return outputs
}

// initializer moves a constant of a subgraph to the graph around it, under its
// own name if that is free there.
func (c *call) initializer(t *onnxio.Tensor) string {
	g := c.b.Graph()
	if c.inferred.Values[t.Name] != nil || g.Initializer(t.Name) != nil {
		return c.b.Initializer(t)
	}
	g.Initializers = append(g.Initializers, t)
	return t.Name
}

// ifOp becomes the branch taken.
func ifOp(c *call) []string {
	cond := c.constant(0)
	if cond == nil {
		keepf("its condition, %q, is not known before the graph runs%s", c.in(0), c.unlessSettled(0))
	}
	v, err := scalar(cond)
	if err != nil {
		keepf("its condition is %v", err)
	}
	branch := "else_branch"
	if v != 0 {
		branch = "then_branch"
	}
	return c.inline(c.body(branch), nil)
}

// loop is unrolled where the number of iterations is known.
func loop(c *call) []string {
	b := c.body("body")
	steps := c.trips()
	if !c.goesOn(b.graph) {
		keepf("its body decides when to stop")
	}
	state := slices.Clone(c.Inputs[min(2, len(c.Inputs)):])
	if len(b.graph.Inputs) != len(state)+2 || len(b.graph.Outputs) < len(state)+1 {
		keepf("its body has %d inputs and %d outputs for %d values that it carries", len(b.graph.Inputs), len(b.graph.Outputs), len(state))
	}
	scans := make([][]string, len(b.graph.Outputs)-1-len(state))
	if steps == 0 && len(scans) > 0 {
		keepf("it collects values in no steps")
	}
	carried := len(state)
	for i := range steps {
		on := c.op("Constant", nil, onnxio.TensorAttr("value", onnxio.NewBool("", nil, []bool{true})))
		out := c.inline(b, slices.Concat([]string{c.b.Int64(i), on}, state))
		state = out[1 : 1+carried]
		for k := range scans {
			scans[k] = append(scans[k], c.unsqueeze(out[1+carried+k], 0))
		}
	}
	outputs := slices.Clone(state)
	for _, parts := range scans {
		outputs = append(outputs, c.concat(0, parts...))
	}
	return outputs
}

// unlessSettled says which inputs of the model input i of the node follows from, if
// they are such as people can give a value: an "sr" that is a number, not
// samples.
func (c *call) unlessSettled(i int) string {
	g := c.b.Graph()
	reached, names := map[string]bool{c.in(i): true}, []string(nil)
	for _, n := range slices.Backward(c.given) {
		if slices.ContainsFunc(n.Outputs, func(y string) bool { return reached[y] }) {
			for _, x := range n.Inputs {
				reached[x] = true
			}
		}
	}
	for _, v := range g.Inputs {
		if !reached[v.Name] || g.Initializer(v.Name) != nil {
			continue
		}
		if slices.ContainsFunc(v.Shape, func(d onnxio.Dim) bool { return d.Size != 1 }) || v.Shape == nil {
			return ""
		}
		names = append(names, fmt.Sprintf("%q", v.Name))
	}
	if len(names) == 0 {
		return ""
	}
	return fmt.Sprintf(" unless %s is settled", strings.Join(names, " and "))
}

// trips is the number of iterations of a Loop.
func (c *call) trips() int64 {
	if c.has(1) {
		cond := c.constant(1)
		if cond == nil {
			keepf("its condition, %q, is not known before the graph runs%s", c.in(1), c.unlessSettled(1))
		}
		if v, err := scalar(cond); err != nil {
			keepf("its condition is %v", err)
		} else if v == 0 {
			return 0
		}
	}
	if !c.has(0) {
		keepf("it has no trip count")
	}
	count := c.constant(0)
	if count == nil {
		keepf("its trip count, %q, is not known before the graph runs%s", c.in(0), c.unlessSettled(0))
	}
	n, err := scalar(count)
	if err != nil {
		keepf("its trip count is %v", err)
	}
	return c.few(n)
}

// few refuses numbers of steps that are not to be unrolled.
func (c *call) few(steps int64) int64 {
	if steps > MaxSteps {
		keepf("it takes %d steps, more than %d are not unrolled", steps, MaxSteps)
	}
	return max(steps, 0)
}

// goesOn reports whether the condition that a body of Loop computes is the
// one that it was given, or true.
func (c *call) goesOn(g *onnxio.Graph) bool {
	if len(g.Inputs) < 2 || len(g.Outputs) < 1 {
		return false
	}
	name := g.Outputs[0].Name
	for range g.Nodes {
		var from *onnxio.Node
		for _, n := range g.Nodes {
			if slices.Contains(n.Outputs, name) {
				from = n
			}
		}
		if from == nil || from.Op != "Identity" && from.Op != "Cast" || len(from.Inputs) != 1 {
			if from != nil && from.Op == "Constant" && from.Attr("value") != nil && from.Attr("value").Tensor != nil {
				return isTrue(from.Attr("value").Tensor)
			}
			break
		}
		name = from.Inputs[0]
	}
	if name == g.Inputs[1].Name {
		return true
	}
	t := g.Initializer(name)
	if t == nil {
		t = c.inferred.Constants[name]
	}
	if t == nil {
		t = c.b.Graph().Initializer(name)
	}
	return t != nil && isTrue(t)
}

func isTrue(t *onnxio.Tensor) bool {
	v, err := scalar(t)
	return err == nil && v != 0
}

// scan is unrolled where the length of what it goes through is known.
func scan(c *call) []string {
	b := c.body("body")
	inputs := int(c.IntOr("num_scan_inputs", 0))
	states := len(c.Inputs) - inputs
	collected := len(b.graph.Outputs) - states
	if inputs < 1 || states < 0 || collected < 0 {
		keepf("%d of %d inputs are scanned, and its body has %d outputs", inputs, len(c.Inputs), len(b.graph.Outputs))
	}
	axes, back := c.IntsOr("scan_input_axes", make([]int64, inputs)), c.IntsOr("scan_input_directions", make([]int64, inputs))
	outAxes, outBack := c.IntsOr("scan_output_axes", make([]int64, collected)), c.IntsOr("scan_output_directions", make([]int64, collected))
	if len(axes) != inputs || len(back) != inputs || len(outAxes) != collected || len(outBack) != collected {
		keepf("axes or directions are not as many as values")
	}
	steps := int64(-1)
	pieces := make([][]string, inputs)
	for i := range pieces {
		s := c.anyShape(states + i)
		a := axes[i]
		if a < 0 {
			a += int64(len(s))
		}
		if a < 0 || a >= int64(len(s)) || !s[a].Known() || steps >= 0 && s[a].Size != steps {
			keepf("the length of input %d, of shape %v, is not known", states+i, s)
		}
		steps = c.few(s[a].Size)
		if steps == 0 {
			keepf("input %d is empty", states+i)
		}
		pieces[i] = c.split(c.in(states+i), a, steps, 1)
		for k, p := range pieces[i] {
			pieces[i][k] = c.squeeze(p, a)
		}
		if back[i] != 0 {
			slices.Reverse(pieces[i])
		}
	}
	state := slices.Clone(c.Inputs[:states])
	scans := make([][]string, collected)
	for t := range steps {
		args := slices.Clone(state)
		for i := range pieces {
			args = append(args, pieces[i][t])
		}
		out := c.inline(b, args)
		state = out[:states]
		for k := range scans {
			scans[k] = append(scans[k], c.unsqueeze(out[states+k], outAxes[k]))
		}
	}
	outputs := slices.Clone(state)
	for k, parts := range scans {
		if outBack[k] != 0 {
			slices.Reverse(parts)
		}
		outputs = append(outputs, c.concat(outAxes[k], parts...))
	}
	return outputs
}
