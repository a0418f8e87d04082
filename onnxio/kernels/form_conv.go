package kernels

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// window is the geometry of a convolution or pooling, without auto_pad and
// ceil_mode.
type window struct{ kernel, strides, dilations, pads []int64 }

func (r *rewriter) window(n *onnxio.Node, kernel []int64) (*window, bool) {
	x, _ := r.shape(n.Inputs[0])
	y, ok := r.shape(n.Outputs[0])
	d := len(x) - 2
	if !ok || len(kernel) != d || len(y) != len(x) {
		return nil, false
	}
	ones := slices.Repeat([]int64{1}, d)
	w := &window{kernel: kernel, strides: n.IntsOr("strides", ones), dilations: n.IntsOr("dilations", ones)}
	w.pads = slices.Clone(n.IntsOr("pads", make([]int64, 2*d)))
	if len(w.strides) != d || len(w.dilations) != d || len(w.pads) != 2*d {
		return nil, false
	}
	for i := range d {
		extent := (kernel[i]-1)*w.dilations[i] + 1
		covered := (y[i+2]-1)*w.strides[i] + extent
		switch auto := n.StringOr("auto_pad", "NOTSET"); auto {
		case "NOTSET", "":
		case "SAME_UPPER", "SAME_LOWER":
			total := max(covered-x[i+2], 0)
			w.pads[i], w.pads[d+i] = total/2, total-total/2
			if auto == "SAME_LOWER" {
				w.pads[i], w.pads[d+i] = w.pads[d+i], w.pads[i]
			}
		default:
			w.pads[i], w.pads[d+i] = 0, 0
		}
		// A window that hangs over the end, of ceil_mode, is one with padding.
		w.pads[d+i] = max(w.pads[d+i], covered-x[i+2]-w.pads[i])
		if w.pads[i] < 0 || w.pads[d+i] < 0 || (x[i+2]+w.pads[i]+w.pads[d+i]-extent)/w.strides[i]+1 != y[i+2] {
			return nil, false
		}
	}
	return w, true
}

func (w *window) attrs() []*onnxio.Attribute {
	return []*onnxio.Attribute{
		onnxio.IntsAttr("strides", w.strides...), onnxio.IntsAttr("pads", w.pads...), onnxio.IntsAttr("dilations", w.dilations...),
	}
}

// tiles reports whether windows cover an input of the given sizes exactly, each
// element once.
func (w *window) tiles(in []int64) bool {
	for i, k := range w.kernel {
		if w.strides[i] != k || w.dilations[i] != 1 || in[i]%k != 0 || w.pads[i] != 0 || w.pads[len(in)+i] != 0 {
			return false
		}
	}
	return true
}

func convFits(r *rewriter, n *onnxio.Node) string {
	w, ok := r.shape(n.Inputs[1])
	switch {
	case !r.opt.uses(Layout):
		return "the pass " + string(Layout) + " is off, or its kernels are not there"
	case !r.image(n.Inputs[0]) || !r.image(n.Outputs[0]) || !ok || slices.Min(w) < 1:
		return noImage
	}
	if _, ok := r.window(n, w[2:]); !ok {
		return "its window is not one that kernels have"
	}
	return ""
}

func convGain(r *rewriter, n *onnxio.Node) float64 {
	w, _ := r.shape(n.Inputs[1])
	x, _ := r.shape(n.Inputs[0])
	y, _ := r.shape(n.Outputs[0])
	window, _ := r.window(n, w[2:])
	return r.saved(convolution{
		in: x[1], out: y[1], group: n.IntOr("group", 1), taps: product(w[2:]), before: product(x[2:]), after: product(y[2:]),
		strided:  slices.Max(window.strides) > 1,
		winograd: r.opt.uses(Tiles) && len(x) == 4 && slices.Equal(window.kernel, []int64{3, 3}) && slices.Max(window.strides) == 1 && slices.Max(window.dilations) == 1,
	}.saving())
}

func writeConv(r *rewriter, i int, n *onnxio.Node) { r.writeConv(fusion{node: n}, n.Outputs[0]) }

func (r *rewriter) writeConv(f fusion, output string) {
	n := f.node
	shape, _ := r.shape(n.Inputs[1])
	w, _ := r.window(n, shape[2:])
	inputs := []string{r.twin(n.Inputs[0]), r.first(n.Inputs[1]), "", ""}
	if len(n.Inputs) > 2 {
		inputs[2] = r.first(n.Inputs[2])
	}
	if f.add != "" {
		inputs[3] = r.twin(f.add)
	}
	attrs := append(w.attrs(), onnxio.IntAttr("group", n.IntOr("group", 1)), onnxio.IntAttr("relu", truth(f.relu)))
	if f.pool {
		attrs = append(attrs, onnxio.IntAttr("pool", 1))
	}
	if !r.opt.uses(Tiles) {
		attrs = append(attrs, onnxio.IntAttr("direct", 1))
	}
	r.kernel(n.Name, Conv, inputs, []string{r.name(output)}, attrs...)
}
