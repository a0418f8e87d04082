package finetune

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/training"
)

// layerOps are operators that make a layer of a weight.
var layerOps = map[string]bool{
	"Gemm": true, "MatMul": true, "Conv": true, "ConvTranspose": true, "RNN": true, "GRU": true, "LSTM": true, "Gather": true, "Einsum": true,
}

// layers lists, layer by layer in the order of the nodes, the parameters that
// are first used from that layer on; what comes before the first layer counts
// to it. A weight that several nodes share makes one layer. Recurrent networks
// are two in a lowered model: the product with their inputs and the recurrence.
func (g *graph) layers() (all [][]string) {
	// Parameters behind values that depend on nothing else, such as a
	// transposed weight.
	behind := map[string][]string{}
	for name := range g.params {
		behind[name] = []string{name}
	}
	constant := map[string]bool{"": true}
	for _, t := range g.model.Graph.Initializers {
		constant[t.Name] = true
	}
	seen := map[string]bool{}
	all = [][]string{nil}
	started := false
	for _, n := range g.model.Graph.Nodes {
		var used, fresh []string
		fixed := true
		for _, x := range n.Inputs {
			used = append(used, behind[x]...)
			fixed = fixed && (constant[x] || behind[x] != nil)
		}
		if fixed {
			for _, y := range n.Outputs {
				constant[y] = true
				if len(used) > 0 {
					behind[y] = used
				}
			}
			continue
		}
		isLayer := false
		for _, p := range used {
			if !seen[p] {
				seen[p] = true
				fresh = append(fresh, p)
				isLayer = isLayer || layerOps[n.OpName()] && len(g.params[p]) > 1
			}
		}
		if isLayer && started {
			all = append(all, nil)
		}
		started = started || isLayer
		last := len(all) - 1
		all[last] = append(all[last], fresh...)
	}
	if !started {
		return nil
	}
	return all
}

// freezeDepth marks the parameters of the first layers as frozen, and with them
// the normalisations and biases up to the next layer.
func freezeDepth(m *onnxio.Model, depth int) (layers int, err error) {
	all := newGraph(m).layers()
	if depth > len(all) {
		return 0, fmt.Errorf("finetune: %w: the first %d layers cannot be frozen, the trunk has %d", ErrConfig, depth, len(all))
	}
	for _, param := range slices.Concat(all[:depth]...) {
		m.SetProperty(training.FreezeProperty+param, "")
	}
	return len(all), nil
}
