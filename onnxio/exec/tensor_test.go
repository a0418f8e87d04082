package exec_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"unsafe"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
)

func TestTypes(t *testing.T) {
	tests := []struct {
		tensor *exec.Tensor
		want   onnxio.DataType
	}{
		{exec.NewTensor([]int64{2}, []float32{1, 2}), onnxio.Float32},
		{exec.NewTensor([]int64{2}, []float64{1, 2}), onnxio.Float64},
		{exec.NewTensor([]int64{2}, []int64{1, 2}), onnxio.Int64},
		{exec.NewTensor([]int64{2}, []int32{1, 2}), onnxio.Int32},
		{exec.NewTensor([]int64{2}, []uint8{1, 2}), onnxio.Uint8},
		{exec.NewTensor([]int64{2}, []bool{true, false}), onnxio.Bool},
	}
	for _, test := range tests {
		for _, tensor := range []*exec.Tensor{test.tensor, test.tensor.Clone(), exec.Zeros(test.want, 1, 2)} {
			if got := tensor.Type(); got != test.want {
				t.Errorf("type of %T is %v, want %v", tensor.Data, got, test.want)
			}
			if got := tensor.Len(); got != 2 {
				t.Errorf("length of %T is %d, want 2", tensor.Data, got)
			}
			if err := tensor.Validate(); err != nil {
				t.Error(err)
			}
			found := 0
			for _, ok := range []bool{
				tensor.Float32() != nil, tensor.Float64() != nil, tensor.Int64() != nil,
				tensor.Int32() != nil, tensor.Uint8() != nil, tensor.Bool() != nil,
			} {
				if ok {
					found++
				}
			}
			if found != 1 {
				t.Errorf("%d accessors return the elements of %T, want 1", found, tensor.Data)
			}
		}
	}
}

func TestValidate(t *testing.T) {
	tests := []struct {
		name   string
		tensor *exec.Tensor
		ok     bool
	}{
		{"scalar", exec.Scalar(float32(1)), true},
		{"scalar of zeros", exec.Zeros(onnxio.Int64), true},
		{"empty", exec.NewTensor([]int64{3, 0}, []float32{}), true},
		{"empty and large", exec.Zeros(onnxio.Float32, math.MaxInt64, 0, math.MaxInt64), true},
		{"nil", nil, false},
		{"no data", &exec.Tensor{Shape: []int64{1}}, false},
		{"too few", exec.NewTensor([]int64{3}, []float32{1, 2}), false},
		{"too many", exec.NewTensor([]int64{}, []float32{1, 2}), false},
		{"negative", exec.NewTensor([]int64{-1, -2}, []float32{1, 2}), false},
		{"overflow", exec.NewTensor([]int64{1 << 32, 1 << 32}, []float32{}), false},
		{"foreign type", &exec.Tensor{Shape: []int64{1}, Data: []string{"a"}}, false},
		{"zeros of strings", exec.Zeros(onnxio.String, 2), false},
		{"zeros of negative size", exec.Zeros(onnxio.Float32, -2), false},
	}
	for _, test := range tests {
		err := test.tensor.Validate()
		if (err == nil) != test.ok {
			t.Errorf("%s: error %v", test.name, err)
		}
		if err != nil && !errors.Is(err, exec.ErrTensor) {
			t.Errorf("%s: error %v does not match ErrTensor", test.name, err)
		}
	}
}

func TestCloneSharesNothing(t *testing.T) {
	a := exec.NewTensor([]int64{2}, []float32{1, 2})
	b := a.Clone()
	b.Float32()[0], b.Shape[0] = 9, 9
	if a.Float32()[0] != 1 || a.Shape[0] != 2 {
		t.Errorf("the original changed with its clone: %v", a)
	}
}

func TestNewTensorAliases(t *testing.T) {
	v := []float32{1, 2}
	a := exec.NewTensor([]int64{2}, v)
	v[0] = 5
	if a.Float32()[0] != 5 {
		t.Error("NewTensor copied its data")
	}
}

