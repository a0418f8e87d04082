package exec

import "unsafe"

// Alignment is the alignment, in bytes, that ONNX Runtime gives its own
// tensors. The order in which it sums depends on it, and so do the last bits of
// a sum. Its backend copies tensors that are not aligned; those of Zeros it
// need not copy.
const Alignment = 64

func alignedZeros[T Element](n int) []T {
	var zero T
	size := unsafe.Sizeof(zero)
	buf := make([]T, n+int(Alignment/size)-1)
	start := uintptr(unsafe.Pointer(unsafe.SliceData(buf)))
	skip := int((Alignment - start%Alignment) % Alignment / size)
	return buf[skip : skip+n : skip+n]
}

// Aligned reports whether t's elements start at a multiple of Alignment bytes.
func (t *Tensor) Aligned() bool {
	b := t.Bytes()
	return len(b) == 0 || uintptr(unsafe.Pointer(&b[0]))%Alignment == 0
}

// Bytes returns the elements, which are not copied, as the bytes that they are
// in memory.
func (t *Tensor) Bytes() []byte {
	switch d := t.Data.(type) {
	case []float32:
		return bytesOf(d)
	case []float64:
		return bytesOf(d)
	case []int64:
		return bytesOf(d)
	case []int32:
		return bytesOf(d)
	case []uint8:
		return d
	case []bool:
		return bytesOf(d)
	}
	return nil
}

func bytesOf[T Element](d []T) []byte {
	var zero T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(d))), len(d)*int(unsafe.Sizeof(zero)))
}
