package linearise

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// rowsOfBlock is the number of rows of a projection that are held at a time.
const rowsOfBlock = 1024

// Projection is a matrix P of size rows and d columns of signs by chance, divided by
// √d. It follows from the seed and is never held whole.
type Projection struct {
	size, d int
	seed    uint64
	block   []float32
}

// NewProjection projects vectors of size elements to d.
func NewProjection(size, d int, seed uint64) *Projection {
	return &Projection{size: size, d: d, seed: seed, block: make([]float32, min(size, rowsOfBlock)*d)}
}

// rows fills the block that starts at a row.
func (p *Projection) rows(from int) (to int, rows blas32.General) {
	to = min(from+rowsOfBlock, p.size)
	random := rand.NewPCG(p.seed, uint64(from))
	one := float32(1 / math.Sqrt(float64(p.d)))
	block := p.block[:(to-from)*p.d]
	bits, left := uint64(0), 0
	for k := range block {
		if left == 0 {
			bits, left = random.Uint64(), 64
		}
		block[k] = one
		if bits&1 == 1 {
			block[k] = -one
		}
		bits, left = bits>>1, left-1
	}
	return to, blas32.General{Rows: to - from, Cols: p.d, Stride: p.d, Data: block}
}

// Project adds vᵀP to each row of out for the vectors v, one after the other in
// vectors.
func (p *Projection) Project(vectors []float32, out []float32) {
	n := len(vectors) / p.size
	for from := 0; from < p.size; {
		to, rows := p.rows(from)
		part := blas32.General{Rows: n, Cols: to - from, Stride: p.size, Data: vectors[from:]}
		blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, part, rows, 1, blas32.General{Rows: n, Cols: p.d, Stride: p.d, Data: out})
		from = to
	}
}

// Back adds P·w to v.
func (p *Projection) Back(w []float64, v []float32) {
	narrow := make([]float32, len(w))
	for k, x := range w {
		narrow[k] = float32(x)
	}
	for from := 0; from < p.size; {
		to, rows := p.rows(from)
		blas32.Gemv(blas.NoTrans, 1, rows, blas32.Vector{N: p.d, Inc: 1, Data: narrow}, 1, blas32.Vector{N: to - from, Inc: 1, Data: v[from:to]})
		from = to
	}
}
