package reference

import (
	"encoding/binary"
	"fmt"

	"github.com/sharewise/sharewise/onnxio"
)

// Evaluate computes the outputs of one node from constants; it is an
// [onnxio.Evaluator]. Inputs that the node leaves out are nil. Outputs are
// rounded to their element type.
func Evaluate(n *onnxio.Node, opset int64, inputs []*onnxio.Tensor) ([]*onnxio.Tensor, error) {
	k, ok := lookup(n.Domain, n.Op, opset)
	if !ok {
		return nil, ErrUnsupported
	}
	c := &call{Node: n}
	for _, t := range inputs {
		if t == nil {
			c.in = append(c.in, nil)
			continue
		}
		v, err := fromTensor(t)
		if err != nil {
			return nil, err
		}
		c.in = append(c.in, v)
	}
	values, err := k.run(c)
	if err != nil {
		return nil, err
	}
	outputs := make([]*onnxio.Tensor, len(n.Outputs))
	for i, name := range n.Outputs {
		if name == "" {
			continue
		}
		if i >= len(values) || values[i] == nil {
			return nil, fmt.Errorf("output %d: %w", i, ErrUnsupported)
		}
		if outputs[i], err = values[i].toTensor(name); err != nil {
			return nil, err
		}
	}
	return outputs, nil
}

// toTensor encodes a value as a constant of the model.
func (v *value) toTensor(name string) (*onnxio.Tensor, error) {
	shape := int64Shape(v.shape)
	switch v.dt {
	case onnxio.Float32:
		return onnxio.NewFloat32(name, shape, convert[float32](v.f)), nil
	case onnxio.Float64:
		return onnxio.NewFloat64(name, shape, v.f), nil
	case onnxio.Bool:
		return onnxio.NewBool(name, shape, v.b), nil
	case onnxio.BFloat16, onnxio.Float16, onnxio.Int4, onnxio.Uint4:
		return nil, fmt.Errorf("a constant of type %v: %w", v.dt, ErrUnsupported)
	}
	width := v.dt.Bits() / 8
	t := &onnxio.Tensor{Name: name, Type: v.dt, Shape: shape, Data: make([]byte, width*len(v.i))}
	for i, x := range v.i {
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], uint64(x))
		copy(t.Data[i*width:(i+1)*width], b[:])
	}
	return t, nil
}
