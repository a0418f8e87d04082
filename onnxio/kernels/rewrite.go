package kernels

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// Options say how a graph is rewritten.
type Options struct {
	Form
	// Keep names the values that must still be there, as they were.
	Keep []string
	// Gradient says that the gradient of the graph will be taken.
	Gradient bool
	// Opset is the version of the standard operators that the model imports.
	Opset int64
}

// Choice says in which form a node is computed, and why.
type Choice struct {
	Node, Op string
	// Kernel says that it is a kernel; else it is a standard operator.
	Kernel bool
	Why    string
}

// Rewrite replaces nodes of b's graph, which has no gradients yet, by kernels
// that compute the same values up to rounding. types are those of its values.
//
// Kernels want channels last, and other operators channels in the second
// dimension. The layout is a property of a value: one that both kinds of nodes
// read is transposed once, elementwise operators, additions, concatenations,
// slices, pads and means over positions take either, and convolutions that
// would not pay for the transpositions around them stay what they are.
//
// The model must import Domain if there are kernels among opt.Form.
func Rewrite(b *onnxio.Builder, types map[string]*onnxio.Value, opt Options) []Choice {
	if opt.uses(Fold) {
		fold(b, types, opt.Keep)
	}
	if opt.uses(Smooth) {
		gelus(b, types)
	}
	if opt.uses(Heads) && opt.Opset >= 13 {
		attentions(b, types, opt.Keep)
	}
	if opt.uses(Rows) {
		rowNorms(b, types)
	}
	r := newRewriter(b, types, opt)
	choices := r.plan()
	if !slices.Contains(r.last, true) {
		return choices
	}
	r.fuse()
	r.write()
	return choices
}

// uses is Uses or forward, as the options say.
func (o *Options) uses(p Pass) bool {
	if o.Gradient {
		return o.Uses(p)
	}
	return o.forward(p)
}

// rewriter is one call of Rewrite.
type rewriter struct {
	*onnxio.Builder
	opt   Options
	types map[string]*onnxio.Value
	nodes []*onnxio.Node // as they were given
	forms []*form        // by node, nil where it cannot be channels last
	gains []float64      // by node, of being a kernel
	last  []bool         // by node: it is computed channels last

	producers map[string]int   // by value, its node
	consumers map[string][]int // by value, the nodes that read it
	kept      map[string]bool

	fused []fusion // by node that ends a fusion
	gone  []bool   // by node: part of the fusion of a later one

	// While nodes are written: which values there are, and under which names
	// those that are there channels last.
	there map[string]bool
	twins map[string]string
}

func newRewriter(b *onnxio.Builder, types map[string]*onnxio.Value, opt Options) *rewriter {
	g := b.Graph()
	r := &rewriter{
		Builder: b, opt: opt, types: types, nodes: slices.Clone(g.Nodes),
		producers: map[string]int{}, consumers: map[string][]int{}, kept: map[string]bool{},
		there: map[string]bool{"": true}, twins: map[string]string{},
	}
	n := len(r.nodes)
	r.forms, r.gains, r.last = make([]*form, n), make([]float64, n), make([]bool, n)
	r.fused, r.gone = make([]fusion, n), make([]bool, n)
	for i, node := range r.nodes {
		for _, x := range node.Inputs {
			if x != "" && !slices.Contains(r.consumers[x], i) {
				r.consumers[x] = append(r.consumers[x], i)
			}
		}
		for _, y := range node.Outputs {
			r.producers[y] = i
		}
	}
	for _, name := range opt.Keep {
		r.kept[name] = true
	}
	for _, v := range g.Outputs {
		r.kept[v.Name] = true
	}
	for _, v := range g.Inputs {
		r.there[v.Name] = true
	}
	for _, t := range g.Initializers {
		r.there[t.Name] = true
	}
	return r
}

// shape is the shape of a value; sizes that are not known are negative.
func (r *rewriter) shape(value string) ([]int64, bool) {
	v := r.types[value]
	if v == nil || v.Shape == nil {
		return nil, false
	}
	dims := make([]int64, len(v.Shape))
	for i, d := range v.Shape {
		dims[i] = -1
		if d.Known() {
			dims[i] = d.Size
		}
	}
	return dims, true
}

