package kernels

import (
	"slices"
	"strings"

	"github.com/sharewise/sharewise/onnxio"
)

// attentions replaces softmax(scale·Q·Kᵀ)·V by one kernel, with the transpositions
// around it, which bring [batch,tokens,heads,size] to [batch,heads,tokens,size] and
// back, and with the Split of queries, keys and values, if there is one. The nodes
// that it consists of stay until the graph is pruned.
func attentions(b *onnxio.Builder, types map[string]*onnxio.Value, keep []string) {
	f := newFinder(b, types)
	for _, name := range keep {
		f.kept[name] = true
	}
	for i := 0; i < len(b.Graph().Nodes); i++ {
		n := b.Graph().Nodes[i]
		if n.OpName() != "Softmax" {
			continue
		}
		if a, ok := f.attention(n); ok {
			last := a.last
			last.Op, last.Domain, last.Inputs = Attention, Domain, a.inputs
			last.Outputs = append(last.Outputs, b.Name("weights"))
			last.Attrs = []*onnxio.Attribute{onnxio.FloatAttr("scale", float32(a.scale))}
		}
	}
}

// attention is what was found: the inputs of the kernel, and the node that it
// replaces.
type attention struct {
	inputs []string
	scale  float64
	last   *onnxio.Node
}

// attention finds what a Softmax of scores is part of.
func (f *finder) attention(softmax *onnxio.Node) (a attention, ok bool) {
	if v := f.types[softmax.Inputs[0]]; v == nil || len(v.Shape) != 4 || v.Type != onnxio.Float32 {
		return a, false
	}
	if axis := softmax.IntOr("axis", -1); axis != -1 && axis != 3 {
		return a, false
	}
	a.scale = 1
	q, k, ok := f.factors(f.scaled(softmax.Inputs[0], &a.scale))
	if !ok {
		return a, false
	}
	q = f.scaled(q, &a.scale)
	k = f.scaled(k, &a.scale)
	if x, ok := f.turned(k, 0, 1, 3, 2); ok {
		k = f.scaled(x, &a.scale)
	} else if x, ok := f.turned(k, 0, 2, 3, 1); ok {
		// Keys went from [batch,tokens,heads,size] to their transpose at once.
		k = byHead + x
	} else {
		return a, false
	}
	mix := f.reader(softmax.Outputs[0], "MatMul")
	if mix == nil || mix.Inputs[0] != softmax.Outputs[0] || mix.Inputs[1] == mix.Inputs[0] {
		return a, false
	}
	if a.last = f.reader(mix.Outputs[0], "Transpose"); a.last == nil || !slices.Equal(a.last.IntsOr("perm", nil), []int64{0, 2, 1, 3}) {
		return a, false
	}
	a.inputs, ok = f.sources([]string{q, k, mix.Inputs[1]})
	return a, ok
}

// factors are those of the product that gives a value which nothing else reads.
func (f *finder) factors(value string) (q, k string, ok bool) {
	n := f.producers[value]
	if n == nil || n.OpName() != "MatMul" || !f.inner(value) {
		return "", "", false
	}
	return n.Inputs[0], n.Inputs[1], true
}

// scaled looks through a product with, or a quotient by, a constant that only what
// comes next reads.
func (f *finder) scaled(value string, scale *float64) string {
	n := f.producers[value]
	if n == nil || !f.inner(value) || len(n.Inputs) != 2 {
		return value
	}
	for i, x := range n.Inputs {
		number, ok := f.numbers[x]
		switch {
		case !ok || number == 0:
		case n.OpName() == "Mul":
			*scale *= number
			return n.Inputs[1-i]
		case n.OpName() == "Div" && i == 1:
			*scale /= number
			return n.Inputs[0]
		}
	}
	return value
}

// turned is what a Transpose reads that gives a value by a permutation, if only one
// node reads that.
func (f *finder) turned(value string, perm ...int64) (string, bool) {
	n := f.producers[value]
	if n == nil || n.OpName() != "Transpose" || !f.inner(value) || !slices.Equal(n.IntsOr("perm", nil), perm) {
		return "", false
	}
	return n.Inputs[0], true
}

// byHead marks a value [batch,tokens,heads,size] as one whose transpose is meant.
const byHead = "\x00"

// inner reports whether one node alone reads a value.
func (f *finder) inner(value string) bool { return len(f.readers[value]) == 1 && !f.kept[value] }

// reader is the node of an operator that alone reads a value.
func (f *finder) reader(value, op string) *onnxio.Node {
	if !f.inner(value) || f.readers[value][0].OpName() != op {
		return nil
	}
	return f.readers[value][0]
}

// sources are the inputs of the kernel for queries, keys and values by heads: the
// values that transpositions bring there, or the one whose transpose is split.
func (f *finder) sources(heads []string) ([]string, bool) {
	if split := f.producers[heads[0]]; split != nil && split.OpName() == "Split" && slices.Equal(split.Outputs, heads) {
		if axis := split.IntOr("axis", 0); axis != 1 && axis != -3 || !f.equalHeads(heads) {
			return nil, false
		}
		joint, ok := f.tokens(split.Inputs[0])
		return []string{joint}, ok
	}
	var inputs []string
	for _, h := range heads {
		x, ok := strings.CutPrefix(h, byHead)
		if !ok {
			if x, ok = f.tokens(h); !ok {
				return nil, false
			}
		}
		inputs = append(inputs, x)
	}
	shapes := f.types[inputs[0]].Shape
	return inputs, slices.Equal(shapes, f.types[inputs[1]].Shape) && slices.Equal(shapes, f.types[inputs[2]].Shape)
}

// tokens is the value [batch,tokens,heads,size] that a value by heads was.
func (f *finder) tokens(value string) (string, bool) {
	n := f.producers[value]
	if n == nil || n.OpName() != "Transpose" || !slices.Equal(n.IntsOr("perm", nil), []int64{0, 2, 1, 3}) {
		return "", false
	}
	v := f.types[n.Inputs[0]]
	return n.Inputs[0], v != nil && v.Type == onnxio.Float32 && len(v.Shape) == 4 && v.Shape[1].Known() && v.Shape[2].Known() && v.Shape[3].Known()
}

// equalHeads reports whether values have one shape.
func (f *finder) equalHeads(values []string) bool {
	first := f.types[values[0]]
	for _, name := range values {
		if v := f.types[name]; v == nil || first == nil || !slices.Equal(v.Shape, first.Shape) {
			return false
		}
	}
	return true
}
