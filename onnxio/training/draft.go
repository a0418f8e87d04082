package training

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/lower"
)

const producer = "sharewise"

// irVersion is the format version that came with a version of the standard
// operators, as far back as 8 and no newer than 10, so that any ONNX Runtime
// that knows the operators reads the model.
func irVersion(opset int64) int64 {
	switch {
	case opset >= 21:
		return 10
	case opset >= 19:
		return 9
	}
	return 8
}

// batchSymbol is the name of a batch of any size.
const batchSymbol = "N"

// draft is a model under construction: a builder, and the graph's interface.
// Inputs and outputs are declared before nodes are appended, so that nothing
// else takes their names.
type draft struct {
	*onnxio.Builder
	model     *onnxio.Model
	outputs   []*onnxio.Value
	constants map[string]string // of the trunk: its name for them, and d's
	norms     []normalised
	form      kernels.Form
	exact     bool // gradients are zero where all summands are
}

func newDraft(name string, opsets []onnxio.Opset) *draft {
	m := &onnxio.Model{Opsets: slices.Clone(opsets), Producer: producer, Graph: &onnxio.Graph{Name: name}}
	m.IRVersion = irVersion(m.Opset(""))
	return &draft{Builder: onnxio.NewBuilder(m.Graph), model: m}
}

// opset is the version of the standard operators.
func (d *draft) opset() int64 { return d.model.Opset("") }

// input declares an input and returns its name.
func (d *draft) input(name string, dt onnxio.DataType, shape onnxio.Shape) string {
	g := d.model.Graph
	g.Inputs = append(g.Inputs, &onnxio.Value{Name: d.Name(name), Type: dt, Shape: shape})
	return name
}

// params declares parameters or state as inputs.
func (d *draft) params(params []Param) {
	for _, p := range params {
		d.input(p.Name, onnxio.Float32, onnxio.Static(p.Shape...))
	}
}

// output declares an output, which a node must compute under this name.
func (d *draft) output(name string, dt onnxio.DataType, shape onnxio.Shape) {
	d.outputs = append(d.outputs, &onnxio.Value{Name: d.Name(name), Type: dt, Shape: shape})
}

// finish completes the model, leaves out what nothing uses, of which ONNX
// Runtime would warn, and checks the rest.
func (d *draft) finish() (*onnxio.Model, error) {
	if err := d.products(); err != nil {
		return nil, err
	}
	d.model.Graph.Outputs = d.outputs
	lower.Prune(d.model.Graph, nil)
	if !slices.ContainsFunc(d.model.Graph.Nodes, func(n *onnxio.Node) bool { return n.Domain == kernels.Domain }) {
		d.model.Opsets = slices.DeleteFunc(d.model.Opsets, func(o onnxio.Opset) bool { return o.Domain == kernels.Domain })
	}
	nameNodes(d.model.Graph)
	if err := onnxio.Check(d.model); err != nil {
		return nil, fmt.Errorf("training: %s graph: %w", d.model.Graph.Name, err)
	}
	return d.model, nil
}

// nameNodes takes away names that several nodes have from all but the first:
// ONNX Runtime refuses such models, and the trunk's names are not ours.
func nameNodes(g *onnxio.Graph) {
	seen := map[string]bool{}
	for _, n := range g.Nodes {
		if seen[n.Name] {
			n.Name = ""
		}
		seen[n.Name] = true
	}
}

// declareTrunk declares the inputs that a trunk reads, with a batch of the
// given size and the given running statistics, and brings its constants.
func (d *draft) declareTrunk(t *trunk, batch onnxio.Dim, buffers []Param) {
	for _, in := range t.data {
		d.input(in.name, in.dtype, append(onnxio.Shape{batch}, onnxio.Static(in.sample...)...))
	}
	d.params(t.params)
	d.params(buffers)
	d.constants = map[string]string{}
	for _, c := range t.constants {
		d.constants[c.Name] = d.Initializer(c.Clone())
	}
}

// op is Op, with a name for the output unless it is empty.
func (d *draft) op(out, op string, inputs []string, attrs ...*onnxio.Attribute) string {
	if out == "" {
		return d.Op(op, inputs, attrs...)
	}
	return d.OpNamed(out, op, inputs, attrs...)
}

// floats returns the name of a one-dimensional float32 constant.
func (d *draft) floats(v ...float32) string {
	return d.Initializer(onnxio.NewFloat32("const", []int64{int64(len(v))}, v))
}

// split cuts a value along its first dimension. One part is the value itself.
func (d *draft) split(value string, sizes []int64) []string {
	if len(sizes) == 1 {
		return []string{value}
	}
	return d.Ops("Split", len(sizes), []string{value, d.Int64s(sizes...)}, onnxio.IntAttr("axis", 0))
}

// join concatenates values along a dimension, under the name out unless that
// is empty.
func (d *draft) join(out string, values []string, axis int64) string {
	if len(values) == 1 && out == "" {
		return values[0]
	}
	return d.op(out, "Concat", values, onnxio.IntAttr("axis", axis))
}

// scale multiplies a value by a constant.
func (d *draft) scale(value string, by float32) string {
	return d.Op("Mul", []string{value, d.Float(by)})
}

// sum adds up values of one shape.
func (d *draft) sum(values []string) string {
	if len(values) == 1 {
		return values[0]
	}
	return d.Op("Sum", values)
}

// single casts a tensor of one double to a float32 scalar.
func (d *draft) single(value string) string {
	value = d.Op("Cast", []string{value}, onnxio.IntAttr("to", int64(onnxio.Float32)))
	return d.Op("Squeeze", []string{value, d.Int64s(0)})
}
