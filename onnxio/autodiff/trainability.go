package autodiff

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/lower"
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
	// Stuck parameters influence outputs only through integers, comparisons or
	// steps such as Sign and Round, so that their gradient is zero.
	Stuck Status = "stuck"
	// Idle parameters influence no output.
	Idle Status = "idle"
)

// Parameter is what Trainability finds out about one floating-point
// initializer that is not one of the [Settings].
type Parameter struct {
	Name   string
	Shape  []int64
	Status Status
	// Blocks are the reasons of a blocked parameter, in the order of the
	// graph from its end: a [*NoRuleError] each, or an [*onnxio.NodeError]
	// where a shape is not known.
	Blocks []error
	// Stop says where the gradient of a stuck parameter ends.
	Stop *Stop
}

// Trainability reports which of a model's floating-point initializers have a
// gradient, as seen from all of its floating-point outputs, in the order of
// the file. The model is lowered first (package lower), so that weights in
// Constant nodes count as initializers, behind the others. A batch dimension
// that the model leaves open is taken to be 2, and so are other open ones
// unless the model needs larger ones. It differentiates a copy of the model, so
// its answer also covers uses of operators that a rule exists for but does not
// cover.
func Trainability(m *onnxio.Model) ([]Parameter, error) {
	m, kept, err := lowered(m)
	if err != nil {
		return nil, fmt.Errorf("autodiff: %w", err)
	}
	opset := m.Opset("")
	if opset < minOpset || opset > maxOpset {
		return nil, fmt.Errorf("autodiff: %w: ai.onnx %d, gradients can be written in %d to %d", ErrOpset, opset, minOpset, maxOpset)
	}
	types, err := onnxio.InferShapes(m)
	if err != nil {
		return nil, fmt.Errorf("autodiff: %w", err)
	}
	var parameters []Parameter
	var wrt []string
	settings := Settings(m.Graph.Nodes)
	for _, t := range m.Graph.Initializers {
		if isFloat(t.Value()) && !settings[t.Name] {
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
		if explained := new(NoRuleError); errors.As(Explain(why, kept), &explained) {
			why = explained
		}
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
		default:
			if s := t.stop(p.Name, slices.Sorted(maps.Keys(seeds))); len(s.At) > 0 {
				p.Status, p.Stop = Stuck, s
			}
		}
	}
	return parameters, nil
}

// openSizes are what dimensions that a model leaves open are taken to be, apart
// from the first: the first size at which the model is valid.
var openSizes = []int64{2, 16, 64, 256, 576}

// lowered is a model without open dimensions, lowered.
func lowered(m *onnxio.Model) (low *onnxio.Model, kept []*onnxio.NodeError, err error) {
	var first error
	for _, size := range openSizes {
		low, kept, err = lower.Model(pinned(m, size))
		if err == nil {
			return low, kept, nil
		}
		if first == nil {
			first = err
		}
	}
	return nil, nil, first
}

// Explain returns err with the reason that a node was not lowered for, where err
// is or wraps a missing rule for the node; kept is what [lower.Model] said. Other
// errors come back as they are.
func Explain(err error, kept []*onnxio.NodeError) error {
	var missing *NoRuleError
	if !errors.As(err, &missing) || missing.Reason != "" && !missing.subgraph {
		return err
	}
	for _, k := range kept {
		if k.Node == missing.Node && k.Op == missing.Op {
			explained := *missing
			explained.Reason = k.Err.Error()
			return fmt.Errorf("autodiff: %w", &explained) // what wraps err has its text already
		}
	}
	return err
}

// pinned is a copy of a model in which no input has an open dimension: first
// dimensions are 2, others have the given size.
func pinned(m *onnxio.Model, size int64) *onnxio.Model {
	m = m.Clone()
	if m == nil || m.Graph == nil {
		return m
	}
	for _, in := range m.Graph.Inputs {
		for i, d := range in.Shape {
			switch {
			case d.Known():
			case i == 0:
				in.Shape[i] = onnxio.Dim{Size: 2}
			default:
				in.Shape[i] = onnxio.Dim{Size: size}
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
		if n := t.producer(v); n != nil {
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
