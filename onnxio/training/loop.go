package training

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// loopScope is put before the names of the values of one step, so that they
// differ from those of the loop around it: ONNX wants it so.
const loopScope = "step/"

// Loop returns a graph that takes several steps in one run. Parameters, state and
// buffers that a step moves go from one step to the next within the graph: on a
// device they need not leave it in between. On a CPU a run per step is faster.
//
// The graph takes what Step takes. Data inputs, targets, InputWeights, InputRate
// and InputStep have a further dimension before all others, the steps, of any
// number; so have the outputs OutputLosses, OutputSampleLosses and OutputGradNorm.
// NextName(v) is what v is after the last step.
func (p *Program) Loop() (*onnxio.Model, error) {
	one := p.Step.Graph
	carried := slices.DeleteFunc(slices.Concat(p.Params, p.State, p.Buffers), func(v Param) bool { return v.Frozen })
	byStep := map[string]bool{InputWeights: true, InputRate: true, InputStep: true}
	for _, v := range p.Inputs {
		byStep[v.Name] = true
	}
	for _, d := range p.Domains {
		byStep[TargetName(d.Name)] = true
	}
	frozen := map[string]bool{} // the step reads them from the graph around it
	for _, v := range p.Params {
		frozen[v.Name] = v.Frozen
	}

	m := p.Step.Clone()
	m.Graph = &onnxio.Graph{Name: "steps"}
	b := onnxio.NewBuilder(m.Graph)
	body := one.Clone()
	body.Name, body.Inputs, body.Outputs = "step", nil, nil
	scope(body, frozen)

	var first string // an input that says how many steps there are
	var gathers []*onnxio.Node
	at, going := loopScope+"number", loopScope+"going"
	for _, v := range one.Inputs {
		w := v.Clone()
		w.Name = b.Name(v.Name)
		if byStep[v.Name] {
			w.Shape = append(onnxio.Shape{onnxio.Sym("steps")}, w.Shape...)
			first = w.Name
			gathers = append(gathers, &onnxio.Node{Op: "Gather", Inputs: []string{v.Name, at}, Outputs: []string{loopScope + v.Name}, Attrs: []*onnxio.Attribute{onnxio.IntAttr("axis", 0)}})
		}
		m.Graph.Inputs = append(m.Graph.Inputs, w)
	}
	if first == "" {
		return nil, fmt.Errorf("training: %w: the step has no inputs that change", ErrConfig)
	}
	body.Nodes = slices.Concat(gathers, body.Nodes, []*onnxio.Node{{Op: "Identity", Inputs: []string{going}, Outputs: []string{loopScope + "goes on"}}})
	body.Inputs = []*onnxio.Value{{Name: at, Type: onnxio.Int64, Shape: onnxio.Static()}, {Name: going, Type: onnxio.Bool, Shape: onnxio.Static()}}
	body.Outputs = []*onnxio.Value{{Name: loopScope + "goes on", Type: onnxio.Bool, Shape: onnxio.Static()}}
	var inputs, outputs []string
	give := func(name string, shape onnxio.Shape) {
		v := one.Output(name)
		body.Outputs = append(body.Outputs, &onnxio.Value{Name: loopScope + name, Type: v.Type, Shape: v.Shape})
		outputs = append(outputs, b.Name(name))
		m.Graph.Outputs = append(m.Graph.Outputs, &onnxio.Value{Name: name, Type: v.Type, Shape: append(shape, v.Shape...)})
	}
	for _, v := range carried {
		shape := onnxio.Static(v.Shape...)
		body.Inputs = append(body.Inputs, &onnxio.Value{Name: loopScope + v.Name, Type: onnxio.Float32, Shape: shape})
		inputs = append(inputs, v.Name)
		give(NextName(v.Name), onnxio.Shape{})
	}
	for _, name := range []string{OutputLosses, OutputSampleLosses, OutputGradNorm} {
		give(name, onnxio.Shape{onnxio.Sym("steps")})
	}
	steps := b.Op("Gather", []string{b.Op("Shape", []string{first}), b.Int64(0)}, onnxio.IntAttr("axis", 0))
	m.Graph.Nodes = append(m.Graph.Nodes, &onnxio.Node{
		Name: "steps", Op: "Loop", Inputs: append([]string{steps, ""}, inputs...), Outputs: outputs,
		Attrs: []*onnxio.Attribute{onnxio.GraphAttr("body", body)},
	})
	if err := onnxio.Check(m); err != nil {
		return nil, fmt.Errorf("training: steps graph: %w", err)
	}
	return m, nil
}

// scope puts loopScope before the names of all values of a graph and of those
// within it, but for values of around.
func scope(g *onnxio.Graph, around map[string]bool) {
	name := func(n *string) {
		if *n != "" && !around[*n] {
			*n = loopScope + *n
		}
	}
	for _, v := range slices.Concat(g.Inputs, g.Outputs, g.Values) {
		name(&v.Name)
	}
	for _, t := range g.Initializers {
		name(&t.Name)
	}
	for _, n := range g.Nodes {
		for i := range n.Inputs {
			name(&n.Inputs[i])
		}
		for i := range n.Outputs {
			name(&n.Outputs[i])
		}
		for _, within := range n.Subgraphs() {
			scope(within, around)
		}
	}
}
