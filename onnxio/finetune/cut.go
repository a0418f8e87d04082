package finetune

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/lower"
	"github.com/sharewise/sharewise/onnxio/training"
)

// Auto asks Cut to find the features.
const Auto = "auto"

var errSeveral = errors.New("there are other outputs beside the scores")

// Cut returns m without what comes after the features, which become its only
// output. features is the name of a value, that of a node, which stands for its
// first output, or Auto: what the last linear layer above the only output takes
// in. The layer is reported then.
//
// A convolution whose map is averaged is passed over: the features are the
// average of what it takes in, which is the same for a linear layer. What is
// between the convolution and the average (a Relu) goes with it.
//
// With Auto, m must have been lowered (package lower) for weights to be found
// wherever exporters put them. Errors match ErrFeatures; one of a name that is
// not there is a [training.UnknownNameError] too. m is not changed.
func Cut(m *onnxio.Model, features string) (*onnxio.Model, *Linear, error) {
	values, err := onnxio.InferShapes(m)
	if err != nil {
		return nil, nil, fmt.Errorf("finetune: %w", err)
	}
	m = m.Clone()
	if features != Auto {
		value, err := findValue(m.Graph, features)
		if err != nil {
			return nil, nil, err
		}
		return end(m, value, values), nil, nil
	}
	if len(m.Graph.Outputs) != 1 {
		_, err := onnxio.FloatOutput(m)
		return nil, nil, fmt.Errorf("finetune: %w: the last linear layer is not clear: %w; name the value that holds the features", ErrFeatures, cmp.Or(err, errSeveral))
	}
	output := m.Graph.Outputs[0].Name
	l, err := newGraph(m).findLinear(output, values)
	if err != nil {
		return nil, nil, fmt.Errorf("finetune: %w: no last linear layer above output %q: %w; name the value that holds the features", ErrFeatures, output, err)
	}
	if l.pool == nil {
		return end(m, l.Input, values), l, nil
	}
	// The map is averaged as it comes into the convolution.
	l.pool.Inputs[0] = l.Input
	m.Graph.Values = nil
	m = end(m, l.pool.Outputs[0], nil)
	if values, err = onnxio.InferShapes(m); err != nil {
		return nil, nil, fmt.Errorf("finetune: %w", err)
	}
	return end(m, l.pool.Outputs[0], values), l, nil
}

// findValue is the value of a name, or the first output of the node of a name.
func findValue(g *onnxio.Graph, name string) (string, error) {
	var names []string
	for _, n := range g.Nodes {
		if slices.Contains(n.Outputs, name) {
			return name, nil
		}
		names = append(names, n.Outputs...)
	}
	for _, n := range g.Nodes {
		if n.Name == name {
			return n.Outputs[0], nil
		}
		names = append(names, n.Name)
	}
	slices.Sort(names)
	names = slices.DeleteFunc(slices.Compact(names), func(n string) bool { return n == "" })
	return "", fmt.Errorf("finetune: %w: %w", ErrFeatures, &training.UnknownNameError{What: "value or node", Name: name, Names: names})
}

// end makes a value the only output of a model and removes what it does not
// need.
func end(m *onnxio.Model, value string, values map[string]*onnxio.Value) *onnxio.Model {
	g := m.Graph
	out := &onnxio.Value{Name: value}
	if v := values[value]; v != nil {
		out.Type, out.Shape = v.Type, v.Shape
	}
	g.Outputs = []*onnxio.Value{out}
	lower.Prune(g, nil)
	read := map[string]bool{}
	reads(g, read)
	g.Inputs = slices.DeleteFunc(g.Inputs, func(v *onnxio.Value) bool { return !read[v.Name] && g.Initializer(v.Name) == nil })
	left := newGraph(m)
	g.Values = slices.DeleteFunc(g.Values, func(v *onnxio.Value) bool { return left.producer[v.Name] == nil || v.Name == value })
	return m
}
