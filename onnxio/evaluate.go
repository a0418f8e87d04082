package onnxio

import "encoding/binary"

// evaluate computes the outputs of a node whose inputs are all known. Results
// that contradict what the rule has found are left alone: the evaluator is
// given the same node.
func (inf *inference) evaluate(c *call) {
	if inf.eval == nil || len(c.node.Inputs) == 0 || costly[c.node.Op] || len(c.node.Subgraphs()) > 0 || inf.function(c.node) != nil {
		return
	}
	inputs, size := make([]*Tensor, len(c.in)), 0
	for i, name := range c.node.Inputs {
		if name == "" {
			continue
		}
		if inputs[i] = c.scope.known(name); inputs[i] == nil {
			return
		}
		size += inputs[i].Len()
	}
	for _, v := range c.out {
		// A large result is cheap to ask for and not to compute.
		n, ok := product(v.Shape).value()
		if v.Shape == nil || !ok || n > maxEvaluated {
			if c.node.Op != "NonZero" {
				return
			}
		}
		if dims, ok := v.Shape.Ints(); ok && !walkable(dims) {
			return
		}
	}
	if size > maxEvaluated || inf.evaluated+size > maxFollowed {
		return
	}
	outputs, err := inf.eval(c.node, c.opset, inputs)
	if err != nil || len(outputs) < len(c.out) {
		return
	}
	for i, t := range outputs[:len(c.out)] {
		if t == nil || c.out[i].Name == "" || disagree(c.out[i], t.Value()) {
			continue
		}
		inf.evaluated += t.Len()
		c.out[i].Type, c.out[i].Shape = t.Type, Static(t.Shape...)
		c.scope.constant(c.out[i].Name, t)
		delete(c.scope.content, c.out[i].Name)
	}
}

// costly lists operators that do more work than their inputs and outputs have
// elements. No shape depends on them.
var costly = map[string]bool{
	"AveragePool": true, "Conv": true, "ConvTranspose": true, "Einsum": true, "GRU": true, "Gemm": true,
	"LRN": true, "LSTM": true, "LpPool": true, "MatMul": true, "MaxPool": true, "RNN": true,
}

// maxEvaluated is the number of elements up to which inputs and outputs of a
// node are evaluated.
const maxEvaluated = 1 << 14

// walkable reports whether few steps go through a shape, dimension by dimension: one without
// elements may still have a huge dimension beside that of 0.
func walkable(dims []int64) bool {
	n := int64(1)
	for _, d := range dims {
		if d > maxEvaluated {
			return false
		}
		if n *= max(1, d); n > maxEvaluated {
			return false
		}
	}
	return true
}

// known returns the tensor that a value is, or nil: a constant, or integers
// that were followed.
func (s *scope) known(name string) *Tensor {
	def := s.find(name)
	if def == nil {
		return nil
	}
	if t := def.tensors[name]; t != nil {
		if t.check() != nil || !walkable(t.Shape) {
			return nil
		}
		return t
	}
	v, elems := def.values[name], def.content[name]
	dims, ok := v.Shape.Ints()
	if !ok || elems == nil || elements(dims) != int64(len(elems)) || !v.Type.IsInteger() && v.Type != Bool || v.Type.Bits() < 8 {
		return nil
	}
	width := v.Type.Bits() / 8
	t := &Tensor{Name: name, Type: v.Type, Shape: dims, Data: make([]byte, width*len(elems))}
	for i, e := range elems {
		x, ok := e.value()
		if !ok {
			return nil
		}
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], uint64(x))
		copy(t.Data[i*width:(i+1)*width], b[:])
	}
	return t
}
