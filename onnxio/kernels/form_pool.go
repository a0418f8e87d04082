package kernels

import (
	"math"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// maxTies is the number of places of a window that fit a mask.
const maxTies = 8

func poolFits(r *rewriter, n *onnxio.Node) string {
	switch {
	case !r.opt.uses(Pool):
		return "the pass " + string(Pool) + " is off, or its kernels are not there"
	case len(n.Outputs) > 1 && n.Outputs[1] != "":
		return "its indices are asked for"
	case !r.image(n.Inputs[0]) || !r.image(n.Outputs[0]):
		return noImage
	}
	w, ok := r.window(n, n.IntsOr("kernel_shape", nil))
	x, _ := r.shape(n.Inputs[0])
	if !ok || product(w.kernel) > math.MaxUint8 {
		return "its window is not one that kernels have"
	}
	if w.tiles(x[2:]) && product(w.kernel) > maxTies {
		return "its windows have more places than can share a gradient"
	}
	return ""
}

// poolGain counts against the kernel what channels beyond whole vectors cost: these
// are computed one by one.
func poolGain(r *rewriter, n *onnxio.Node) float64 {
	x, _ := r.shape(n.Inputs[0])
	single := float64(x[1] % lanes * product(x[2:]))
	return r.saved(pooling*(float64(r.perSample(n.Inputs[0]))-single) - singlePooling*single)
}

func writePool(r *rewriter, i int, n *onnxio.Node) {
	if r.fused[i].node != nil {
		r.writeFused(i, n)
		return
	}
	w, _ := r.window(n, n.IntsOr("kernel_shape", nil))
	x, _ := r.shape(n.Inputs[0])
	attrs := append(w.attrs(), onnxio.IntsAttr("kernel", w.kernel...), onnxio.IntAttr("ties", truth(w.tiles(x[2:]))))
	if p, ok := r.producers[n.Inputs[0]]; ok && r.nodes[p].OpName() == "Relu" {
		attrs = append(attrs, onnxio.IntAttr("relu", 1))
	}
	inputs, outputs := []string{r.twin(n.Inputs[0])}, []string{r.name(n.Outputs[0])}
	if r.opt.Gradient {
		outputs = append(outputs, r.Name("index"))
	}
	r.kernel(n.Name, MaxPool, inputs, outputs, attrs...)
}

// halves reports whether a node takes the largest of windows of 2×2 pixels, or of 2 of
// a series, as convolutions do besides.
func (r *rewriter) halves(n *onnxio.Node) bool {
	if n.OpName() != "MaxPool" || len(n.Outputs) > 1 && n.Outputs[1] != "" {
		return false
	}
	w, ok := r.window(n, n.IntsOr("kernel_shape", nil))
	if !ok || slices.Max(w.pads) > 0 {
		return false
	}
	twos := slices.Repeat([]int64{2}, len(w.kernel))
	return slices.Equal(w.kernel, twos) && slices.Equal(w.strides, twos) && slices.Max(w.dilations) == 1
}
