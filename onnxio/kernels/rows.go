package kernels

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// rowNorms replaces LayerNormalizations over the last dimension by kernels.
func rowNorms(b *onnxio.Builder, types map[string]*onnxio.Value) {
	for _, n := range b.Graph().Nodes {
		if !rowNorm(n, types) {
			continue
		}
		for len(n.Outputs) < 3 {
			n.Outputs = append(n.Outputs, "")
		}
		for i, what := range []string{"mean", "inverse"} {
			if n.Outputs[i+1] == "" {
				n.Outputs[i+1] = b.Name(what)
			}
		}
		n.Op, n.Domain = LayerNorm, Domain
		n.Attrs = []*onnxio.Attribute{onnxio.FloatAttr("epsilon", n.FloatOr("epsilon", 1e-5))}
	}
}

// rowNorm reports whether a node normalises float32 rows, the last dimension, with
// a scale and a bias for every element of a row.
func rowNorm(n *onnxio.Node, types map[string]*onnxio.Value) bool {
	if n.OpName() != "LayerNormalization" || len(n.Inputs) != 3 || n.Inputs[2] == "" || n.IntOr("stash_type", 1) != 1 {
		return false
	}
	x := types[n.Inputs[0]]
	if x == nil || x.Type != onnxio.Float32 || len(x.Shape) < 2 {
		return false
	}
	if axis := n.IntOr("axis", -1); axis != -1 && axis != int64(len(x.Shape))-1 {
		return false
	}
	row := x.Shape[len(x.Shape)-1:]
	for _, p := range n.Inputs[1:] {
		if v := types[p]; v == nil || !slices.Equal(v.Shape, row) || !row[0].Known() {
			return false
		}
	}
	return true
}

// Products replaces the matrix products of a whole graph, gradients included,
// that are plain products of two matrices, perhaps with a bias, by kernels, and
// lets these do a Relu that alone follows, and sum up the rows of a transposed first
// factor where that is asked for too: so the gradient of a bias comes with that of
// the weights.
func Products(b *onnxio.Builder, types map[string]*onnxio.Value, form Form, keep []string) {
	if !form.Uses(Matrix) {
		return
	}
	g := b.Graph()
	readers := map[string][]*onnxio.Node{}
	for _, n := range g.Nodes {
		for _, x := range n.Inputs {
			readers[x] = append(readers[x], n)
		}
	}
	gone := map[*onnxio.Node]bool{}
	sums := columnSums(b, types)
	for _, n := range g.Nodes {
		if !plainProduct(n, types) {
			continue
		}
		relu := int64(0)
		if r := readers[n.Outputs[0]]; len(r) == 1 && r[0].OpName() == "Relu" && !slices.Contains(keep, n.Outputs[0]) && g.Output(n.Outputs[0]) == nil {
			relu = 1
			n.Outputs = []string{r[0].Outputs[0]}
			gone[r[0]] = true
		}
		if sum := sums[n.Inputs[0]]; sum != nil && n.IntOr("transA", 0) != 0 && !gone[sum] {
			n.Outputs = append(n.Outputs, sum.Outputs[0])
			gone[sum] = true
		}
		n.Op, n.Domain = Gemm, Domain
		n.Attrs = []*onnxio.Attribute{
			onnxio.IntAttr("transA", n.IntOr("transA", 0)), onnxio.IntAttr("transB", n.IntOr("transB", 0)), onnxio.IntAttr("relu", relu),
		}
	}
	g.Nodes = slices.DeleteFunc(g.Nodes, func(n *onnxio.Node) bool { return gone[n] })
}

// columnSums finds, by the value that they read, nodes that sum up the rows of a
// matrix.
func columnSums(b *onnxio.Builder, types map[string]*onnxio.Value) map[string]*onnxio.Node {
	zero := map[string]bool{}
	g := b.Graph()
	for _, t := range g.Initializers {
		v, err := t.Int64()
		zero[t.Name] = err == nil && len(v) == 1 && v[0] == 0
	}
	sums := map[string]*onnxio.Node{}
	for _, n := range g.Nodes {
		if n.OpName() != "ReduceSum" || n.IntOr("keepdims", 1) != 0 {
			continue
		}
		x := types[n.Inputs[0]]
		if x == nil || x.Type != onnxio.Float32 || len(x.Shape) != 2 {
			continue
		}
		axes := n.IntsOr("axes", nil)
		if len(n.Inputs) == 2 && zero[n.Inputs[1]] || len(axes) == 1 && axes[0] == 0 {
			sums[n.Inputs[0]] = n
		}
	}
	return sums
}

// plainProduct reports whether a node is A'·B' or A'·B' + bias of float32
// matrices, where ' transposes if asked.
func plainProduct(n *onnxio.Node, types map[string]*onnxio.Value) bool {
	if n.OpName() != "Gemm" && n.OpName() != "MatMul" || n.FloatOr("alpha", 1) != 1 {
		return false
	}
	for i, x := range n.Inputs {
		v, rank := types[x], 2
		if i == 2 {
			rank = 1
		}
		if x == "" || v == nil || v.Type != onnxio.Float32 || len(v.Shape) != rank {
			return false
		}
	}
	if len(n.Inputs) == 3 {
		y := types[n.Outputs[0]]
		return n.FloatOr("beta", 1) == 1 && y != nil && len(y.Shape) == 2 && y.Shape[1] == types[n.Inputs[2]].Shape[0]
	}
	return true
}
