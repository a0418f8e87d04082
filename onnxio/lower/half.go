package lower

import (
	"fmt"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// isHalf reports whether a type is one of 16 bits that a model is converted
// from.
func isHalf(dt onnxio.DataType) bool { return dt == onnxio.Float16 || dt == onnxio.BFloat16 }

// widen turns a half-precision model into one of float32.
func (l *lowering) widen() error {
	w := &widening{}
	if err := w.graph(l.model.Graph); err != nil {
		return err
	}
	l.changed = l.changed || w.changed
	return nil
}

type widening struct{ changed bool }

func (w *widening) graph(g *onnxio.Graph) error {
	for _, values := range [][]*onnxio.Value{g.Inputs, g.Outputs, g.Values} {
		for _, v := range values {
			if isHalf(v.Type) {
				v.Type, w.changed = onnxio.Float32, true
			}
		}
	}
	for i, t := range g.Initializers {
		wide, err := w.tensor(t)
		if err != nil {
			return &onnxio.ValueError{Graph: g.Name, Value: t.Name, Err: err}
		}
		g.Initializers[i] = wide
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

func (w *widening) node(n *onnxio.Node) error {
	for _, a := range n.Attrs {
		if a.Name == typeAttributes[n.Op] && isHalf(onnxio.DataType(a.Int)) {
			a.Int, w.changed = int64(onnxio.Float32), true
		}
		if a.Tensor != nil {
			wide, err := w.tensor(a.Tensor)
			if err != nil {
				return fmt.Errorf("attribute %s: %w", a.Name, err)
			}
			a.Tensor = wide
		}
	}
	for _, g := range subgraphs(n) {
		if err := w.graph(g); err != nil {
			return err
		}
	}
	return nil
}

// tensor returns a tensor of 16-bit numbers as float32.
func (w *widening) tensor(t *onnxio.Tensor) (*onnxio.Tensor, error) {
	if !isHalf(t.Type) {
		return t, nil
	}
	w.changed = true
	cast := &onnxio.Node{Op: "Cast", Outputs: []string{"wide"}, Attrs: []*onnxio.Attribute{onnxio.IntAttr("to", int64(onnxio.Float32))}}
	wide, err := reference.Evaluate(cast, Opset, []*onnxio.Tensor{t})
	if err != nil {
		return nil, err
	}
	wide[0].Name = t.Name
	return wide[0], nil
}
