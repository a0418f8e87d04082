package autodiff

import (
	"fmt"

	"github.com/sharewise/sharewise/onnxio"
)

// Status says what training can do with a parameter.
type Status string

// The states of a parameter.
const (
	// Trainable parameters have a gradient.
	Trainable Status = "trainable"
	// Blocked parameters influence an output through a node that has no
	// gradient rule.
	Blocked Status = "blocked"
	// Idle parameters have no derivative: no output depends on them, or only
	// through integers, comparisons or steps such as Round.
	Idle Status = "idle"
)

// Parameter is what Trainability finds out about one floating-point
// initializer.
type Parameter struct {
	Name   string
	Shape  []int64
	Status Status
	// Blocks are the reasons of a blocked parameter, in the order of the
	// graph from its end: a [*NoRuleError] each, or an [*onnxio.NodeError]
	// where a shape is not known.
	Blocks []error
}

// Trainability reports which of a model's floating-point initializers have a
// gradient, as seen from all of its floating-point outputs, in the order of
// the file. Dimensions that the model leaves open are taken to be 2. It
// differentiates a copy of the model, so its answer also covers uses of
// operators that a rule exists for but does not cover.
func Trainability(m *onnxio.Model) ([]Parameter, error) {
	opset := m.Opset("")
	if opset < minOpset || opset > maxOpset {
		return nil, fmt.Errorf("autodiff: %w: ai.onnx %d, gradients can be written in %d to %d", ErrOpset, opset, minOpset, maxOpset)
	}
	m = pinned(m)
	types, err := onnxio.InferShapes(m)
	if err != nil {
		return nil, fmt.Errorf("autodiff: %w", err)
	}
	var parameters []Parameter
	var wrt []string
	for _, t := range m.Graph.Initializers {
		if isFloat(t.Value()) {
			parameters = append(parameters, Parameter{Name: t.Name, Shape: t.Shape, Status: Idle})
			wrt = append(wrt, t.Name)
		}
	}
	seeds := map[string]string{}
	b := onnxio.NewBuilder(m.Graph)
	for _, out := range m.Graph.Outputs {
		if isFloat(types[out.Name]) {
			seeds[out.Name] = b.Name("cotangent")
			m.Graph.Inputs = append(m.Graph.Inputs, &onnxio.Value{Name: seeds[out.Name]})
		}
	}
	t, err := newTape(b, opset, types, seeds, wrt)
	if err != nil {
		return nil, fmt.Errorf("autodiff: %w", err)
	}
	reasons := map[string][]error{}
	t.blocked = func(value string, why error) error {
		for _, p := range t.above(value) {
			reasons[p] = append(reasons[p], why)
		}
		return nil
	}
	if err := t.rewind(); err != nil {
		return nil, fmt.Errorf("autodiff: %w", err)
	}
	for i := range parameters {
		p := &parameters[i]
		switch p.Blocks = reasons[p.Name]; {
		case len(p.Blocks) > 0:
			p.Status = Blocked
		case len(t.parts[p.Name]) > 0:
			p.Status = Trainable
		}
	}
	return parameters, nil
}

// pinned is a copy of a model in which no input has an open dimension.
func pinned(m *onnxio.Model) *onnxio.Model {
	m = m.Clone()
	for _, in := range m.Graph.Inputs {
		for i, d := range in.Shape {
			if !d.Known() {
				in.Shape[i] = onnxio.Dim{Size: 2}
			}
		}
	}
	// What the file says about other values may name open dimensions.
	m.Graph.Values = nil
	for _, out := range m.Graph.Outputs {
		out.Shape = nil
	}
	return m
}

// above lists the values of wrt that a value depends on through active
// values, itself included, each once.
func (t *tape) above(value string) []string {
	producer := map[string]*onnxio.Node{}
	for _, n := range t.nodes {
		for _, y := range n.Outputs {
			producer[y] = n
		}
	}
	var found []string
	seen := map[string]bool{}
	var climb func(v string)
	climb = func(v string) {
		if seen[v] || !t.active[v] {
			return
		}
		seen[v] = true
		if t.wanted[v] {
			found = append(found, v)
		}
		if n := producer[v]; n != nil {
			for _, x := range n.Inputs {
				climb(x)
			}
			for _, x := range captures(n) {
				climb(x)
			}
		}
	}
	climb(value)
	return found
}

// Supported reports whether an operator has a rule as the given version of its
// operator set defines it. The domains "" and "ai.onnx" are the same.
func Supported(domain, op string, opset int64) bool {
	_, ok := rules.entry(domain, op, opset)
	return ok
}
