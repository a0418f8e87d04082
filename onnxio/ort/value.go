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
type values struct {
	pins runtime.Pinner
	list []onnxruntime_go.Value
}

// add returns a view of t with the given shape.
func (v *values) add(t *exec.Tensor, shape []int64) (onnxruntime_go.Value, error) {
	if p, size := memory(t); size > 0 {
		v.pins.Pin(p)
	}
	view, err := viewOf(t, shape)
	if err != nil {
		return nil, innermost(err)
	}
	v.list = append(v.list, view)
	return view, nil
}

func (v *values) release() {
	for _, view := range v.list {
		view.Destroy()
	}
	v.list = nil
	v.pins.Unpin()
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
	defer v.Destroy()
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
