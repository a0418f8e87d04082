package kernels

import (
	"github.com/sharewise/sharewise/onnxio"
)

// normFits: with the statistics of the batch there is a kernel; with stored
// ones, it is a product and a sum.
func normFits(r *rewriter, n *onnxio.Node) string {
	switch {
	case len(n.Inputs) != 5 || !r.image(n.Inputs[0]):
		return noImage
	case n.IntOr("training_mode", 0) == 0:
		if len(n.Outputs) != 1 {
			return "more than its first result is asked for"
		}
		return ""
	case !r.opt.uses(Norm):
		return "the pass " + string(Norm) + " is off, or its kernels are not there"
	case n.FloatOr("momentum", 0.9) != 0:
		return "it mixes its statistics with others"
	}
	return ""
}

func normGain(r *rewriter, n *onnxio.Node) float64 {
	if n.IntOr("training_mode", 0) == 0 {
		return 0
	}
	return r.saved(normalising * float64(r.perSample(n.Inputs[0])))
}

func writeNorm(r *rewriter, i int, n *onnxio.Node) {
	if n.IntOr("training_mode", 0) != 0 {
		r.writeNorm(fusion{node: n}, n.Outputs[0])
		return
	}
	x := r.twin(n.Inputs[0])
	for _, stored := range n.Inputs[1:] {
		r.first(stored)
	}
	deviation := r.Op("Sqrt", []string{r.Op("Add", []string{n.Inputs[4], r.Float(n.FloatOr("epsilon", 1e-5))})})
	a := r.Op("Div", []string{n.Inputs[1], deviation})
	shift := r.Op("Sub", []string{n.Inputs[2], r.Op("Mul", []string{n.Inputs[3], a})})
	r.OpNamed(r.name(n.Outputs[0]), "Add", []string{r.Op("Mul", []string{x, a}), shift})
}

func (r *rewriter) writeNorm(f fusion, output string) {
	n := f.node
	inputs := []string{r.twin(n.Inputs[0]), r.first(n.Inputs[1]), r.first(n.Inputs[2]), ""}
	if f.add != "" {
		inputs[3] = r.twin(f.add)
	}
	outputs := []string{r.name(output)}
	for i, what := range []string{"mean", "variance"} {
		if i+1 < len(n.Outputs) && n.Outputs[i+1] != "" {
			r.there[n.Outputs[i+1]] = true
			outputs = append(outputs, n.Outputs[i+1])
			continue
		}
		outputs = append(outputs, r.Name(what))
	}
	r.kernel(n.Name, BatchNorm, inputs, append(outputs, r.Name("inverse")),
		onnxio.FloatAttr("epsilon", n.FloatOr("epsilon", 1e-5)), onnxio.IntAttr("relu", truth(f.relu)))
}

// writeFused appends a convolution or normalisation with what follows it; n is
// the last node of these.
func (r *rewriter) writeFused(i int, n *onnxio.Node) {
	f := r.fused[i]
	if f.node.OpName() == "Conv" {
		r.writeConv(f, n.Outputs[0])
		return
	}
	r.writeNorm(f, n.Outputs[0])
}
