package clusters

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// planted is a matrix with clusters of the given sizes: gain within, gain across,
// and noise of the given size on every entry, so that it is asymmetric.
func planted(random *rand.Rand, sizes []int, within, across, noise float64) ([][]float64, Partition) {
	var p Partition
	for c, size := range sizes {
		for range size {
			p = append(p, c)
		}
	}
	random.Shuffle(len(p), func(i, j int) { p[i], p[j] = p[j], p[i] })
	m := newMatrix(len(p))
	for i := range m {
		for j := range m {
			m[i][j] = across + noise*random.NormFloat64()
			if p[i] == p[j] {
				m[i][j] += within - across
			}
		}
	}
	return m, p.ordered()
}

func numbered(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("d%d", i)
	}
	return names
}

// noisy are independent errors, and those that all entries of a row share, as gains
// share the independent runs of their domain.
func noisy(n int, own, shared float64) func(*rand.Rand) [][]float64 {
	return func(random *rand.Rand) [][]float64 {
		m := newMatrix(n)
		for i := range n {
			row := shared * random.NormFloat64()
			for j := range n {
				m[i][j] = row + own*random.NormFloat64()
			}
		}
		return m
	}
}

// found is how far a view's groups are the planted ones.
func found(v *Views, p Partition) map[string]float64 {
	names := make([][]string, 0)
	for _, members := range p.Groups() {
		names = append(names, named(v.Domains, members))
	}
	v.Compare(names)
	out := map[string]float64{}
	for _, view := range v.Views {
		out[view.Method] = 0
		if view.Clusters {
			out[view.Method] = float64(view.Agreement)
		}
	}
	return out
}

func TestPlanted(t *testing.T) {
	for _, c := range []struct {
		name    string
		sizes   []int
		harmful bool
		errors  bool
		least   float64 // agreement of every view
	}{
		{"two pairs", []int{2, 2}, false, true, 1},
		{"two of three", []int{3, 3}, false, true, 1},
		{"two of three, errors unknown", []int{3, 3}, false, false, 1},
		{"two of three and one that harms", []int{3, 3, 1}, true, true, 1},
		{"two of three and one that harms, errors unknown", []int{3, 3, 1}, true, false, 1},
		{"pairs and one alone", []int{2, 2, 2, 1}, false, true, 1},
		{"three of four", []int{4, 4, 4}, false, true, 0.8},
	} {
		random := rand.New(rand.NewPCG(7, 1))
		const noise = 0.06
		m, p := planted(random, c.sizes, 0.2, -0.1, noise)
		n := len(m)
		if c.harmful { // whoever is alone
			for _, members := range p.Groups() {
				if len(members) == 1 {
					for i := range n {
						m[i][members[0]], m[members[0]][i] = -1, -0.7
					}
				}
			}
		}
		config := Config{Seed: 1}
		if c.errors {
			config.Errors = noisy(n, noise, 0)
		}
		v, err := Look(numbered(n), m, config)
		if err != nil {
			t.Fatal(err)
		}
		for method, agreement := range found(v, p) {
			if agreement < c.least-1e-9 {
				t.Errorf("%s: %s agrees by %.2f with what was planted", c.name, method, agreement)
			}
		}
		for _, view := range v.Views {
			if c.errors && !(view.Stability > 0.6) {
				t.Errorf("%s: %s has stability %v", c.name, view.Method, view.Stability)
			}
			if view.Method == RelaxationMethod && !(view.Solution.Bound >= view.Solution.Value) {
				t.Errorf("%s: %+v", c.name, view.Solution)
			}
		}
		again, err := Look(numbered(n), m, config)
		if err != nil {
			t.Fatal(err)
		}
		found(again, p)
		one, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if two, err := json.Marshal(again); err != nil || string(one) != string(two) {
			t.Errorf("%s: not the same twice: %v", c.name, err)
		}
	}
}

// TestLarge views many domains, with SHAREWISE_TESTS=all.
func TestLarge(t *testing.T) {
	if os.Getenv("SHAREWISE_TESTS") != "all" {
		t.Skip("takes seconds; set SHAREWISE_TESTS=all")
	}
	random := rand.New(rand.NewPCG(7, 1))
	m, p := planted(random, []int{10, 10, 10, 10}, 0.2, -0.1, 0.1)
	v, err := Look(numbered(40), m, Config{Seed: 1, Errors: noisy(40, 0.1, 0)})
	if err != nil {
		t.Fatal(err)
	}
	for method, agreement := range found(v, p) {
		if agreement < 1 {
			t.Errorf("%s agrees by %.2f with what was planted", method, agreement)
		}
	}
}

func TestLookRefusesAndExplains(t *testing.T) {
	v, err := Look(numbered(2), newMatrix(2), Config{})
	if err != nil || v.Reason == "" || len(v.Views) > 0 {
		t.Errorf("two domains: %+v, %v", v, err)
	}
	if _, err := Look(numbered(3), newMatrix(2), Config{}); err == nil {
		t.Error("three names for two rows")
	}
	unknown := newMatrix(4)
	for i := range 4 {
		for j := range 4 {
			unknown[i][j] = math.NaN()
		}
	}
	unknown[0][1], unknown[1][0] = 1, 1
	if v, err = Look(numbered(4), unknown, Config{}); err != nil || v.Reason == "" {
		t.Errorf("one of six pairs: %+v, %v", v, err)
	}
	if v, err = Look(numbered(5), newMatrix(5), Config{}); err != nil || v.Found() != 0 {
		t.Errorf("all pairs equal: %d views find clusters, %v", v.Found(), err)
	}
}

func TestSymmetrise(t *testing.T) {
	a, asymmetry, err := Symmetrise([][]float64{{9, 0.3, math.NaN()}, {0.1, 9, 0}, {1, 0.4, 9}})
	if err != nil || math.Abs(a[0][1]-0.2) > 1e-15 || math.Abs(a[2][1]-0.2) > 1e-15 || !math.IsNaN(a[0][2]) || a[1][1] != 0 {
		t.Errorf("%v, %v", a, err)
	}
	if asymmetry != 1 { // the symmetric part says nothing
		t.Errorf("asymmetry %v", asymmetry)
	}
	if _, _, err := Symmetrise([][]float64{{1, 2}}); err == nil {
		t.Error("a row of two")
	}
}

func TestCutAndPartitions(t *testing.T) {
	nan := math.NaN()
	a := Matrix{{0, 0.5, 0.1, nan}, {0.5, 0, 0.3, nan}, {0.1, 0.3, 0, nan}, {nan, nan, nan, 0}}
	for by, want := range map[Linkage]float64{Average: 0.2, Complete: 0.1, Single: 0.3} {
		tree, err := Agglomerate(a, by)
		if err != nil {
			t.Fatal(err)
		}
		if got := tree.Children[0].Score; math.Abs(got-want) > 1e-15 || !math.IsNaN(tree.Score) {
			t.Errorf("%s: joins at %v, %v, want %v and unknown", by, got, tree.Score, want)
		}
		if got := tree.Cut(2); !cmp.Equal(got, Partition{0, 0, 0, 1}) {
			t.Errorf("%s: %v", by, got)
		}
		if got := tree.Cut(9); got.Count() != 4 {
			t.Errorf("%s: %v", by, got)
		}
	}
	p := PartitionOf(5, [][]int{{3, 1}, {4}})
	if !cmp.Equal(p.Groups(), [][]int{{0}, {1, 3}, {2}, {4}}) {
		t.Errorf("%v", p.Groups())
	}
}
