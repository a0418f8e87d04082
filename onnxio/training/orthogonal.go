package training

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// drawOrthogonal draws a matrix of shape[0] rows with orthonormal rows, or
// columns where these are fewer, uniformly among all of these, and multiplies
// it with gain. It is Q of the QR decomposition of normal numbers with the signs
// that make the diagonal of R positive (Mezzadri: How to generate random
// matrices from the classical compact groups, Notices of the AMS 54, 2007).
func drawOrthogonal(rng *rand.Rand, shape []int64, gain float64) []float32 {
	n, rows := int(size(shape)), 1
	if n == 0 {
		return nil
	}
	if len(shape) > 0 {
		rows = int(shape[0])
	}
	cols := n / rows
	long, short := max(rows, cols), min(rows, cols)
	q := blas64.General{Rows: long, Cols: short, Stride: short, Data: make([]float64, long*short)}
	for i := range q.Data {
		q.Data[i] = rng.NormFloat64()
	}
	tau, work := make([]float64, short), make([]float64, 1)
	lapack64.Geqrf(q, tau, work, -1)
	work = make([]float64, int(work[0]))
	lapack64.Geqrf(q, tau, work, len(work))
	scale := make([]float64, short)
	for i := range scale {
		scale[i] = gain
		if q.Data[i*q.Stride+i] < 0 {
			scale[i] = -gain
		}
	}
	lapack64.Orgqr(q, tau, work, -1)
	work = make([]float64, int(work[0]))
	lapack64.Orgqr(q, tau, work, len(work))
	v := make([]float32, rows*cols)
	for i := range long {
		for j := range short {
			at := i*short + j
			if rows < cols {
				at = j*long + i
			}
			v[at] = float32(scale[j] * q.Data[i*q.Stride+j])
		}
	}
	return v
}
