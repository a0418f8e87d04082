package autodiff

import (
	"errors"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// Why a gradient ends at a node.
var (
	errSteps    = errors.New("its output moves in steps or is no floating-point value, so it has no derivative")
	errConstant = errors.New("its derivative is 0 wherever it exists")
)

// Stops says whether a gradient comes from values of a graph, the seeds, to the
// value w, and if not, so that [Gradient] gives zeros, why: it lists the nodes
// between them at which the way back ends, in the order of the graph. There are
// none if the seeds do not depend on w at all. opset and types are as for
// Gradient; the errors are Gradient's.
func Stops(g *onnxio.Graph, opset int64, types map[string]*onnxio.Value, seeds []string, w string) (reached bool, at []*onnxio.NodeError, err error) {
	g = g.Clone()
	cotangents := map[string]string{}
	needed := map[string]bool{}
	for _, s := range seeds {
		cotangents[s], needed[s] = s, true // any value of the same shape will do
	}
	t, err := newTape(onnxio.NewBuilder(g), opset, types, cotangents, []string{w})
	if err != nil {
		return false, nil, err
	}
	if err := t.rewind(); err != nil {
		return false, nil, err
	}
	if len(t.parts[w]) > 0 {
		return true, nil, nil
	}
	for i, n := range slices.Backward(t.given) {
		if !slices.ContainsFunc(n.Outputs, func(y string) bool { return needed[y] }) {
			continue
		}
		for _, x := range slices.Concat(n.Inputs, captures(n)) {
			needed[x] = true
		}
		if why := t.ends(n); why != nil {
			at = append(at, &onnxio.NodeError{Graph: g.Name, Node: n.Name, Op: n.OpName(), Index: i, Err: why})
		}
	}
	slices.Reverse(at)
	return false, at, nil
}

// ends says why a node hands no cotangent on, nil if it has none to hand on or
// does.
func (t *tape) ends(n *onnxio.Node) error {
	stuck := func(x string) bool { return t.active[x] && len(t.parts[x]) == 0 }
	if !slices.ContainsFunc(n.Inputs, stuck) && !slices.ContainsFunc(captures(n), stuck) {
		return nil
	}
	active := func(y string) bool { return y != "" && t.active[y] }
	switch {
	case !slices.ContainsFunc(n.Outputs, active):
		return errSteps
	case slices.ContainsFunc(n.Outputs, func(y string) bool { return len(t.parts[y]) > 0 }):
		return errConstant
	}
	return nil
}
