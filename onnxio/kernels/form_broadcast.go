package kernels

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// broadcastFits: operands are images, single numbers, or constants and
// parameters of one dimension less than the result.
func broadcastFits(r *rewriter, n *onnxio.Node) string {
	y, _ := r.shape(n.Outputs[0])
	if len(n.Outputs) != 1 || !r.image(n.Outputs[0]) {
		return noImage
	}
	images := false
	for _, x := range n.Inputs {
		s, ok := r.shape(x)
		switch {
		case x == "":
		case !ok || r.types[x].Type != onnxio.Float32:
			return noImage
		case r.image(x) && len(s) == len(y):
			images = true
		case product(s) == 1 && len(s) <= 1:
		case len(s) == len(y)-1 && slices.Min(s) > 0:
		default:
			return "its operands do not broadcast channels last"
		}
	}
	if !images {
		return noImage
	}
	return ""
}

func broadcastImages(r *rewriter, n *onnxio.Node) []string {
	y, _ := r.shape(n.Outputs[0])
	var images []string
	for _, x := range n.Inputs {
		if s, _ := r.shape(x); x != "" && len(s) == len(y) {
			images = append(images, x)
		}
	}
	return images
}

func writeBroadcast(r *rewriter, i int, n *onnxio.Node) {
	if r.fused[i].node != nil {
		r.writeFused(i, n)
		return
	}
	y, _ := r.shape(n.Outputs[0])
	inputs := slices.Clone(n.Inputs)
	for k, x := range inputs {
		s, _ := r.shape(x)
		switch {
		case x == "":
		case len(s) == len(y):
			inputs[k] = r.twin(x)
		case len(s) == len(y)-1:
			inputs[k] = r.channelsBehind(r.first(x), s)
		default:
			r.first(x)
		}
	}
	r.like(n, inputs)
}

// channelsBehind moves the first dimension of what broadcasts to every sample
// of an image to the end.
func (r *rewriter) channelsBehind(x string, s []int64) string {
	if product(s[1:]) == 1 || s[0] == 1 {
		return r.Op("Reshape", []string{x, r.Int64s(append(slices.Clone(s[1:]), s[0])...)})
	}
	var perm []int64
	for i := 1; i < len(s); i++ {
		perm = append(perm, int64(i))
	}
	return r.Op("Transpose", []string{x}, onnxio.IntsAttr("perm", append(perm, 0)...))
}
