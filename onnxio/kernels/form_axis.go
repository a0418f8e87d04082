package kernels

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// moved is where a dimension of an image lies channels last.
func moved(axis int64, rank int) int64 {
	if axis < 0 {
		axis += int64(rank)
	}
	switch axis {
	case 0:
		return 0
	case 1:
		return int64(rank) - 1
	}
	return axis - 1
}

// alongFits: operators that have an axis, which is no special one for them.
func alongFits(r *rewriter, n *onnxio.Node) string {
	for _, x := range alongImages(r, n) {
		if !r.image(x) {
			return noImage
		}
	}
	for _, y := range n.Outputs {
		if !r.image(y) {
			return noImage
		}
	}
	if n.Op != "Concat" && n.Op != "Split" && r.opt.Opset < 13 {
		return "its axis means something else in this version"
	}
	return ""
}

// alongImages are all inputs of a Concat, and else the first.
func alongImages(_ *rewriter, n *onnxio.Node) []string {
	if n.OpName() == "Concat" {
		return n.Inputs
	}
	return n.Inputs[:1]
}

func writeAlong(r *rewriter, _ int, n *onnxio.Node) {
	images := alongImages(r, n)
	inputs := slices.Clone(n.Inputs)
	for i := range inputs {
		if i < len(images) {
			inputs[i] = r.twin(inputs[i])
		} else {
			r.first(inputs[i])
		}
	}
	s, _ := r.shape(n.Inputs[0])
	def := map[string]int64{"Softmax": -1, "LogSoftmax": -1}[n.Op]
	setInt(r.like(n, inputs), "axis", moved(n.IntOr("axis", def), len(s)))
}

// constant is the value of an integer initializer, nil if a value is none.
func (r *rewriter) constant(n *onnxio.Node, i int) []int64 {
	if i >= len(n.Inputs) || n.Inputs[i] == "" {
		return nil
	}
	t := r.Graph().Initializer(n.Inputs[i])
	if t == nil {
		if p, ok := r.producers[n.Inputs[i]]; ok && r.nodes[p].OpName() == "Constant" && r.nodes[p].Attr("value") != nil {
			t = r.nodes[p].Attr("value").Tensor
		}
	}
	if t == nil || len(t.Shape) != 1 {
		return nil
	}
	v, err := t.Int64()
	if err != nil {
		return nil
	}
	return v
}

// axesOf are the axes in input i, by default the first few.
func (r *rewriter) axesOf(n *onnxio.Node, i, count int) []int64 {
	if i >= len(n.Inputs) || n.Inputs[i] == "" {
		axes := make([]int64, count)
		for k := range axes {
			axes[k] = int64(k)
		}
		return axes
	}
	if axes := r.constant(n, i); len(axes) == count {
		return axes
	}
	return nil
}

func sliceFits(r *rewriter, n *onnxio.Node) string {
	starts := r.constant(n, 1)
	if !r.image(n.Inputs[0]) || !r.image(n.Outputs[0]) {
		return noImage
	}
	if len(starts) == 0 || r.axesOf(n, 3, len(starts)) == nil {
		return "its bounds are not known"
	}
	return ""
}

func writeSlice(r *rewriter, _ int, n *onnxio.Node) {
	s, _ := r.shape(n.Inputs[0])
	axes := slices.Clone(r.axesOf(n, 3, len(r.constant(n, 1))))
	for i := range axes {
		axes[i] = moved(axes[i], len(s))
	}
	inputs := []string{r.twin(n.Inputs[0]), r.first(n.Inputs[1]), r.first(n.Inputs[2]), r.Int64s(axes...)}
	if len(n.Inputs) > 4 {
		inputs = append(inputs, r.first(n.Inputs[4]))
	}
	r.like(n, inputs)
}

func padFits(r *rewriter, n *onnxio.Node) string {
	s, _ := r.shape(n.Inputs[0])
	pads := r.constant(n, 1)
	switch {
	case !r.image(n.Inputs[0]) || !r.image(n.Outputs[0]):
		return noImage
	case len(pads) == 0 || r.axesOf(n, 3, len(pads)/2) == nil || len(n.Inputs) < 4 && len(pads) != 2*len(s):
		return "its margins are not known"
	}
	return ""
}

func writePad(r *rewriter, _ int, n *onnxio.Node) {
	s, _ := r.shape(n.Inputs[0])
	rank := len(s)
	pads := r.constant(n, 1)
	count := len(pads) / 2
	all := make([]int64, 2*rank)
	for k, a := range r.axesOf(n, 3, count) {
		to := moved(a, rank)
		all[to], all[rank+int(to)] = pads[k], pads[count+k]
	}
	inputs := []string{r.twin(n.Inputs[0]), r.Int64s(all...)}
	if len(n.Inputs) > 2 && n.Inputs[2] != "" {
		inputs = append(inputs, r.first(n.Inputs[2]))
	}
	r.like(n, inputs)
}

// transposeFits: a Transpose that puts channels last is there already.
func transposeFits(r *rewriter, n *onnxio.Node) string {
	s, _ := r.shape(n.Inputs[0])
	if !r.image(n.Inputs[0]) || !slices.Equal(n.IntsOr("perm", nil), lastPerm(len(s))) {
		return "it orders dimensions otherwise"
	}
	return ""
}

func writeTranspose(r *rewriter, _ int, n *onnxio.Node) {
	r.there[n.Outputs[0]] = true
	r.OpNamed(n.Outputs[0], "Identity", []string{r.twin(n.Inputs[0])})
}
