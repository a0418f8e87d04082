package lower

import (
	"math"

	"github.com/sharewise/sharewise/onnxio"
)

// Discrete Fourier transforms become products with matrices of cosines and sines,
// which takes longer than a fast transform but has a gradient.

// maxTransform bounds the elements of such a matrix.
const maxTransform = 1 << 22

// A transform takes n numbers to m of their Fourier coefficients.
type transform struct {
	n, m    int64
	inverse bool
}

// matrices are the real and the imaginary parts [n,m] of what every number
// contributes to every coefficient.
func (c *call) matrices(t transform) (re, im string) {
	if t.n < 1 || t.m > maxTransform/t.n {
		keepf("a transform of %d numbers to %d is not written as a matrix", t.n, t.m)
	}
	cosines, sines := make([]float32, t.n*t.m), make([]float32, t.n*t.m)
	sign, scale := -1.0, 1.0
	if t.inverse {
		sign, scale = 1, 1/float64(t.n)
	}
	for i := range t.n {
		for k := range t.m {
			angle := 2 * math.Pi * float64(i*k%t.n) / float64(t.n)
			cosines[i*t.m+k], sines[i*t.m+k] = float32(scale*math.Cos(angle)), float32(scale*sign*math.Sin(angle))
		}
	}
	matrix := func(v []float32) string {
		return c.op("Constant", nil, onnxio.TensorAttr("value", onnxio.NewFloat32("", []int64{t.n, t.m}, v)))
	}
	return matrix(cosines), matrix(sines)
}

// transformed gives the coefficients of numbers that lie along the last
// dimension, as a new last dimension of real and imaginary part. im may be "".
func (c *call) transformed(re, im string, t transform) string {
	a, b := c.matrices(t)
	x, y := c.matMul(re, a), c.matMul(re, b)
	if im != "" {
		x, y = c.sub(x, c.matMul(im, b)), c.add(y, c.matMul(im, a))
	}
	last := []int64{-1}
	return c.concat(-1, c.unsqueeze(x, last...), c.unsqueeze(y, last...))
}

// sizeOr is a constant input of one integer, def where it is left out.
func (c *call) sizeOr(i int, def int64) int64 {
	if !c.has(i) {
		return def
	}
	t := c.constant(i)
	if t == nil {
		keepf("input %d, %q, is not known before the graph runs", i, c.in(i))
	}
	v, err := scalar(t)
	if err != nil {
		keepf("input %d: %v", i, err)
	}
	return v
}

// dft is along any dimension but the last, which holds the real part or both.
func dft(c *call) []string {
	if c.dtype(0) != onnxio.Float32 {
		keepf("elements are %v", c.dtype(0))
	}
	rank := len(c.anyShape(0))
	axis := c.IntOr("axis", 1)
	if c.opset >= 20 {
		axis = c.sizeOr(2, -2)
	}
	if axis < 0 {
		axis += int64(rank)
	}
	if rank < 2 || axis < 0 || axis >= int64(rank)-1 {
		keepf("axis %d of shape %v", axis, c.anyShape(0))
	}
	given, parts := c.size(0, rank, int(axis)), c.size(0, rank, rank-1)
	t := transform{n: c.sizeOr(1, given), inverse: c.IntOr("inverse", 0) != 0}
	t.m = t.n
	if c.IntOr("onesided", 0) != 0 {
		if t.m = t.n/2 + 1; t.inverse {
			keepf("it inverts one side of a spectrum")
		}
	}
	x := c.resizedTo(c.in(0), axis, given, t.n, rank)
	// The numbers along the axis go last.
	perm := make([]int64, 0, rank)
	for i := range int64(rank) - 1 {
		if i != axis {
			perm = append(perm, i)
		}
	}
	perm = append(perm, axis)
	part := func(k int64) string {
		return c.transpose(c.squeeze(c.slice(x, int64(rank)-1, k, k+1), int64(rank)-1), perm...)
	}
	re, im := part(0), ""
	if parts == 2 {
		im = part(1)
	}
	// And back: of the result, the coefficients are last but one.
	back := make([]int64, rank)
	for i, p := range perm {
		back[p] = int64(i)
	}
	back[rank-1] = int64(rank) - 1
	return []string{c.transpose(c.transformed(re, im, t), back...)}
}

// resizedTo cuts a dimension off after n elements, or adds zeros.
func (c *call) resizedTo(x string, axis, given, n int64, rank int) string {
	switch {
	case n < given:
		return c.slice(x, axis, 0, n)
	case n > given:
		pads := make([]int64, 2*rank)
		pads[rank+int(axis)] = n - given
		return c.one("Pad", x, c.b.Int64s(pads...))
	}
	return x
}

// stft transforms frames of a signal [batch, length, 1] or [batch, length], each
// multiplied by a window, to [batch, frames, coefficients, 2].
func stft(c *call) []string {
	if c.dtype(0) != onnxio.Float32 {
		keepf("elements are %v", c.dtype(0))
	}
	rank := len(c.anyShape(0))
	x, length := c.in(0), c.size(0, rank, 1)
	if rank == 3 {
		if c.size(0, 3, 2) != 1 {
			keepf("its signal is complex")
		}
		x = c.squeeze(x, 2)
	}
	step, size := c.sizeOr(1, 0), int64(0)
	if c.has(2) {
		size = c.size(2, 1, 0)
	}
	size = c.sizeOr(3, size)
	if step < 1 || size < 1 || size > length {
		keepf("frames of %d every %d of a signal of %d", size, step, length)
	}
	frames := (length-size)/step + 1
	if frames > maxTransform/size {
		keepf("%d frames of %d are not written down", frames, size)
	}
	places := make([]int64, 0, frames*size)
	for f := range frames {
		for i := range size {
			places = append(places, f*step+i)
		}
	}
	at := c.op("Constant", nil, onnxio.TensorAttr("value", onnxio.NewInt64("", []int64{frames, size}, places)))
	x = c.op("Gather", []string{x, at}, onnxio.IntAttr("axis", 1))
	if c.has(2) {
		x = c.mul(x, c.in(2))
	}
	t := transform{n: size, m: size}
	if c.IntOr("onesided", 1) != 0 {
		t.m = size/2 + 1
	}
	return []string{c.transformed(x, "", t)}
}
