package autodiff

import (
	"github.com/sharewise/sharewise/onnxio"
)

// isFloat reports whether a value may carry a gradient. Values of unknown type
// may.
func isFloat(v *onnxio.Value) bool {
	if v == nil {
		return true
	}
	switch v.Type {
	case onnxio.Float32, onnxio.Float64, onnxio.Float16, onnxio.BFloat16, onnxio.Undefined:
		return true
	}
	return false
}

// stops lists operators that give floating-point values which do not depend on
// the values of their inputs, so that a gradient ends there. Operators that
// give integers or truth values end it by their types: Shape, Size, ArgMax,
// ArgMin, NonZero, comparisons, casts to integers.
var stops = map[string]bool{
	"Bernoulli": true, "DynamicQuantizeLinear": true, "EyeLike": true, "Multinomial": true, "RandomNormalLike": true, "RandomUniformLike": true,
}

// activeValues marks wrt and everything of a floating-point type, or quantized,
// that depends on it through such values.
func activeValues(nodes []*onnxio.Node, types map[string]*onnxio.Value, wrt []string) map[string]bool {
	active := map[string]bool{}
	for _, w := range wrt {
		active[w] = true
	}
	for _, n := range nodes {
		if stops[n.OpName()] || !dependsOn(n, active) {
			continue
		}
		for _, y := range n.Outputs {
			if y != "" && (isFloat(types[y]) || n.OpName() == "QuantizeLinear") {
				active[y] = true
			}
		}
	}
	return active
}

func dependsOn(n *onnxio.Node, active map[string]bool) bool {
	for _, x := range n.Inputs {
		if active[x] {
			return true
		}
	}
	for _, x := range captures(n) {
		if active[x] {
			return true
		}
	}
	return false
}

// captures lists the names that the subgraphs of a node use and do not define:
// inputs of the node that its input list does not show.
func captures(n *onnxio.Node) []string {
	var names []string
	for _, g := range n.Subgraphs() {
		names = append(names, free(g)...)
	}
	return names
}

func free(g *onnxio.Graph) []string {
	defined := map[string]bool{"": true}
	for _, v := range g.Inputs {
		defined[v.Name] = true
	}
	for _, t := range g.Initializers {
		defined[t.Name] = true
	}
	var names []string
	use := func(all []string) {
		for _, x := range all {
			if !defined[x] {
				names = append(names, x)
			}
		}
	}
	for _, n := range g.Nodes {
		use(n.Inputs)
		use(captures(n))
		for _, y := range n.Outputs {
			defined[y] = true
		}
	}
	for _, v := range g.Outputs {
		use([]string{v.Name})
	}
	return names
}