func TestZerosAreAligned(t *testing.T) {
	for n := range int64(200) {
		f, b := exec.Zeros(onnxio.Float32, n), exec.Zeros(onnxio.Bool, n)
		for _, p := range []unsafe.Pointer{unsafe.Pointer(unsafe.SliceData(f.Float32())), unsafe.Pointer(unsafe.SliceData(b.Bool()))} {
			if uintptr(p)%exec.Alignment != 0 {
				t.Fatalf("%d elements start at %p", n, p)
			}
		}
		if f.Len() != int(n) || b.Len() != int(n) || cap(f.Float32()) != int(n) {
			t.Fatalf("%d and %d elements, want %d", f.Len(), b.Len(), n)
		}
	}
}

func TestBytes(t *testing.T) {
	v := exec.NewTensor([]int64{2}, []float64{0, 1})
	if b := v.Bytes(); len(b) != 16 {
		t.Errorf("two float64 take %d bytes", len(b))
	}
	v.Bytes()[8+7] ^= 0x80 // the sign, on the little-endian machines that ONNX Runtime runs on
	if v.Float64()[1] != -1 {
		t.Errorf("Bytes copied: %v", v.Float64())
	}
	if b := (&exec.Tensor{}).Bytes(); len(b) != 0 {
		t.Errorf("a tensor without data has %d bytes", len(b))
	}
}

func TestOverlap(t *testing.T) {
	all := make([]float32, 100)
	at := func(from, to int) *exec.Tensor { return exec.NewTensor([]int64{int64(to - from)}, all[from:to]) }
	type tensors = map[string]*exec.Tensor
	tests := []struct {
		name    string
		in, out tensors
		says    string // empty: no overlap
	}{
		{"apart", tensors{"a": at(0, 10)}, tensors{"y": at(10, 20), "z": at(20, 30)}, ""},
		{"inputs together", tensors{"a": at(0, 10), "b": at(5, 15), "c": at(0, 10)}, tensors{"y": at(15, 20)}, ""},
		{"empty between", tensors{"a": at(0, 10), "b": at(5, 5)}, tensors{"y": at(5, 5)}, ""},
		{"the same", tensors{"a": at(0, 10)}, tensors{"y": at(0, 10)}, `input "a" and output "y"`},
		{"one element", tensors{"a": at(9, 19)}, tensors{"y": at(0, 10)}, `output "y" and input "a"`},
		{"inside", tensors{"a": at(0, 50)}, tensors{"y": at(20, 30)}, `input "a" and output "y"`},
		{"outputs", nil, tensors{"y": at(0, 10), "z": at(5, 15)}, `output "y" and output "z"`},
		{"behind a small one", tensors{"a": at(0, 50), "b": at(5, 10)}, tensors{"y": at(40, 60)}, `input "a" and output "y"`},
		{"behind a long input", tensors{"a": at(10, 90)}, tensors{"y": at(5, 11)}, `output "y" and input "a"`},
		{"small input in a long output", tensors{"a": at(40, 41)}, tensors{"y": at(0, 90)}, `output "y" and input "a"`},
	}
	for _, test := range tests {
		err := exec.Overlap(test.in, test.out)
		if test.says == "" {
			if err != nil {
				t.Errorf("%s: error %v", test.name, err)
			}
			continue
		}
		if !errors.Is(err, exec.ErrOverlap) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: error %v, want one that says %s", test.name, err, test.says)
		}
	}
}

func ExampleTensor() {
	x := exec.NewTensor([]int64{2, 3}, []float32{1, 2, 3, 4, 5, 6})
	fmt.Println(x.Type(), x.Shape, x.Len(), x.Float32()[4])
	short := exec.NewTensor([]int64{2, 3}, []float32{1, 2})
	fmt.Println(short.Validate())
	// Output:
	// float32 [2 3] 6 5
	// unsuitable tensor: shape [2 3] needs 6 elements, not 2
}
