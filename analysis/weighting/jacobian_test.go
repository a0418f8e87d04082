package weighting_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/weighting"
)

// fromGram lets m weigh by a Gram matrix. Methods that need gradients get some that have
// these inner products, as far as such exist.
func fromGram(t *testing.T, m weighting.FromGradients, dst []float32, products []float64, losses []float32) error {
	t.Helper()
	if whole, ok := m.(weighting.FromJacobian); ok {
		n := len(dst)
		stack := make([]float32, n*n)
		var c mat.Cholesky
		if len(products) == n*n && c.Factorize(mat.NewSymDense(n, products)) {
			var l mat.TriDense
			c.LTo(&l)
			for i := range n {
				for j := range i + 1 {
					stack[i*n+j] = float32(l.At(i, j))
				}
			}
		}
		if err := whole.Keep([][]float32{stack}); err != nil {
			t.Fatal(err)
		}
	}
	return m.WeightsFromGram(dst, products, losses)
}

// drawn are random gradients of n domains by two parameters, of other lengths by
// domain, and their inner products.
func drawn(rng *rand.Rand, n, length int) (rows [][]float64, stacks [][]float32, products []float64) {
	rows = make([][]float64, n)
	cut := length / 3
	stacks = [][]float32{nil, nil}
	for i := range rows {
		for range length {
			rows[i] = append(rows[i], float64(float32(rng.NormFloat64()*math.Exp(float64(i)))))
		}
		for k, x := range rows[i] {
			at := 0
			if k >= cut {
				at = 1
			}
			stacks[at] = append(stacks[at], float32(x))
		}
	}
	for i := range rows {
		for j := range rows {
			sum := 0.0
			for k := range rows[i] {
				sum += rows[i][k] * rows[j][k]
			}
			products = append(products, sum)
		}
	}
	return rows, stacks, products
}

func norm(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x * x
	}
	return math.Sqrt(sum)
}

func relative(got, want []float64) float64 {
	far := make([]float64, len(want))
	for i := range far {
		far[i] = got[i] - want[i]
	}
	return norm(far) / norm(want)
}

// TestDBMTL holds the direction of every step to a form of the paper's algorithm that
// keeps whole lists in float64: the sum of moving means of gradients of log losses, all
// as long as the longest.
func TestDBMTL(t *testing.T) {
	const n, length, beta, sigma = 4, 31, 0.8, 0.3
	rng := rand.New(rand.NewPCG(3, 4))
	m := mustNew(t, study.Weighting{Name: "db-mtl", Smoothing: beta, Power: sigma}, named(n)).(weighting.FromJacobian)
	means := make([][]float64, n)
	for step := 1; step <= 40; step++ {
		rows, stacks, products := drawn(rng, n, length)
		losses := make([]float32, n)
		for d := range losses {
			losses[d] = float32(math.Exp(rng.NormFloat64()))
		}
		if err := m.Keep(stacks); err != nil {
			t.Fatal(err)
		}
		w := make([]float32, n)
		if err := m.WeightsFromGram(w, products, losses); err != nil {
			t.Fatal(err)
		}
		longest := 0.0
		for d := range rows {
			if means[d] == nil {
				means[d] = make([]float64, length)
				for k, x := range rows[d] {
					means[d][k] = x / float64(losses[d])
				}
			} else {
				share := beta / math.Pow(float64(step), sigma)
				for k, x := range rows[d] {
					means[d][k] = (1-share)*x/float64(losses[d]) + share*means[d][k]
				}
			}
			longest = max(longest, norm(means[d]))
		}
		want, got, sum := make([]float64, length), make([]float64, length), 0.0
		for d := range rows {
			sum += float64(w[d])
			for k := range want {
				want[k] += longest / norm(means[d]) * means[d][k]
			}
			for k := range length {
				x := stacks[0]
				at := d*(length/3) + k
				if k >= length/3 {
					x, at = stacks[1], d*(length-length/3)+k-length/3
				}
				got[k] += float64(w[d]) * float64(x[at])
			}
		}
		if math.Abs(sum-n) > 1e-5 {
			t.Fatalf("step %d: weights %v", step, w)
		}
		scale := norm(want) / norm(got)
		for k := range got {
			got[k] *= scale
		}
		if off := relative(got, want); off > 1e-5 {
			t.Fatalf("step %d: the direction is %g off", step, off)
		}
	}
}

