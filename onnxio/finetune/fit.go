package finetune

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/rebatch"
)

// Fit returns m with a data input [N, sample...] of any batch, and says what
// nodes at the input do to samples, "" if nothing. Sizes that the model leaves
// open become those of the sample. m itself is returned where it fits as it is.
//
// A model of other sizes takes the samples in these cases: it has the batch as
// second dimension and else the same sizes, it has them with channels last, sizes
// of 1 apart it has the same, or it takes vectors of as many elements. Errors
// match ErrInput, or ErrInputs.
func Fit(m *onnxio.Model, sample []int64) (fitted *onnxio.Model, done string, err error) {
	data := dataInputs(m)
	if len(data) != 1 {
		names := make([]string, len(data))
		for i, v := range data {
			names[i] = v.Name
		}
		return nil, "", fmt.Errorf("finetune: %w: it has %d data inputs %q, and samples are one tensor; give each other one a number (model.set)", ErrInputs, len(data), names)
	}
	x := data[0]
	if len(x.Shape) < 1 {
		return nil, "", fmt.Errorf("finetune: %w: input %q has shape %v, which leaves open how many dimensions a sample has; export the model with a known rank", ErrInput, x.Name, x.Shape)
	}
	declared := x.Shape[1:]
	if sizes, ok := declared.Ints(); ok && slices.Equal(sizes, sample) {
		return m, "", nil
	}
	if without := slices.Delete(slices.Clone(x.Shape), min(1, len(x.Shape)-1), min(2, len(x.Shape))); x.Shape[0].Known() && agrees(without, sample) {
		if fitted, err = rebatch.Second(m, []string{x.Name}); err == nil {
			return fitted, fmt.Sprintf("samples of shape %v are put in the second dimension of %v", sample, x.Shape), nil
		}
	}
	fitted = m.Clone()
	x = fitted.Graph.Input(x.Name)
	declare := func() {
		x.Shape = append(onnxio.Shape{x.Shape[0]}, onnxio.Static(sample...)...)
		// Declared types of other values may hold what was left open.
		fitted.Graph.Values = nil
	}
	if agrees(declared, sample) {
		declare()
		return fitted, "", nil
	}
	want := filled(declared, sample)
	switch {
	case want != nil && slices.Equal(want, channelsLast(sample)):
		declare()
		insert(fitted.Graph, x.Name, &onnxio.Node{Op: "Transpose", Attrs: []*onnxio.Attribute{onnxio.IntsAttr("perm", toLast(len(sample))...)}})
		return fitted, fmt.Sprintf("samples of shape %v are turned to channels last, %v", sample, want), nil
	case want != nil && (slices.Equal(bare(want), bare(sample)) || len(bare(want)) <= 1 && product(want) == product(sample)):
		declare()
		b := onnxio.NewBuilder(fitted.Graph)
		shape := b.Int64s(append([]int64{0}, want...)...)
		insert(fitted.Graph, x.Name, &onnxio.Node{Op: "Reshape", Inputs: []string{shape}})
		return fitted, fmt.Sprintf("samples of shape %v are reshaped to %v", sample, want), nil
	}
	return nil, "", fmt.Errorf("finetune: %w: input %q takes samples of shape %v, the data has %v; set the input's shape in the study, or export the model for this one", ErrInput, x.Name, declared, sample)
}

// agrees reports whether a declared shape admits sizes.
func agrees(s onnxio.Shape, sizes []int64) bool {
	if len(s) != len(sizes) {
		return false
	}
	for i, d := range s {
		if d.Known() && d.Size != sizes[i] {
			return false
		}
	}
	return true
}

// filled is a declared shape with open sizes taken from the sample, channels
// last; nil if they cannot be.
func filled(s onnxio.Shape, sample []int64) []int64 {
	if sizes, ok := s.Ints(); ok {
		return sizes
	}
	if last := channelsLast(sample); agrees(s, last) {
		return last
	}
	if len(s) == 1 {
		return []int64{product(sample)}
	}
	return nil
}

// channelsLast moves the first of three sizes to the end; of others nil.
func channelsLast(sample []int64) []int64 {
	if len(sample) < 2 || len(sample) > 3 {
		return nil
	}
	return append(slices.Clone(sample[1:]), sample[0])
}

// toLast is the permutation of a batch of such samples.
func toLast(rank int) []int64 {
	perm := []int64{0}
	for i := range rank - 1 {
		perm = append(perm, int64(i+2))
	}
	return append(perm, 1)
}

// bare leaves out sizes of 1.
func bare(sizes []int64) []int64 {
	return slices.DeleteFunc(slices.Clone(sizes), func(s int64) bool { return s == 1 })
}

// insert puts a node behind an input: everything that read the input reads the
// node.
func insert(g *onnxio.Graph, input string, n *onnxio.Node) {
	b := onnxio.NewBuilder(g)
	y := b.Name(input + "/fitted")
	for _, other := range g.Nodes {
		for i, x := range other.Inputs {
			if x == input {
				other.Inputs[i] = y
			}
		}
	}
	n.Name, n.Inputs, n.Outputs = y, append([]string{input}, n.Inputs...), []string{y}
	g.Nodes = slices.Insert(g.Nodes, 0, n)
}
