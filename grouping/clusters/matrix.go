package clusters

import (
	"fmt"
	"math"
	"slices"
)

// Matrix is a symmetric matrix of similarities. The diagonal is not used.
type Matrix [][]float64

// newMatrix is a matrix of zeros.
func newMatrix(n int) Matrix {
	m := make(Matrix, n)
	cells := make([]float64, n*n)
	for i := range m {
		m[i] = cells[i*n : (i+1)*n]
	}
	return m
}

// Symmetrise returns A(i,j) = ½(M(i,j) + M(j,i)) for i ≠ j and 0 on the diagonal,
// NaN where either is no finite number; and the asymmetry of the matrix: the
// share of its entries' sum of squares, around their mean, that the symmetric
// part lacks, 0 for a symmetric matrix and NaN where all are equal.
func Symmetrise(m [][]float64) (a Matrix, asymmetry float64, err error) {
	n := len(m)
	for i, row := range m {
		if len(row) != n {
			return nil, 0, fmt.Errorf("clusters: %w: row %d has %d entries, and there are %d rows", ErrShape, i, len(row), n)
		}
	}
	a = newMatrix(n)
	pairs, sum := 0, 0.0
	for i := range n {
		for j := range i {
			x := (m[i][j] + m[j][i]) / 2
			if !finite(x) {
				x = math.NaN()
			} else {
				pairs, sum = pairs+1, sum+x
			}
			a[i][j], a[j][i] = x, x
		}
	}
	lost, all, mean := 0.0, 0.0, sum/float64(pairs)
	for i := range n {
		for j := range i {
			if finite(a[i][j]) {
				d := (m[i][j] - m[j][i]) / 2
				lost += d * d
				all += d*d + (a[i][j]-mean)*(a[i][j]-mean)
			}
		}
	}
	return a, lost / all, nil
}

// known lists the entries of the pairs that are known, and counts the others.
func (a Matrix) known() (entries []float64, missing int) {
	for i := range a {
		for j := range i {
			if finite(a[i][j]) {
				entries = append(entries, a[i][j])
			} else {
				missing++
			}
		}
	}
	return entries, missing
}

// filled puts the mean of the known entries in the place of the others.
func (a Matrix) filled() Matrix {
	entries, missing := a.known()
	if missing == 0 {
		return a
	}
	mean, _ := meanVariance(entries)
	out := newMatrix(len(a))
	for i := range a {
		for j := range a {
			switch {
			case i == j:
			case finite(a[i][j]):
				out[i][j] = a[i][j]
			default:
				out[i][j] = mean
			}
		}
	}
	return out
}

// Distances are D(i,j) = min(max A - A(i,j), 2·median), with the median that of
// max A - A over the pairs, 0 on the diagonal. What lies farther off is far enough:
// a domain that harms all others by much would otherwise hide all other clusters.
func (a Matrix) Distances() Matrix {
	entries, _ := a.known()
	largest := slices.Max(entries)
	for i, x := range entries {
		entries[i] = largest - x
	}
	slices.Sort(entries)
	most := 2 * entries[len(entries)/2]
	if most == 0 {
		most = math.Inf(1)
	}
	d := newMatrix(len(a))
	for i := range a {
		for j := range a {
			if i != j {
				d[i][j] = min(largest-a[i][j], most)
			}
		}
	}
	return d
}

func meanVariance(x []float64) (mean, variance float64) {
	for _, v := range x {
		mean += v
	}
	mean /= float64(len(x))
	for _, v := range x {
		variance += (v - mean) * (v - mean)
	}
	return mean, variance / float64(len(x))
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
