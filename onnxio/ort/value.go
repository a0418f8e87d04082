//go:build cgo

package ort

import (
	"fmt"
	"runtime"

	"github.com/yalue/onnxruntime_go"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// values are ONNX Runtime's views of our tensors. The library keeps plain
// pointers to the elements, so these are pinned until release.
//
// A tensor that is not aligned as the library's own are is represented by a
// copy that is, which load fills before a run or store empties after it: some
// operators sum in an order that depends on alignment, and results must depend
// on values only.
type values struct {
	pins          runtime.Pinner
	list          []onnxruntime_go.Value
	loads, stores []move
}

// move is a copy from one tensor's memory to another's.
type move struct{ dst, src []byte }

// addInput returns a view of t, of the given shape.
func (v *values) addInput(t *exec.Tensor, shape []int64) (onnxruntime_go.Value, error) {
	if !t.Aligned() {
		given := t
		t = exec.Zeros(t.Type(), t.Shape...)
		v.loads = append(v.loads, move{dst: t.Bytes(), src: given.Bytes()})
	}
	return v.add(t, shape)
}

// addOutput returns a view of t, of the given shape.
func (v *values) addOutput(t *exec.Tensor, shape []int64) (onnxruntime_go.Value, error) {
	if !t.Aligned() {
		given := t
		t = exec.Zeros(t.Type(), t.Shape...)
		v.stores = append(v.stores, move{dst: given.Bytes(), src: t.Bytes()})
	}
	return v.add(t, shape)
}

func (v *values) add(t *exec.Tensor, shape []int64) (onnxruntime_go.Value, error) {
	if mem := t.Bytes(); len(mem) > 0 {
		v.pins.Pin(&mem[0])
	}
	view, err := viewOf(t, shape)
	if err != nil {
		return nil, innermost(err)
	}
	v.list = append(v.list, view)
	return view, nil
}

// load copies inputs to where ONNX Runtime reads them.
func (v *values) load() {
	for _, m := range v.loads {
		copy(m.dst, m.src)
	}
}

// store copies outputs from where ONNX Runtime wrote them.
func (v *values) store() {
	for _, m := range v.stores {
		copy(m.dst, m.src)
	}
}

func (v *values) release() {
	for _, view := range v.list {
		_ = view.Destroy() // always nil
	}
	v.pins.Unpin()
	v.list, v.loads, v.stores = nil, nil, nil
}

func viewOf(t *exec.Tensor, shape []int64) (onnxruntime_go.Value, error) {
	switch d := t.Data.(type) {
	case []float32:
		return onnxruntime_go.NewTensor(shape, d)
	case []float64:
		return onnxruntime_go.NewTensor(shape, d)
	case []int64:
		return onnxruntime_go.NewTensor(shape, d)
	case []int32:
		return onnxruntime_go.NewTensor(shape, d)
	case []uint8:
		return onnxruntime_go.NewTensor(shape, d)
	case []bool:
		return onnxruntime_go.NewTensor(shape, d)
	}
	return nil, fmt.Errorf("%w: elements of type %T", exec.ErrTensor, t.Data)
}

// takeOver turns a value that onnxruntime_go allocated, and copied to Go
// memory, into a tensor. It returns nil for a value that is no tensor.
func takeOver(v onnxruntime_go.Value) (*exec.Tensor, error) {
	defer func() { _ = v.Destroy() }()
	shape := []int64(v.GetShape())
	switch v := v.(type) {
	case *onnxruntime_go.Tensor[float32]:
		return &exec.Tensor{Shape: shape, Data: v.GetData()}, nil
	case *onnxruntime_go.Tensor[float64]:
		return &exec.Tensor{Shape: shape, Data: v.GetData()}, nil
	case *onnxruntime_go.Tensor[int64]:
		return &exec.Tensor{Shape: shape, Data: v.GetData()}, nil
	case *onnxruntime_go.Tensor[int32]:
		return &exec.Tensor{Shape: shape, Data: v.GetData()}, nil
	case *onnxruntime_go.Tensor[uint8]:
		return &exec.Tensor{Shape: shape, Data: v.GetData()}, nil
	case *onnxruntime_go.Tensor[bool]:
		return &exec.Tensor{Shape: shape, Data: v.GetData()}, nil
	case *onnxruntime_go.Sequence, *onnxruntime_go.Map:
		return nil, nil
	}
	return nil, fmt.Errorf("%w: elements of type %v are not supported", exec.ErrTensor, onnxio.DataType(v.DataType()))
}
