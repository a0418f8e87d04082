package lower

import (
	"math"

	"github.com/sharewise/sharewise/onnxio"
)

// matMulNBits multiplies by weights of 2, 4 or 8 bits, quantized block by block
// along the inner dimension, K, for each of N columns. They become an
// initializer [N,K].
func matMulNBits(c *call) []string {
	if c.has(4) {
		keepf("its blocks are reordered by g_idx, which is not supported; quantize the model without act_order")
	}
	w := &nbits{c: c, k: c.IntOr("K", 0), n: c.IntOr("N", 0), bits: c.IntOr("bits", 4), block: c.IntOr("block_size", 0)}
	w.read()
	name := c.b.Name(c.in(1) + "_dequantized")
	g := c.b.Graph()
	g.Initializers = append(g.Initializers, onnxio.NewFloat32(name, []int64{w.n, w.k}, w.weights()))
	return []string{c.addIf(c.matMul(c.in(0), c.transpose(name, 1, 0)), c.optional(5))}
}

// nbits are weights in packed integers.
type nbits struct {
	c                    *call
	k, n, bits, block    int64
	blocks               int64 // of a column
	data, zeros          []byte
	scales, floatingZero []float32
}

func (w *nbits) read() {
	if w.bits != 2 && w.bits != 4 && w.bits != 8 || w.block < 16 || w.block > 1<<20 || w.k < 1 || w.n < 1 || w.k > math.MaxInt32 || w.n > math.MaxInt32/w.k {
		keepf("%d bits in blocks of %d for %d times %d weights", w.bits, w.block, w.k, w.n)
	}
	w.blocks = (w.k + w.block - 1) / w.block
	data, scales := w.c.constant(1), w.c.constant(2)
	if data == nil || scales == nil {
		keepf("its weights %q or their scales %q are not constants", w.c.in(1), w.c.in(2))
	}
	var err error
	if w.scales, err = scales.Float32(); err != nil || data.Type != onnxio.Uint8 {
		keepf("its weights are %v and their scales %v, need %v and %v", data.Type, scales.Type, onnxio.Uint8, onnxio.Float32)
	}
	w.data = data.Data
	if int64(len(w.data)) != w.n*w.blocks*w.block*w.bits/8 || int64(len(w.scales)) != w.n*w.blocks {
		keepf("%d bytes of weights and %d scales for %d columns of %d blocks", len(w.data), len(w.scales), w.n, w.blocks)
	}
	if !w.c.has(3) {
		return
	}
	zeros := w.c.constant(3)
	switch {
	case zeros == nil:
		keepf("its zero points %q are not constants", w.c.in(3))
	case zeros.Type == onnxio.Uint8 && int64(len(zeros.Data)) == w.n*((w.blocks*w.bits+7)/8):
		w.zeros = zeros.Data
	case zeros.Type == onnxio.Float32 && int64(zeros.Len()) == w.n*w.blocks:
		if w.floatingZero, err = zeros.Float32(); err != nil {
			keepf("its zero points: %v", err)
		}
	default:
		keepf("its zero points are %v%v", zeros.Type, zeros.Shape)
	}
}

// at is number i of a row of packed numbers, the lowest bits first.
func (w *nbits) at(row []byte, i int64) float32 {
	return float32(row[i*w.bits/8] >> (i * w.bits % 8) & byte(1<<w.bits-1))
}

func (w *nbits) weights() []float32 {
	values := make([]float32, w.n*w.k)
	perBlock, zeroRow := w.block*w.bits/8, (w.blocks*w.bits+7)/8
	for j := range w.n {
		for b := range w.blocks {
			at := j*w.blocks + b
			zero := float32(int64(1) << (w.bits - 1))
			switch {
			case w.zeros != nil:
				zero = w.at(w.zeros[j*zeroRow:], b)
			case w.floatingZero != nil:
				zero = w.floatingZero[at]
			}
			row := w.data[at*perBlock:]
			for i := range min(w.block, w.k-b*w.block) {
				values[j*w.k+b*w.block+i] = (w.at(row, i) - zero) * w.scales[at]
			}
		}
	}
	return values
}
