package weighting_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/weighting"
)

// gramOf is J·Jᵀ for random gradients of some length, which point apart.
func gramOf(rng *rand.Rand, n, length int) []float64 {
	j := make([][]float64, n)
	for i := range j {
		j[i] = make([]float64, length)
		for k := range j[i] {
			j[i][k] = rng.NormFloat64() * float64(i+1)
		}
	}
	g := make([]float64, n*n)
	for a := range j {
		for b := range j {
			for k := range j[a] {
				g[a*n+b] += j[a][k] * j[b][k]
			}
		}
	}
	return g
}

func named(n int) []weighting.Domain {
	out := make([]weighting.Domain, n)
	for i := range out {
		out[i] = weighting.Domain{Name: string(rune('a' + i)), Train: 10}
	}
	return out
}

// TestMGDA holds the weights to the conditions that only the shortest convex
// combination meets: (Gw)_i is the same wherever w_i is above 0, and no less elsewhere.
func TestMGDA(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		n := 2 + rng.IntN(9)
		g := gramOf(rng, n, 1+rng.IntN(12))
		m := mustNew(t, study.Weighting{Name: "mgda"}, named(n)).(weighting.FromGradients)
		w := make([]float32, n)
		if err := fromGram(t, m, w, g, make([]float32, n)); err != nil {
			t.Fatal(err)
		}
		square, sum, largest := 0.0, 0.0, 0.0
		slope := make([]float64, n)
		for i := range w {
			largest = max(largest, g[i*n+i])
			sum += float64(w[i])
			for j := range w {
				slope[i] += g[i*n+j] * float64(w[j])
			}
			square += float64(w[i]) * slope[i]
		}
		if math.Abs(sum-float64(n)) > 1e-5 {
			t.Fatalf("weights %v sum to %g", w, sum)
		}
		for i, s := range slope {
			// wᵀGw/n is what (Gw)_i is on the support.
			if s < square/float64(n)-1e-4*largest || w[i] > 0 && s > square/float64(n)+1e-4*largest {
				t.Fatalf("n %d: weights %v, slopes %v, wᵀGw/n %g", n, w, slope, square/float64(n))
			}
		}
	}
}

func TestMGDATwo(t *testing.T) {
	m := mustNew(t, study.Weighting{Name: "mgda"}, named(2)).(weighting.FromGradients)
	for _, test := range []struct{ gram, want []float64 }{
		{[]float64{1, 0, 0, 3}, []float64{1.5, 0.5}},
		{[]float64{1, -1, -1, 4}, []float64{2 * 5. / 7, 2 * 2. / 7}},
		{[]float64{1, 2, 2, 9}, []float64{2, 0}}, // the shorter gradient is the shortest
		{[]float64{1, 1, 1, 1}, []float64{1, 1}}, // equal gradients: any weights
	} {
		w := make([]float32, 2)
		if err := fromGram(t, m, w, test.gram, []float32{1, 1}); err != nil {
			t.Fatal(err)
		}
		wantWeights(t, m, test.want...)
	}
}

// TestFailedGram holds every method from gradients to equal weights where a Gram matrix
// says nothing.
func TestFailedGram(t *testing.T) {
	for _, d := range weighting.Methods() {
		m, ok := mustNew(t, settings(d.Name), named(3)).(weighting.FromGradients)
		if !ok {
			continue
		}
		w := make([]float32, 3)
		if err := fromGram(t, m, w, []float64{1, 0, 0, 0, 2, 0, 0, 0, 3}, []float32{1, 2, 3}); err != nil {
			t.Fatal(err)
		}
		for _, gram := range [][]float64{nil, {1}, make([]float64, 9), {1, 0, 0, 0, math.NaN(), 0, 0, 0, 1}, {math.Inf(1), 0, 0, 0, 1, 0, 0, 0, 1}} {
			if err := fromGram(t, m, w, gram, []float32{1, 2, 3}); !errors.Is(err, weighting.ErrGram) {
				t.Errorf("%s: Gram matrix %v gives error %v", d.Name, gram, err)
			}
			if !slices.Equal(w, []float32{1, 1, 1}) {
				t.Errorf("%s: weights %v after Gram matrix %v", d.Name, w, gram)
			}
			wantWeights(t, m, 1, 1, 1)
		}
	}
}

// TestFromGradients holds the study's list of methods from gradients to what they are.
func TestFromGradients(t *testing.T) {
	for _, d := range weighting.Methods() {
		cfg := study.Weighting{Name: d.Name, Weights: map[string]float64{"a": 1, "b": 2}, Targets: map[string]float64{"a": 1, "b": 2}}
		m, err := weighting.New(cfg, named(2), 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, is := m.(weighting.FromGradients); is != cfg.FromGradients() {
			t.Errorf("%s is from gradients: %v, the study says otherwise", d.Name, is)
		}
	}
}

// TestMGDAPyTorch compares weights with those that testdata/peers/train_steps.py found,
// by looking at every set of domains, for the gradients of PyTorch in ten steps of small
// nets. Package training follows these steps.
func TestMGDAPyTorch(t *testing.T) {
	files, err := filepath.Glob("../../testdata/training/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no recorded runs (%v)", err)
	}
	steps := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var peer struct {
			Runs []struct {
				Steps []struct{ Gram, Weights, Losses []float64 }
			}
		}
		if err := json.Unmarshal(data, &peer); err != nil {
			t.Fatal(err)
		}
		for _, run := range peer.Runs {
			for i, s := range run.Steps {
				if s.Weights == nil {
					continue
				}
				steps++
				m := mustNew(t, study.Weighting{Name: "mgda"}, named(3)).(weighting.FromGradients)
				w := make([]float32, 3)
				if err := fromGram(t, m, w, s.Gram, make([]float32, 3)); err != nil {
					t.Fatal(err)
				}
				for k := range w {
					if math.Abs(float64(w[k])-s.Weights[k]) > 1e-5 {
						t.Errorf("%s, step %d: weights %v, want %v", file, i+1, w, s.Weights)
						break
					}
				}
			}
		}
	}
	if steps < 60 {
		t.Errorf("only %d steps were compared", steps)
	}
}
