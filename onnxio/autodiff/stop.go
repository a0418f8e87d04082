package autodiff

import (
	"errors"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/onnxio"
)

// Why a gradient ends at a node.
var (
	errSteps    = errors.New("its output moves in steps or is no floating-point value, so it has no derivative")
	errConstant = errors.New("its derivative is 0 wherever it exists")
)

// Stop says why no gradient reaches a value, so that [Gradient] gives zeros.
type Stop struct {
	Value string
	// At lists the nodes at which the way back ends, in the order of the graph;
	// there are none if the seeds do not depend on the value at all.
	At []*onnxio.NodeError
}

func (s *Stop) Error() string {
	if len(s.At) == 0 {
		return "nothing that is differentiated depends on it"
	}
	const most = 3
	var parts []string
	for _, n := range s.At[:min(most, len(s.At))] {
		parts = append(parts, n.Error())
	}
	if len(s.At) > most {
		parts = append(parts, "and so on")
	}
	return strings.Join(parts, "; ")
}

// Unwrap gives the nodes.
func (s *Stop) Unwrap() []error {
	errs := make([]error, len(s.At))
	for i, n := range s.At {
		errs[i] = n
	}
	return errs
}

// Stops lists, of values of a graph, those that no gradient of the seeds, which
// are values of it too, comes to, in their order. opset and types are as for
// Gradient; the errors are Gradient's.
func Stops(g *onnxio.Graph, opset int64, types map[string]*onnxio.Value, seeds, wrt []string) ([]*Stop, error) {
	g = g.Clone()
	cotangents := map[string]string{}
	for _, s := range seeds {
		cotangents[s] = s // any value of the same shape will do
	}
	t, err := newTape(onnxio.NewBuilder(g), opset, types, cotangents, wrt)
	if err != nil {
		return nil, err
	}
	if err := t.rewind(); err != nil {
		return nil, err
	}
	var stops []*Stop
	for _, w := range wrt {
		if len(t.parts[w]) == 0 {
			stops = append(stops, t.stop(w, seeds))
		}
	}
	return stops, nil
}

// stop finds out, once the tape is rewound, why no gradient came to a value.
func (t *tape) stop(w string, seeds []string) *Stop {
	s := &Stop{Value: w}
	below := activeValues(t.given, t.types, []string{w})
	needed := map[string]bool{}
	for _, seed := range seeds {
		needed[seed] = true
	}
	for i, n := range slices.Backward(t.given) {
		if !slices.ContainsFunc(n.Outputs, func(y string) bool { return needed[y] }) {
			continue
		}
		for _, x := range slices.Concat(n.Inputs, captures(n)) {
			needed[x] = true
		}
		if why := t.ends(n, below); why != nil {
			s.At = append(s.At, &onnxio.NodeError{Graph: t.b.Graph().Name, Node: n.Name, Op: n.OpName(), Index: i, Err: why})
		}
	}
	slices.Reverse(s.At)
	return s
}

// ends says why a node hands no cotangent on to values of a set, nil if it has
// none to hand on, does, or takes none of them.
func (t *tape) ends(n *onnxio.Node, set map[string]bool) error {
	stuck := func(x string) bool { return set[x] && len(t.parts[x]) == 0 }
	if !slices.ContainsFunc(n.Inputs, stuck) && !slices.ContainsFunc(captures(n), stuck) {
		return nil
	}
	switch {
	case !slices.ContainsFunc(n.Outputs, func(y string) bool { return y != "" && set[y] }):
		return errSteps
	case slices.ContainsFunc(n.Outputs, func(y string) bool { return len(t.parts[y]) > 0 }):
		return errConstant
	}
	return nil
}