// TestDBMTLUnits checks that neither the unit of a loss nor that of a gradient moves the
// direction, and that without smoothing the gradients stay as they are.
func TestDBMTLUnits(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	a := mustNew(t, study.Weighting{Name: "db-mtl"}, named(2)).(weighting.FromJacobian)
	b := mustNew(t, study.Weighting{Name: "db-mtl"}, named(2)).(weighting.FromJacobian)
	for range 5 {
		_, stacks, products := drawn(rng, 2, 9)
		other := [][]float32{slices.Clone(stacks[0]), slices.Clone(stacks[1])}
		for _, s := range other {
			for i := len(s) / 2; i < len(s); i++ {
				s[i] *= 1024
			}
		}
		wa, wb := make([]float32, 2), make([]float32, 2)
		for _, one := range []struct {
			m      weighting.FromJacobian
			w      []float32
			stacks [][]float32
			losses []float32
			scale  float64
		}{{a, wa, stacks, []float32{1, 2}, 1}, {b, wb, other, []float32{1, 2048}, 1024}} {
			p := slices.Clone(products)
			p[1] *= one.scale
			p[2] *= one.scale
			p[3] *= one.scale * one.scale
			if err := one.m.Keep(one.stacks); err != nil {
				t.Fatal(err)
			}
			if err := one.m.WeightsFromGram(one.w, p, one.losses); err != nil {
				t.Fatal(err)
			}
		}
		// The second domain's weight is 1024 times smaller, its gradient larger.
		if ra, rb := float64(wa[1]/wa[0]), 1024*float64(wb[1]/wb[0]); math.Abs(ra/rb-1) > 1e-5 {
			t.Errorf("ratios of weights are %g, and %g in other units", ra, rb)
		}
	}
	c := mustNew(t, study.Weighting{Name: "db-mtl", Smoothing: 1e-30}, named(2)).(weighting.FromJacobian)
	for range 3 {
		_, stacks, products := drawn(rng, 2, 9)
		before := slices.Clone(stacks[1])
		if err := c.Keep(stacks); err != nil {
			t.Fatal(err)
		}
		if err := c.WeightsFromGram(make([]float32, 2), products, []float32{1, 0.5}); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(before, stacks[1]) {
			t.Error("without smoothing the gradients changed")
		}
	}
}

// TestExcessMTL holds weights to the published formula in float64, in its multiplicative
// form.
func TestExcessMTL(t *testing.T) {
	const n, length, eta = 3, 20, 0.2
	rng := rand.New(rand.NewPCG(7, 8))
	m := mustNew(t, study.Weighting{Name: "excess-mtl", Rate: eta}, named(n)).(weighting.FromJacobian)
	sums, weights, first := make([][]float64, n), []float64{1, 1, 1}, make([]float64, n)
	for d := range sums {
		sums[d] = make([]float64, length)
	}
	for step := range 50 {
		rows, stacks, products := drawn(rng, n, length)
		before := slices.Clone(stacks[0])
		if err := m.Keep(stacks); err != nil {
			t.Fatal(err)
		}
		w := make([]float32, n)
		if err := m.WeightsFromGram(w, products, make([]float32, n)); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(before, stacks[0]) {
			t.Fatal("the gradients changed")
		}
		total := 0.0
		for d := range rows {
			excess := 0.0
			for k, x := range rows[d] {
				sums[d][k] += x * x
				excess += x * x / math.Sqrt(sums[d][k]+1e-7)
			}
			if step == 0 {
				first[d] = excess
			} else {
				weights[d] *= math.Exp(eta * excess / first[d])
			}
			total += weights[d]
		}
		for d := range weights {
			weights[d] *= n / total
			if math.Abs(weights[d]-float64(w[d])) > 1e-4 {
				t.Fatalf("step %d: weights %v, want %v", step, w, weights)
			}
		}
	}
	if math.Abs(weights[0]-1) < 1e-3 {
		t.Error("the weights never moved")
	}
}

// TestJacobianState takes states apart: memory of other sizes, and numbers that no
// training has.
func TestJacobianState(t *testing.T) {
	for _, name := range []string{"db-mtl", "excess-mtl"} {
		m := mustNew(t, study.Weighting{Name: name}, named(2)).(weighting.FromJacobian)
		if err := m.WeightsFromGram(make([]float32, 2), []float64{1, 0, 0, 1}, []float32{1, 1}); !errors.Is(err, weighting.ErrGram) {
			t.Errorf("%s: without gradients: %v", name, err)
		}
		if err := fromGram(t, m, make([]float32, 2), []float64{1, 0, 0, 1}, []float32{1, 1}); err != nil {
			t.Fatal(err)
		}
		state, err := m.MarshalState()
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Keep([][]float32{make([]float32, 8)}); !errors.Is(err, weighting.ErrState) {
			t.Errorf("%s: stacks of another size: %v", name, err)
		}
		for _, change := range []func(j map[string]any){
			func(j map[string]any) { j["memory"] = []any{"AAAA"} },             // three bytes
			func(j map[string]any) { j["memory"] = []any{"AADAfwAAwH8="} },     // no numbers
			func(j map[string]any) { j["memory"] = []any{"AAAAAAAAAAAAAAAA"} }, // three for two domains
			func(j map[string]any) { j["memory"] = nil },
			func(j map[string]any) { j["steps"] = -1 },
			func(j map[string]any) { j["log"] = []any{1.0} },
		} {
			var whole map[string]any
			if err := json.Unmarshal(state, &whole); err != nil {
				t.Fatal(err)
			}
			change(whole["jacobian"].(map[string]any))
			bad, _ := json.Marshal(whole)
			if err := m.UnmarshalState(bad); !errors.Is(err, weighting.ErrState) {
				t.Errorf("%s: state %s: %v", name, bad, err)
			}
		}
	}
}
