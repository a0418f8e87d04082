package training

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// domainProperty is the metadata key under which a Predict model names its
// domain.
const domainProperty = "sharewise.domain"

// ScoresName is the output of a domain in a model that Bake made of several.
func ScoresName(domain string) string { return OutputScores + "/" + domain }

// Bake returns a model ready to deploy: the trunk, the heads of the given
// Predict models of one Program, and the parameters' values as initializers.
// With one domain its output is OutputScores; with several the trunk runs once
// and the outputs are ScoresName of each domain, in order.
//
// values holds the elements of every parameter by name; more do no harm.
// Errors match ErrValues. The models are not changed.
func Bake(predict []*onnxio.Model, values map[string][]float32) (*onnxio.Model, error) {
	if len(predict) == 0 {
		return nil, fmt.Errorf("training: bake: %w: there are no models", ErrValues)
	}
	m := predict[0].Clone()
	if len(predict) > 1 {
		m.Metadata = slices.DeleteFunc(m.Metadata, func(p onnxio.Property) bool { return p.Key == domainProperty })
		m.Graph = &onnxio.Graph{Name: m.Graph.Name}
		for _, p := range predict {
			domain, ok := p.Property(domainProperty)
			if !ok {
				return nil, fmt.Errorf("training: bake: %w: the model does not say which domain it is for, so it is no Predict of a Program", ErrValues)
			}
			g := p.Graph.Clone()
			rename(g, OutputScores, ScoresName(domain))
			graft(m.Graph, g)
		}
	}
	nameNodes(m.Graph)
	if err := fill(m.Graph, values); err != nil {
		return nil, fmt.Errorf("training: bake: %w", err)
	}
	if err := onnxio.Check(m); err != nil {
		return nil, fmt.Errorf("training: bake: %w", err)
	}
	return m, nil
}

// rename changes the name of an output of a graph.
func rename(g *onnxio.Graph, from, to string) {
	for _, v := range g.Outputs {
		if v.Name == from {
			v.Name = to
		}
	}
	for _, n := range g.Nodes {
		for i, name := range n.Outputs {
			if name == from {
				n.Outputs[i] = to
			}
		}
	}
}

// graft adds to g what other has and g has not. Values of one name are the
// same in both: all graphs of a Program lay the trunk with the same names.
func graft(g, other *onnxio.Graph) {
	for _, v := range other.Inputs {
		if g.Input(v.Name) == nil {
			g.Inputs = append(g.Inputs, v)
		}
	}
	for _, t := range other.Initializers {
		if g.Initializer(t.Name) == nil {
			g.Initializers = append(g.Initializers, t)
		}
	}
	computed := map[string]bool{}
	for _, n := range g.Nodes {
		for _, name := range n.Outputs {
			computed[name] = name != ""
		}
	}
	for _, n := range other.Nodes {
		if !slices.ContainsFunc(n.Outputs, func(name string) bool { return computed[name] }) {
			g.Nodes = append(g.Nodes, n)
		}
	}
	g.Outputs = append(g.Outputs, other.Outputs...)
}

// fill turns every input but the data into an initializer.
func fill(g *onnxio.Graph, values map[string][]float32) error {
	var data []*onnxio.Value
	for _, v := range g.Inputs {
		if v.Name == InputX {
			data = append(data, v)
			continue
		}
		elements, ok := values[v.Name]
		if !ok {
			return fmt.Errorf("%w: parameter %q has no values", ErrValues, v.Name)
		}
		shape, _ := v.Shape.Ints()
		if size(shape) != int64(len(elements)) {
			return fmt.Errorf("%w: parameter %q of shape %v has %d values", ErrValues, v.Name, v.Shape, len(elements))
		}
		g.Initializers = append(g.Initializers, onnxio.NewFloat32(v.Name, shape, elements))
	}
	g.Inputs = data
	return nil
}
