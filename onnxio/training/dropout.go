package training

import (
	"math/rand/v2"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// seed gives a node that draws random numbers a seed of its own, unless it has
// one, so that a training repeats from its start.
func (d *draft) seed(n *onnxio.Node) {
	own := len(d.Graph().Nodes) + 1
	switch {
	case n.Attr("seed") != nil:
	case mayDrop(n):
		n.Attrs = append(n.Attrs, onnxio.IntAttr("seed", int64(own)))
	case drawsNoise(n):
		n.Attrs = append(n.Attrs, onnxio.FloatAttr("seed", float32(own)))
	}
}

// drawsNoise reports whether the values of a node are random in every mode.
func drawsNoise(n *onnxio.Node) bool {
	switch n.OpName() {
	case "Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike":
		return true
	}
	return false
}

// keepAll makes a Dropout hand its input on, whatever mode the model was exported
// in.
func keepAll(n *onnxio.Node) { n.Inputs = n.Inputs[:1] }

// mayDrop reports whether a node is a Dropout that has an input for its mode.
func mayDrop(n *onnxio.Node) bool {
	return n.OpName() == "Dropout" && len(n.Inputs) > 2 && n.Inputs[2] != ""
}

// Reseed returns Step or Gradients of a Program with other random masks: those that
// follow from stream, as they are after a number of runs of the graph. So masks
// differ between trainings of different streams, and a training that goes on in
// another session after some steps gets those that it would have got.
//
// stream gives a number for every node that draws, by the name of the first value
// that the node gives. Names are those of the trunk's values in the program of
// any set of domains, so that streams which follow from the name alone drop the
// same elements whatever else is trained: those of the rows that come first in the
// minibatch, since a mask is drawn row by row.
//
// A Dropout with a seed of its own draws the mask of its n-th run in a session,
// counted from 0, from seed + n: ONNX Runtime's kernel for the CPU does so
// (core/providers/cpu/nn/dropout_op.h, RandomGenerator.NextSeed). Nodes such as
// RandomNormalLike go on with one stream in a session; of a training that goes on
// in another session they draw other numbers than they would have. A graph that
// draws nothing is returned itself.
func Reseed(graph *onnxio.Model, stream func(value string) uint64, runs int) *onnxio.Model {
	if !slices.ContainsFunc(graph.Graph.Nodes, func(n *onnxio.Node) bool { return mayDrop(n) || drawsNoise(n) }) {
		return graph
	}
	out, g := *graph, *graph.Graph
	g.Nodes = slices.Clone(g.Nodes)
	for i, n := range g.Nodes {
		if !mayDrop(n) && !drawsNoise(n) {
			continue
		}
		rng := rand.New(rand.NewPCG(stream(n.Outputs[0]), 0))
		// Seeds stay below 2^31, so that they are the same on every machine, and
		// below 2^24 where they are float32.
		seed := onnxio.FloatAttr("seed", float32(rng.Int64N(1<<23)+int64(runs)%(1<<23)))
		if mayDrop(n) {
			seed = onnxio.IntAttr("seed", rng.Int64N(1<<30)+int64(runs))
		}
		n = n.Clone()
		n.Attrs = slices.DeleteFunc(n.Attrs, func(a *onnxio.Attribute) bool { return a.Name == "seed" })
		n.Attrs = append(n.Attrs, seed)
		g.Nodes[i] = n
	}
	out.Graph = &g
	return &out
}
