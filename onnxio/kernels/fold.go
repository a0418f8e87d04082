package kernels

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// fold multiplies the scale of every batch normalisation with stored statistics
// into the weights of the convolution that it follows, where nothing else reads
// that:
//
//	scale·(W∗x + b − mean)·r + bias = (a·W)∗x + (a·(b − mean) + bias), a = scale·r
//
// with r = 1/√(variance + epsilon). Weights and statistics may be computed;
// there are few of them beside the values that they are applied to.
func fold(b *onnxio.Builder, types map[string]*onnxio.Value, keep []string) {
	g := b.Graph()
	uses := map[string]int{}
	convs := map[string]*onnxio.Node{} // by output
	for _, n := range g.Nodes {
		for _, x := range n.Inputs {
			uses[x]++
		}
		if n.OpName() == "Conv" {
			convs[n.Outputs[0]] = n
		}
	}
	for _, v := range g.Outputs {
		uses[v.Name]++
	}
	for _, name := range keep {
		uses[name]++
	}
	nodes := g.Nodes
	g.Nodes = nil
	gone := map[*onnxio.Node]bool{}
	for _, n := range nodes {
		if n.OpName() == "BatchNormalization" && len(n.Inputs) == 5 && n.IntOr("training_mode", 0) == 0 && len(n.Outputs) == 1 {
			if conv := convs[n.Inputs[0]]; conv != nil && uses[n.Inputs[0]] == 1 && foldable(types, conv, n) {
				gone[conv] = true
			}
		}
	}
	for _, n := range nodes {
		switch {
		case gone[n]: // written where its normalisation is, when the statistics are there
		case n.OpName() == "BatchNormalization" && convs[n.Inputs[0]] != nil && gone[convs[n.Inputs[0]]]:
			foldInto(b, convs[n.Inputs[0]], n, types)
		default:
			g.Nodes = append(g.Nodes, n)
		}
	}
}

// foldable reports whether all is float32 and the rank of the weights is known.
func foldable(types map[string]*onnxio.Value, conv, norm *onnxio.Node) bool {
	w := types[conv.Inputs[1]]
	if w == nil || len(w.Shape) < 3 {
		return false
	}
	for _, x := range slices.Concat(conv.Inputs, norm.Inputs) {
		if v := types[x]; x != "" && (v == nil || v.Type != onnxio.Float32) {
			return false
		}
	}
	return true
}

func foldInto(b *onnxio.Builder, conv, norm *onnxio.Node, types map[string]*onnxio.Value) {
	scale, bias, mean, variance := norm.Inputs[1], norm.Inputs[2], norm.Inputs[3], norm.Inputs[4]
	deviation := b.Op("Sqrt", []string{b.Op("Add", []string{variance, b.Float(norm.FloatOr("epsilon", 1e-5))})})
	a := b.Op("Div", []string{scale, deviation})
	rank := len(types[conv.Inputs[1]].Shape)
	column := append([]int64{-1}, slices.Repeat([]int64{1}, rank-1)...)
	weight := b.Op("Mul", []string{conv.Inputs[1], b.Op("Reshape", []string{a, b.Int64s(column...)})})
	shift := ""
	if len(conv.Inputs) > 2 && conv.Inputs[2] != "" {
		shift = b.Op("Add", []string{bias, b.Op("Mul", []string{b.Op("Sub", []string{conv.Inputs[2], mean}), a})})
	} else {
		shift = b.Op("Sub", []string{bias, b.Op("Mul", []string{mean, a})})
	}
	types[weight], types[shift] = renamed(types[conv.Inputs[1]], weight), renamed(types[scale], shift)
	n := conv.Clone()
	n.Inputs, n.Outputs = []string{conv.Inputs[0], weight, shift}, slices.Clone(norm.Outputs)
	g := b.Graph()
	g.Nodes = append(g.Nodes, n)
}

func renamed(v *onnxio.Value, name string) *onnxio.Value {
	v = v.Clone()
	v.Name = name
	return v
}
