package autodiff

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// Gradient appends nodes to b's graph that compute the derivatives of the
// seeded values, weighted by their seeds, with respect to every value in wrt:
//
//	result[w] = Σ over seeds (v: s) of Σ over elements of s · ∂v/∂w
//
// It returns the name of the gradient, which has w's shape, for every w; equal
// gradients may have one name, which may be that of a seed. The gradient by a
// value that the seeds do not depend on is a constant of zeros.
//
// opset is the version of ai.onnx that the model imports. types gives type and
// shape of the graph's values, as [onnxio.InferShapes] does; values without an
// entry are taken to have an unknown shape. seeds maps values of the graph to
// the values that hold their cotangents, of the same shape and type.
//
// Gradient may be called several times on one graph, each time with the types
// from before the first call. If it fails, nodes may have been appended.
// Errors are a [*NoRuleError], or match [ErrShape], [ErrName] or [ErrOpset].
func Gradient(b *onnxio.Builder, opset int64, types map[string]*onnxio.Value, seeds map[string]string, wrt []string, options ...Option) (map[string]string, error) {
	if opset < minOpset || opset > maxOpset {
		return nil, fmt.Errorf("autodiff: %w: ai.onnx %d, gradients can be written in %d to %d", ErrOpset, opset, minOpset, maxOpset)
	}
	t, err := newTape(b, opset, types, seeds, wrt)
	if err != nil {
		return nil, fmt.Errorf("autodiff: %w", err)
	}
	for _, o := range options {
		o(t.emitter)
	}
	if err := t.rewind(); err != nil {
		return nil, fmt.Errorf("autodiff: %w", err)
	}
	gradients := make(map[string]string, len(wrt))
	for _, w := range wrt {
		gradients[w], err = t.gradient(w)
		if err != nil {
			return nil, fmt.Errorf("autodiff: %w", err)
		}
	}
	return gradients, nil
}

// A tape is the state of the loop over the nodes.
type tape struct {
	*emitter
	active map[string]bool
	// parts holds the cotangents found so far, by value.
	parts map[string][]string
	// blocked is called with what keeps a gradient from passing on to a value;
	// the loop ends with the error that it returns.
	blocked func(value string, why error) error
}

func newTape(b *onnxio.Builder, opset int64, types map[string]*onnxio.Value, seeds map[string]string, wrt []string) (*tape, error) {
	t := &tape{
		emitter: newEmitter(b, opset, types, wrt),
		active:  activeValues(b.Graph().Nodes, types, wrt),
		parts:   map[string][]string{},
		blocked: func(_ string, why error) error { return why },
	}
	for v, cotangent := range seeds {
		t.parts[v] = []string{cotangent}
	}
	return t, t.checkNames(seeds, wrt)
}

// rewind is the loop: it visits the nodes last to first.
func (t *tape) rewind() error {
	for i, node := range slices.Backward(t.given) {
		if err := t.visit(i, node); err != nil {
			return err
		}
	}
	return nil
}

// visit hands the cotangents of a node's outputs on to its active inputs.
func (t *tape) visit(index int, node *onnxio.Node) error {
	cotangents := make([]string, len(node.Outputs))
	reached := false
	for j, y := range node.Outputs {
		cotangents[j] = t.cotangent(y)
		reached = reached || cotangents[j] != ""
	}
	if !reached {
		return nil
	}
	c := newCall(t.emitter, node, cotangents)
	r, known := findRule(node.Domain, node.Op, t.opset)
	for i, x := range node.Inputs {
		if !t.active[x] {
			continue
		}
		var part string
		fail := &failure{}
		if known {
			part, fail = c.apply(r, i)
		}
		switch {
		case fail != nil:
			if err := t.blocked(x, t.locate(fail, index, x)); err != nil {
				return err
			}
		case part != "":
			t.parts[x] = append(t.parts[x], part)
		}
	}
	for _, x := range captures(node) {
		if t.active[x] {
			missing := &NoRuleError{
				Graph: t.b.Graph().Name, Node: node.Name, Index: index, Op: node.OpName(), Opset: t.opset, Value: x,
				Reason: "it is used in the body of this node, which was not taken apart", subgraph: true,
			}
			if err := t.blocked(x, missing); err != nil {
				return err
			}
		}
	}
	return nil
}

// locate makes an error of what stopped the rule of a node: that something is
// not covered, or that something given is wrong.
func (t *tape) locate(f *failure, index int, value string) error {
	node, graph := t.given[index], t.b.Graph().Name
	if f.err != nil {
		return &onnxio.NodeError{Graph: graph, Node: node.Name, Op: node.OpName(), Index: index, Err: f.err}
	}
	return &NoRuleError{
		Graph: graph, Node: node.Name, Index: index, Op: node.OpName(),
		Opset: t.opset, Value: value, Reason: f.reason,
	}
}

// cotangent adds up the cotangents of a value that its consumers have handed
// on; "" if there is none.
func (t *tape) cotangent(value string) string {
	parts := t.parts[value]
	if value == "" || len(parts) == 0 {
		return ""
	}
	sum := parts[0]
	for _, p := range parts[1:] {
		sum = t.add(sum, p)
	}
	t.parts[value] = []string{sum}
	return sum
}

// gradient is the final cotangent of a value in wrt, zeros if it has none.
func (t *tape) gradient(w string) (name string, err error) {
	if c := t.cotangent(w); c != "" {
		return c, nil
	}
	defer func() {
		switch f := recover().(type) {
		case nil:
		case failure:
			err = fmt.Errorf("gradient by %q: %w", w, f.error())
		default:
			panic(f)
		}
	}()
	return t.zeros(t.shape(w), t.types[w].Type), nil
}

func (t *tape) checkNames(seeds map[string]string, wrt []string) error {
	g := t.b.Graph()
	known := map[string]bool{}
	for _, v := range g.Inputs {
		known[v.Name] = true
	}
	for _, v := range g.Initializers {
		known[v.Name] = true
	}
	for _, n := range g.Nodes {
		for _, y := range n.Outputs {
			known[y] = y != ""
		}
	}
	for v, s := range seeds {
		if !known[v] || !known[s] {
			return fmt.Errorf("%w: the graph has no value %q or no value %q to seed it with", ErrName, v, s)
		}
	}
	for _, w := range wrt {
		if !known[w] {
			return fmt.Errorf("%w: the graph has no value %q to differentiate by", ErrName, w)
		}
		if !isFloat(t.types[w]) {
			return fmt.Errorf("%w: %q is of type %v and has no gradient", ErrName, w, t.types[w].Type)
		}
	}
	return nil
}
