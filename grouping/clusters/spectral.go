package clusters

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Spectrum is the spectral view of a matrix.
type Spectrum struct {
	// Values are the eigenvalues of the normalised Laplacian, ascending.
	Values  []float64
	vectors [][]float64 // a row by domain, normalised by the root of its degree
}

// Spectral takes the eigenvectors of the normalised Laplacian I - D^(-½)·W·D^(-½)
// (Shi and Malik 2000) of weights that are not negative:
//
//	W(i,j) = exp((A(i,j) - max A)/s)
//
// with s the median absolute deviation of the entries from their median times
// 1.4826, and at least a quarter of their standard deviation. A shift of A changes
// nothing then, and one domain with large negative entries little.
func Spectral(a Matrix) (*Spectrum, error) {
	a = a.filled()
	n := len(a)
	if n < 2 {
		return nil, fmt.Errorf("clusters: spectral: %w: %d domains", ErrFew, n)
	}
	entries, _ := a.known()
	scale, top := spread(entries), slices.Max(entries)
	w, degree := newMatrix(n), make([]float64, n)
	for i := range n {
		for j := range n {
			if i == j {
				continue
			}
			w[i][j] = 1
			if scale > 0 {
				w[i][j] = max(math.Exp((a[i][j]-top)/scale), leastWeight)
			}
			degree[i] += w[i][j]
		}
	}
	l := mat.NewSymDense(n, nil)
	for i := range n {
		l.SetSym(i, i, 1)
		for j := range i {
			l.SetSym(i, j, -w[i][j]/math.Sqrt(degree[i]*degree[j]))
		}
	}
	var e mat.EigenSym
	if !e.Factorize(l, true) {
		return nil, fmt.Errorf("clusters: spectral: the Laplacian has no eigenvalues")
	}
	var v mat.Dense
	e.VectorsTo(&v)
	s := &Spectrum{Values: e.Values(nil), vectors: newMatrix(n)}
	for i := range n {
		for j := range n {
			s.vectors[i][j] = v.At(i, j) / math.Sqrt(degree[i])
		}
	}
	return s, nil
}

// leastWeight keeps the graph in one piece, so that eigenvectors are settled.
const leastWeight = 1e-6

// Gap is the number of clusters before the largest step of the eigenvalues, 1 for
// none.
func (s *Spectrum) Gap() int {
	best := 1
	for k := 1; k < len(s.Values); k++ {
		if s.Values[k]-s.Values[k-1] > s.Values[best]-s.Values[best-1] {
			best = k
		}
	}
	return best
}

// Cut finds k clusters: k-means on the first k eigenvectors, each divided by the
// root of the domains' degrees, from as many starts as asked for.
func (s *Spectrum) Cut(k, starts int) (Partition, error) {
	n := len(s.vectors)
	if k < 1 || k > n {
		return nil, fmt.Errorf("clusters: spectral: %w: %d of %d domains", ErrClusters, k, n)
	}
	points := make([][]float64, n)
	for i := range points {
		points[i] = s.vectors[i][:k]
	}
	return kMeans(points, k, starts), nil
}

// spread is the scale of the weights.
func spread(entries []float64) float64 {
	sorted := slices.Sorted(slices.Values(entries))
	centre := sorted[len(sorted)/2]
	for i, x := range sorted {
		sorted[i] = math.Abs(x - centre)
	}
	slices.Sort(sorted)
	_, variance := meanVariance(entries)
	return max(1.4826*sorted[len(sorted)/2], math.Sqrt(variance)/4)
}