// image reports whether a value is float32 [N,C,L] or [N,C,H,W], of which all
// but N is known.
func (r *rewriter) image(value string) bool {
	s, ok := r.shape(value)
	if !ok || len(s) != 3 && len(s) != 4 || r.types[value].Type != onnxio.Float32 {
		return false
	}
	return !slices.ContainsFunc(s[1:], func(d int64) bool { return d < 1 })
}

// perSample is the number of elements of an image in one sample.
func (r *rewriter) perSample(value string) int64 {
	s, _ := r.shape(value)
	return product(s[1:])
}

func product(dims []int64) int64 {
	n := int64(1)
	for _, d := range dims {
		n *= d
	}
	return n
}

// flat reports whether an image has the same order of elements in both layouts,
// so that a view does for a transposition.
func (r *rewriter) flat(value string) bool {
	s, _ := r.shape(value)
	return s[1] == 1 || product(s[2:]) == 1
}

// write replaces the graph's nodes.
func (r *rewriter) write() {
	g := r.Graph()
	g.Nodes = nil
	for i, n := range r.nodes {
		switch {
		case r.gone[i]:
		case r.last[i]:
			r.forms[i].write(r, i, n)
		default:
			for _, x := range n.Inputs {
				r.first(x)
			}
			g.Nodes = append(g.Nodes, n)
			for _, y := range n.Outputs {
				r.there[y] = true
			}
		}
	}
	for _, name := range r.opt.Keep {
		r.first(name)
	}
	for _, v := range g.Outputs {
		r.first(v.Name)
	}
}

// first makes sure that a value is there as it was.
func (r *rewriter) first(value string) string {
	twin, ok := r.twins[value]
	if r.there[value] || !ok {
		return value
	}
	r.there[value] = true
	if r.flat(value) {
		s, _ := r.shape(value)
		return r.OpNamed(value, "Reshape", []string{twin, r.Int64s(append([]int64{0}, s[1:]...)...)})
	}
	s, _ := r.shape(value)
	perm := []int64{0, int64(len(s) - 1)}
	for i := 1; i < len(s)-1; i++ {
		perm = append(perm, int64(i))
	}
	return r.OpNamed(value, "Transpose", []string{twin}, onnxio.IntsAttr("perm", perm...))
}

// lastPerm is the permutation that moves the channels of a value of some rank
// to its end.
func lastPerm(rank int) []int64 {
	perm := []int64{0}
	for i := 2; i < rank; i++ {
		perm = append(perm, int64(i))
	}
	return append(perm, 1)
}

// twin is an image channels last.
func (r *rewriter) twin(value string) string {
	if name, ok := r.twins[value]; ok {
		return name
	}
	s, _ := r.shape(value)
	if r.flat(value) {
		moved := append([]int64{0}, s[2:]...)
		r.twins[value] = r.Op("Reshape", []string{value, r.Int64s(append(moved, s[1])...)})
	} else {
		r.twins[value] = r.Op("Transpose", []string{value}, onnxio.IntsAttr("perm", lastPerm(len(s))...))
	}
	return r.twins[value]
}

// name reserves a name for the twin of a value that a node computes.
func (r *rewriter) name(value string) string {
	r.twins[value] = r.Name(value + "/last")
	return r.twins[value]
}

// add appends a node.
func (r *rewriter) add(n *onnxio.Node) {
	g := r.Graph()
	g.Nodes = append(g.Nodes, n)
}

// kernel appends a node of the library whose outputs have the given names.
func (r *rewriter) kernel(name, op string, inputs, outputs []string, attrs ...*onnxio.Attribute) {
	for len(inputs) > 0 && inputs[len(inputs)-1] == "" {
		inputs = inputs[:len(inputs)-1]
	}
	r.add(&onnxio.Node{Name: name, Op: op, Domain: Domain, Inputs: inputs, Outputs: outputs, Attrs: attrs})
}
