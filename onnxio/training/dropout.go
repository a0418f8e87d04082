package training

import (
	"math/rand/v2"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/lower"
)

// seed gives a Dropout that drops elements a seed of its own, unless it has one,
// so that a training repeats from its start.
func (d *draft) seed(n *onnxio.Node) {
	if mayDrop(n) && n.Attr("seed") == nil {
		n.Attrs = append(n.Attrs, onnxio.IntAttr("seed", int64(len(d.Graph().Nodes)+1)))
	}
}

// keepAll makes a Dropout hand its input on, whatever mode the model was exported
// in.
func keepAll(n *onnxio.Node) { n.Inputs = n.Inputs[:1] }

// mayDrop reports whether a node is a Dropout that has an input for its mode.
func mayDrop(n *onnxio.Node) bool {
	return n.OpName() == "Dropout" && len(n.Inputs) > 2 && n.Inputs[2] != ""
}

// Drops reports whether training a model drops elements at random.
func Drops(m *onnxio.Model) (bool, error) {
	found := slices.ContainsFunc(m.Graph.Nodes, mayDrop)
	for _, f := range m.Functions {
		found = found || slices.ContainsFunc(f.Nodes, mayDrop)
	}
	if !found {
		return false, nil
	}
	m, _, err := lower.Model(m)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(m.Graph.Nodes, func(n *onnxio.Node) bool {
		if !mayDrop(n) {
			return false
		}
		mode := m.Graph.Initializer(n.Inputs[2])
		if mode == nil {
			return true
		}
		on, err := mode.Bool()
		return err != nil || len(on) != 1 || on[0]
	}), nil
}

// Reseed returns Step or Probe of a Program with other random masks: those that
// follow from stream, as they are after a number of runs of the graph. So masks
// differ between trainings of different streams, and a training that goes on in
// another session after some steps gets those that it would have got.
//
// A Dropout with a seed of its own draws the mask of its n-th run in a session,
// counted from 0, from seed + n: ONNX Runtime's kernel for the CPU does so
// (core/providers/cpu/nn/dropout_op.h, RandomGenerator.NextSeed). A graph
// without Dropouts is returned itself.
func Reseed(graph *onnxio.Model, stream uint64, runs int) *onnxio.Model {
	if !slices.ContainsFunc(graph.Graph.Nodes, mayDrop) {
		return graph
	}
	rng := rand.New(rand.NewPCG(stream, 0))
	out, g := *graph, *graph.Graph
	g.Nodes = slices.Clone(g.Nodes)
	for i, n := range g.Nodes {
		if !mayDrop(n) {
			continue
		}
		n = n.Clone()
		n.Attrs = slices.DeleteFunc(n.Attrs, func(a *onnxio.Attribute) bool { return a.Name == "seed" })
		// Seeds stay below 2^31, so that they are the same on every machine.
		n.Attrs = append(n.Attrs, onnxio.IntAttr("seed", rng.Int64N(1<<30)+int64(runs)))
		g.Nodes[i] = n
	}
	out.Graph = &g
	return &out
}
