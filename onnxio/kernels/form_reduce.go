package kernels

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// reduce appends a reduction over axes that lie between batch and channels.
func (r *rewriter) reduce(op, output, x string, axes []int64, keep bool) {
	inputs := []string{x}
	attrs := []*onnxio.Attribute{onnxio.IntAttr("keepdims", truth(keep))}
	since := int64(18)
	if op == "ReduceSum" {
		since = 13
	}
	if r.opt.Opset >= since {
		inputs = append(inputs, r.Int64s(axes...))
	} else {
		attrs = append(attrs, onnxio.IntsAttr("axes", axes...))
	}
	r.OpNamed(output, op, inputs, attrs...)
}

func writeGlobal(op string) func(r *rewriter, i int, n *onnxio.Node) {
	return func(r *rewriter, _ int, n *onnxio.Node) {
		s, _ := r.shape(n.Inputs[0])
		x := r.twin(n.Inputs[0])
		positions := []int64{1, 2}[:len(s)-2]
		r.reduce(op, r.name(n.Outputs[0]), x, positions, true)
	}
}

// reducedAxes are the axes that a reduction folds, sorted, counted from 0.
func (r *rewriter) reducedAxes(n *onnxio.Node, rank int) []int64 {
	axes := slices.Clone(n.IntsOr("axes", nil))
	if len(axes) == 0 {
		axes = slices.Clone(r.constant(n, 1))
	}
	for i := range axes {
		if axes[i] < 0 {
			axes[i] += int64(rank)
		}
	}
	slices.Sort(axes)
	return axes
}

// reduceFits: over positions only, and over all unless dimensions are kept.
func reduceFits(r *rewriter, n *onnxio.Node) string {
	if !r.image(n.Inputs[0]) {
		return noImage
	}
	s, _ := r.shape(n.Inputs[0])
	axes := r.reducedAxes(n, len(s))
	keep := n.IntOr("keepdims", 1) != 0
	if len(axes) == 0 || axes[0] < 2 || !keep && len(axes) != len(s)-2 || keep && !r.image(n.Outputs[0]) {
		return "it does not fold positions alone"
	}
	return ""
}

func writeReduce(r *rewriter, _ int, n *onnxio.Node) {
	s, _ := r.shape(n.Inputs[0])
	axes := r.reducedAxes(n, len(s))
	for i := range axes {
		axes[i]--
	}
	keep := n.IntOr("keepdims", 1) != 0
	x, output := r.twin(n.Inputs[0]), n.Outputs[0]
	if keep {
		output = r.name(output)
	} else {
		r.there[output] = true
	}
	r.reduce(n.Op, output, x, axes, keep)
}
