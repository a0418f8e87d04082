package clusters

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"
)

// reference is what testdata/reference.py found with scikit-learn and SciPy.
type known struct {
	Matrix   [][]float64
	Planted  Partition
	K        int
	Linkages map[Linkage]struct {
		Heights    []float64
		Cut        Partition
		Silhouette float64
		Constant   float64
	}
	Spectral struct {
		Eigenvalues []float64
		Cut         Partition
	}
	Agreement float64
}

func references(t *testing.T) []known {
	t.Helper()
	data, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []known
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// plainDistances are max A - A(i,j), those of the script.
func plainDistances(a Matrix) Matrix {
	entries, _ := a.known()
	d := newMatrix(len(a))
	for i := range a {
		for j := range a {
			if i != j {
				d[i][j] = slices.Max(entries) - a[i][j]
			}
		}
	}
	return d
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

func TestAgainstScikitLearn(t *testing.T) {
	for c, r := range references(t) {
		a, _, err := Symmetrise(r.Matrix)
		if err != nil {
			t.Fatal(err)
		}
		entries, _ := a.known()
		top := slices.Max(entries)
		d := plainDistances(a)
		for by, want := range r.Linkages {
			tree, err := Agglomerate(a, by)
			if err != nil {
				t.Fatal(err)
			}
			var heights []float64
			var visit func(*Tree)
			visit = func(n *Tree) {
				if len(n.Children) == 0 {
					return
				}
				if by == Ward {
					heights = append(heights, -n.Score)
				} else {
					heights = append(heights, top-n.Score)
				}
				visit(n.Children[0])
				visit(n.Children[1])
			}
			visit(tree)
			slices.Sort(heights)
			// A distance of 0 between points is the root of a rounding error there.
			if !slices.EqualFunc(heights, want.Heights, func(x, y float64) bool { return math.Abs(x-y) < 1e-6 }) {
				t.Errorf("case %d, %s: heights %v, want %v", c, by, heights, want.Heights)
			}
			if got := tree.Cut(r.K); !slices.Equal(got, want.Cut) {
				t.Errorf("case %d, %s: cut %v, want %v", c, by, got, want.Cut)
			}
			if by == Ward {
				if got := euclidean(a); !near(got, want.Constant) {
					t.Errorf("case %d: constant %v, want %v", c, got, want.Constant)
				}
				continue
			}
			if got := Silhouette(d, tree.Cut(r.K)); !near(got, want.Silhouette) {
				t.Errorf("case %d, %s: silhouette %v, want %v", c, by, got, want.Silhouette)
			}
		}
		s, err := Spectral(a)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.EqualFunc(s.Values, r.Spectral.Eigenvalues, near) {
			t.Errorf("case %d: eigenvalues %v, want %v", c, s.Values, r.Spectral.Eigenvalues)
		}
		if got, err := s.Cut(r.K, 20); err != nil || Agreement(got, r.Spectral.Cut) != 1 {
			t.Errorf("case %d: spectral %v, %v, want %v", c, got, err, r.Spectral.Cut)
		}
		if got := Agreement(r.Linkages[Single].Cut, r.Planted); !near(got, r.Agreement) {
			t.Errorf("case %d: adjusted Rand index %v, want %v", c, got, r.Agreement)
		}
	}
}
