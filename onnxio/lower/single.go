package lower

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// toSingle turns a model of 16-bit numbers into one of float32, and so a model
// that takes samples of float64 or has matrices of it, as an encoder of token numbers
// may. Others compute sizes in float64, which must not be rounded.
func (l *lowering) toSingle() error {
	w := &conversion{from: map[onnxio.DataType]bool{onnxio.Float16: true, onnxio.BFloat16: true}}
	g := l.model.Graph
	w.from[onnxio.Float64] = slices.ContainsFunc(g.Inputs, func(v *onnxio.Value) bool {
		return v.Type == onnxio.Float64 && g.Initializer(v.Name) == nil
	}) || slices.ContainsFunc(g.Initializers, func(t *onnxio.Tensor) bool { return t.Type == onnxio.Float64 && len(t.Shape) > 1 })
	if err := w.graph(g); err != nil {
		return err
	}
	l.changed = l.changed || w.changed
	return nil
}

type conversion struct {
	from    map[onnxio.DataType]bool
	changed bool
}

func (w *conversion) graph(g *onnxio.Graph) error {
	for _, values := range [][]*onnxio.Value{g.Inputs, g.Outputs, g.Values} {
		for _, v := range values {
			if w.from[v.Type] {
				v.Type, w.changed = onnxio.Float32, true
			}
		}
	}
	for i, t := range g.Initializers {
		single, err := w.tensor(t)
		if err != nil {
			return &onnxio.ValueError{Graph: g.Name, Value: t.Name, Err: err}
		}
		g.Initializers[i] = single
	}
	for i, n := range g.Nodes {
		if err := w.node(n); err != nil {
			return &onnxio.NodeError{Graph: g.Name, Node: n.Name, Op: n.OpName(), Index: i, Err: err}
		}
	}
	return nil
}

// typeAttributes name element types.
var typeAttributes = map[string]string{
	"Bernoulli": "dtype", "Cast": "to", "EyeLike": "dtype", "RandomNormal": "dtype", "RandomNormalLike": "dtype",
	"RandomUniform": "dtype", "RandomUniformLike": "dtype", "LayerNormalization": "stash_type",
	"GroupNormalization": "stash_type", "RMSNormalization": "stash_type", "Attention": "softmax_precision",
}

func (w *conversion) node(n *onnxio.Node) error {
	for _, a := range n.Attrs {
		if a.Name == typeAttributes[n.Op] && w.from[onnxio.DataType(a.Int)] {
			a.Int, w.changed = int64(onnxio.Float32), true
		}
		if a.Tensor != nil {
			single, err := w.tensor(a.Tensor)
			if err != nil {
				return fmt.Errorf("attribute %s: %w", a.Name, err)
			}
			a.Tensor = single
		}
	}
	for _, g := range n.Subgraphs() {
		if err := w.graph(g); err != nil {
			return err
		}
	}
	return nil
}

// tensor returns a tensor of such numbers as float32.
func (w *conversion) tensor(t *onnxio.Tensor) (*onnxio.Tensor, error) {
	if !w.from[t.Type] {
		return t, nil
	}
	w.changed = true
	cast := &onnxio.Node{Op: "Cast", Outputs: []string{"single"}, Attrs: []*onnxio.Attribute{onnxio.IntAttr("to", int64(onnxio.Float32))}}
	single, err := reference.Evaluate(cast, Opset, []*onnxio.Tensor{t})
	if err != nil {
		return nil, err
	}
	single[0].Name = t.Name
	return single[0], nil
}
