package clusters

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

// bestOfK is the largest sum over domains of what they have in common with their
// cluster, over its size, among all partitions into k clusters.
func bestOfK(a Matrix, k int) float64 {
	n, best := len(a), math.Inf(-1)
	p := make(Partition, n)
	var visit func(i, used int)
	visit = func(i, used int) {
		if i == n {
			if used == k {
				size := make([]float64, k)
				for _, c := range p {
					size[c]++
				}
				sum := 0.0
				for x := range n {
					for y := range n {
						if x != y && p[x] == p[y] {
							sum += a[x][y] / size[p[x]]
						}
					}
				}
				best = max(best, sum)
			}
			return
		}
		for c := range min(used+1, k) {
			p[i] = c
			visit(i+1, max(used, c+1))
		}
	}
	visit(0, 0)
	return best
}

// TestRelaxBound holds value and bound against all partitions, and the solution to
// the constraints.
func TestRelaxBound(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	for trial := range 60 {
		n := 3 + trial%5
		a := newMatrix(n)
		for i := range n {
			for j := range i {
				a[i][j] = random.NormFloat64()
				a[j][i] = a[i][j]
			}
		}
		for k := 2; k < n; k++ {
			r, err := Relax(a, k)
			if err != nil {
				t.Fatal(err)
			}
			best := bestOfK(a, k)
			if r.Bound < best-1e-9 || r.Value > r.Bound+1e-9 || r.Bound-r.Value > 2e-3*float64(n) {
				t.Errorf("n %d, k %d: value %v, bound %v, best partition %v", n, k, r.Value, r.Bound, best)
			}
			trace := 0.0
			for i := range n {
				row := 0.0
				for j := range n {
					row += r.X[i][j]
					if r.X[i][j] < -1e-12 {
						t.Errorf("n %d, k %d: X(%d,%d) = %v", n, k, i, j, r.X[i][j])
					}
				}
				trace += r.X[i][i]
				if math.Abs(row-1) > 1e-9 {
					t.Errorf("n %d, k %d: row %d adds up to %v", n, k, i, row)
				}
			}
			// within takes the vector of ones out; X has 1 there.
			if values, _, _ := within(r.X, false); values[0] < -1e-9 || math.Abs(trace-float64(k)) > 1e-6 {
				t.Errorf("n %d, k %d: eigenvalue %v, trace %v", n, k, values[0], trace)
			}
		}
	}
}

func TestRelaxPlanted(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, sizes := range [][]int{{3, 3}, {4, 4, 4}, {10, 10, 10, 10}, {20, 20, 20, 20, 20}} {
		m, p := planted(random, sizes, 0.2, -0.1, 0.1)
		a, _, err := Symmetrise(m)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Relax(a, len(sizes))
		if err != nil {
			t.Fatal(err)
		}
		if Agreement(p, r.Partition()) != 1 || r.Bound-r.Value > 0.01 || r.Primal > 1e-3 {
			t.Errorf("sizes %v: %v instead of %v; value %v, bound %v, residuals %v, %v", sizes, r.Partition(), p, r.Value, r.Bound, r.Primal, r.Dual)
		}
	}
}

func TestRelaxRefuses(t *testing.T) {
	for _, k := range []int{-1, 1, 3, 4} {
		if _, err := Relax(newMatrix(3), k); !errors.Is(err, ErrClusters) {
			t.Errorf("%d of 3: %v", k, err)
		}
	}
	if r, err := Relax(newMatrix(4), 2); err != nil || math.Abs(r.Value)+math.Abs(r.Bound) > 1e-12 {
		t.Errorf("all equal: %+v, %v", r, err)
	}
}
