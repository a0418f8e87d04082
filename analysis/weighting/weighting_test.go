package weighting_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/weighting"
)

var domains = []weighting.Domain{
	{Name: "a", Train: 100},
	{Name: "b", Train: 300},
	{Name: "c", Train: 200, Regression: true},
}

func mustNew(t *testing.T, cfg study.Weighting, domains []weighting.Domain) weighting.Method {
	t.Helper()
	m, err := weighting.New(cfg, domains, 1)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func weights(m weighting.Method, n int) []float32 {
	w := make([]float32, n)
	m.Weights(w)
	return w
}

func wantWeights(t *testing.T, m weighting.Method, want ...float64) {
	t.Helper()
	got := weights(m, len(want))
	for i := range want {
		if math.Abs(float64(got[i])-want[i]) > 1e-6 {
			t.Errorf("weights are %v, want %v", got, want)
			return
		}
	}
}

func TestConstantMethods(t *testing.T) {
	tests := []struct {
		cfg     study.Weighting
		domains []weighting.Domain
		want    []float64
	}{
		{study.Weighting{}, domains, []float64{1, 1, 1}},
		{study.Weighting{Name: "equal"}, domains, []float64{1, 1, 1}},
		{study.Weighting{Name: "size"}, domains, []float64{0.5, 1.5, 1}},
		{study.Weighting{Name: "size"}, domains[1:2], []float64{1}},
		{study.Weighting{Name: "static", Weights: map[string]float64{"a": 1, "b": 0, "c": 3}}, domains, []float64{0.75, 0, 2.25}},
		// Weights of domains outside the run do not count, and a lone domain
		// has weight 1 whatever the study says.
		{study.Weighting{Name: "static", Weights: map[string]float64{"a": 1, "b": 0, "c": 3}}, domains[:2], []float64{2, 0}},
		{study.Weighting{Name: "static", Weights: map[string]float64{"a": 1, "b": 0, "c": 3}}, domains[1:2], []float64{1}},
	}
	for _, test := range tests {
		m := mustNew(t, test.cfg, test.domains)
		wantWeights(t, m, test.want...)
		m.Observe(make([]float32, len(test.want)))
		m.EpochEnd(make([]float64, len(test.want)))
		wantWeights(t, m, test.want...)
	}
}

func TestDWA(t *testing.T) {
	two := domains[:2]
	m := mustNew(t, study.Weighting{Name: "dwa"}, two)
	wantWeights(t, m, 1, 1) // first epoch
	m.EpochEnd([]float64{2, 4})
	wantWeights(t, m, 1, 1) // second epoch
	m.EpochEnd([]float64{1, 4})
	// r = (1/2, 1), T = 2: w = 2·softmax(0.25, 0.5).
	p := 1 / (1 + math.Exp(0.25))
	wantWeights(t, m, 2*p, 2*(1-p))
	m.EpochEnd([]float64{1, 2})
	// Only the last two epochs count: r = (1, 1/2).
	wantWeights(t, m, 2*(1-p), 2*p)

	// A low temperature tells domains apart, and extreme ratios neither
	// overflow nor divide by zero.
	m = mustNew(t, study.Weighting{Name: "dwa", Temperature: 0.1}, two)
	m.EpochEnd([]float64{1e-30, 0})
	m.EpochEnd([]float64{1, 0})
	wantWeights(t, m, 2, 0)
}

// TestUncertaintyConverges checks that with steady losses the log variances
// settle where the derivative of the objective vanishes: w·L = ½.
func TestUncertaintyConverges(t *testing.T) {
	for _, rate := range []float64{0, 0.05, 0.5} {
		m := mustNew(t, study.Weighting{Name: "uncertainty", Rate: rate}, domains)
		wantWeights(t, m, 1, 1, 0.5)
		losses := []float32{0.1, 2, 7}
		for range 20000 {
			m.Observe(losses)
		}
		// s is log 2L for classification and log L for regression.
		wantWeights(t, m, math.Exp(-math.Log(2*0.1)), math.Exp(-math.Log(2*2)), 0.5*math.Exp(-math.Log(7)))
	}
}

// TestUncertaintyStep checks one step against the derivative of the stated
// objective by central differences.
func TestUncertaintyStep(t *testing.T) {
	const rate, loss, h = 0.01, 3.0, 1e-5
	objective := func(factor, s float64) float64 { return factor*math.Exp(-s)*loss + s/2 }
	m := mustNew(t, study.Weighting{Name: "uncertainty", Rate: rate}, domains)
	m.Observe([]float32{loss, loss, loss})
	got := weights(m, 3)
	for i, factor := range []float64{1, 1, 0.5} {
		s := -rate * (objective(factor, h) - objective(factor, -h)) / (2 * h)
		if want := factor * math.Exp(-s); math.Abs(float64(got[i])-want) > 1e-6 {
			t.Errorf("domain %d: weight %g after one step, want %g", i, got[i], want)
		}
	}
}

func TestUncertaintyStaysFinite(t *testing.T) {
	m := mustNew(t, study.Weighting{Name: "uncertainty", Rate: 1}, domains)
	for _, loss := range []float32{0, 1e30} {
		for range 1000 {
			m.Observe([]float32{loss, loss, loss})
		}
		for _, w := range weights(m, 3) {
			if !(w > 0) || math.IsInf(float64(w), 0) {
				t.Errorf("weight %g after losses of %g", w, loss)
			}
		}
	}
}

// settings are what a method needs for the three domains.
func settings(name string) study.Weighting {
	three := map[string]float64{"a": 1, "b": 2, "c": 3}
	switch name {
	case "static":
		return study.Weighting{Name: name, Weights: three}
	case "baseline", "doremi", "gap":
		return study.Weighting{Name: name, Targets: three}
	}
	return study.Weighting{Name: name}
}

// conflicting are inner products of three gradients, two of which conflict.
var conflicting = []float64{4, -5, 0.5, -5, 9, 0.5, 0.5, 0.5, 2}

// TestTable holds the table to that of the study file: the same methods in the same
// order, each with what it is.
func TestTable(t *testing.T) {
	var names []string
	for _, m := range study.WeightingMethods() {
		names = append(names, m.Name)
	}
	for i, d := range weighting.Methods() {
		if i >= len(names) || names[i] != d.Name {
			t.Fatalf("line %d is %s; the study file has %v", i, d.Name, names)
		}
		if d.Doc == "" || d.Formula == "" || d.Cost == "" {
			t.Errorf("%s: %+v", d.Name, d)
		}
		m := mustNew(t, settings(d.Name), domains)
		_, looks := m.(weighting.Looks)
		_, gradients := m.(weighting.FromGradients)
		_, whole := m.(weighting.FromJacobian)
		if looks != (d.Cost == weighting.Twice) || gradients != (d.Cost == weighting.Gradients || d.Cost == weighting.Jacobians) || whole != (d.Cost == weighting.Jacobians) {
			t.Errorf("%s: cost %s; looks twice: %v, from gradients: %v", d.Name, d.Cost, looks, gradients)
		}
	}
	if n := len(weighting.Methods()); n != len(names) || n < 24 {
		t.Errorf("%d methods, %d in the study file", n, len(names))
	}
}

// advance takes a method through a few steps of an epoch, as a training does.
func advance(t *testing.T, m weighting.Method, epoch int) {
	t.Helper()
	for step := range 3 {
		x := float64(3*epoch + step + 1)
		if g, ok := m.(weighting.FromGradients); ok {
			products := slices.Clone(conflicting)
			products[0] += x
			if err := fromGram(t, g, make([]float32, 3), products, []float32{1, float32(x), 3}); err != nil {
				t.Fatal(err)
			}
		}
		m.Weights(make([]float32, 3))
		m.Observe([]float32{float32(1 / x), float32(x), 2})
		if l, ok := m.(weighting.Looks); ok {
			l.Look([]float32{float32(0.9 / x), float32(x), 1.9})
		}
	}
	x := float64(epoch + 1)
	m.EpochEnd([]float64{1 / x, math.Sqrt(x), 2})
}

// TestRestore checks for every method that one restored from saved state
// continues exactly as the one that was saved, and that weights keep their sum.
func TestRestore(t *testing.T) {
	for _, d := range weighting.Methods() {
		for epochs := range 6 {
			m := mustNew(t, settings(d.Name), domains)
			for e := range epochs {
				advance(t, m, e)
			}
			state, err := m.MarshalState()
			if err != nil {
				t.Fatal(err)
			}
			restored := mustNew(t, settings(d.Name), domains)
			if err := restored.UnmarshalState(state); err != nil {
				t.Fatalf("%s: %v", d.Name, err)
			}
			for e := epochs; e < 8; e++ {
				if a, b := fmt.Sprint(weights(m, 3)), fmt.Sprint(weights(restored, 3)); a != b {
					t.Fatalf("%s saved after %d epochs: weights of epoch %d are %s, were %s", d.Name, epochs, e, b, a)
				}
				sum := 0.0
				for _, w := range weights(m, 3) {
					sum += math.Abs(float64(w))
				}
				if d.Name != "uncertainty" && math.Abs(sum-3) > 1e-5 {
					t.Errorf("%s: absolute weights sum to %g", d.Name, sum)
				}
				advance(t, m, e)
				advance(t, restored, e)
			}
			a, _ := m.MarshalState()
			b, _ := restored.MarshalState()
			if !slices.Equal(a, b) {
				t.Errorf("%s: states differ in the end: %s and %s", d.Name, a, b)
			}
		}
	}
}

// TestAlone checks that a domain by itself has weight 1, with any method.
func TestAlone(t *testing.T) {
	for _, d := range weighting.Methods() {
		m := mustNew(t, study.Weighting{Name: d.Name, Weights: map[string]float64{"a": 5}, Targets: map[string]float64{"a": 2}}, domains[:1])
		for e := range 6 {
			if w := weights(m, 1); d.Name != "uncertainty" && w[0] != 1 {
				t.Errorf("%s: weight %g of the only domain", d.Name, w[0])
			}
			if g, ok := m.(weighting.FromGradients); ok {
				if err := fromGram(t, g, make([]float32, 1), []float64{4}, []float32{1}); err != nil {
					t.Error(err)
				}
			}
			m.Observe([]float32{float32(e) + 0.5})
			if l, ok := m.(weighting.Looks); ok {
				l.Look([]float32{1})
			}
			m.EpochEnd([]float64{1})
		}
	}
}

// TestExtremeLosses checks that weights stay finite and keep their sum whatever the
// losses are.
func TestExtremeLosses(t *testing.T) {
	for _, d := range weighting.Methods() {
		m := mustNew(t, settings(d.Name), domains)
		for e := range 6 {
			for _, losses := range [][]float32{{0, 1e30, 1}, {0, 0, 0}, {1e-38, 1e38, 1e38}, {1, 1, 1}} {
				if g, ok := m.(weighting.FromGradients); ok {
					if err := fromGram(t, g, make([]float32, 3), conflicting, losses); err != nil {
						t.Error(err)
					}
				}
				m.Observe(losses)
				if l, ok := m.(weighting.Looks); ok {
					l.Look([]float32{1, 0, 1e30})
				}
				sum := 0.0
				for _, w := range weights(m, 3) {
					sum += math.Abs(float64(w))
				}
				if d.Name != "uncertainty" && !(math.Abs(sum-3) < 1e-5) {
					t.Errorf("%s: weights %v in epoch %d", d.Name, weights(m, 3), e)
				}
			}
			m.EpochEnd([]float64{0, 1e300, 1})
		}
	}
}

func TestBadState(t *testing.T) {
	states := []string{
		"", "{", "[]", `{"other":1}`, `{"weights":[1,1]}`, `{"weights":[3,0,0]}`,
		`{"last":[1,2],"before":null}`, `{"last":null,"before":[1,2,3]}`,
		`{"log_variance":[0]}`, `{"standing":[1,1]}`, `{"log_variance":[0,0,"x"]}`,
	}
	for _, d := range weighting.Methods() {
		m := mustNew(t, settings(d.Name), domains)
		before := fmt.Sprint(weights(m, 3))
		for _, s := range states {
			if err := m.UnmarshalState([]byte(s)); !errors.Is(err, weighting.ErrState) {
				t.Errorf("%s: state %q gives error %v", d.Name, s, err)
			}
		}
		if after := fmt.Sprint(weights(m, 3)); after != before {
			t.Errorf("%s: bad state changed weights from %s to %s", d.Name, before, after)
		}
	}
}

func TestNewErrors(t *testing.T) {
	inf := math.Inf(1)
	tests := []struct {
		name    string
		cfg     study.Weighting
		domains []weighting.Domain
	}{
		{"no domains", study.Weighting{}, nil},
		{"unknown", study.Weighting{Name: "surgery"}, domains},
		{"static without weights", study.Weighting{Name: "static"}, domains},
		{"static missing one", study.Weighting{Name: "static", Weights: map[string]float64{"a": 1, "b": 1}}, domains},
		{"static negative", study.Weighting{Name: "static", Weights: map[string]float64{"a": 1, "b": -1}}, domains[:2]},
		{"static NaN", study.Weighting{Name: "static", Weights: map[string]float64{"a": 1, "b": math.NaN()}}, domains[:2]},
		{"static infinite", study.Weighting{Name: "static", Weights: map[string]float64{"a": 1, "b": inf}}, domains[:2]},
		{"static overflow", study.Weighting{Name: "static", Weights: map[string]float64{"a": 1e308, "b": 1e308}}, domains[:2]},
		{"static zero", study.Weighting{Name: "static", Weights: map[string]float64{"a": 0, "b": 0}}, domains[:2]},
		{"size of nothing", study.Weighting{Name: "size"}, []weighting.Domain{{Name: "a"}}},
		{"dwa temperature", study.Weighting{Name: "dwa", Temperature: -1}, domains},
		{"dwa temperature NaN", study.Weighting{Name: "dwa", Temperature: math.NaN()}, domains},
		{"uncertainty rate", study.Weighting{Name: "uncertainty", Rate: -0.1}, domains},
		{"uncertainty rate too high", study.Weighting{Name: "uncertainty", Rate: 1.5}, domains},
	}
	for _, test := range tests {
		if _, err := weighting.New(test.cfg, test.domains, 1); !errors.Is(err, weighting.ErrMethod) {
			t.Errorf("%s: error %v", test.name, err)
		}
	}
}

func ExampleNew() {
	m, err := weighting.New(study.Weighting{Name: "dwa"}, []weighting.Domain{{Name: "usps"}, {Name: "mnist"}}, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	w := make([]float32, 2)
	m.EpochEnd([]float64{1.0, 1.0})
	m.EpochEnd([]float64{0.9, 0.3}) // usps falls slowly
	m.Weights(w)
	fmt.Printf("%.2f\n", w)
	// Output: [1.15 0.85]
}

// TestEveryStep holds EveryStep to what methods do within an epoch.
func TestEveryStep(t *testing.T) {
	for _, d := range weighting.Methods() {
		m := mustNew(t, settings(d.Name), domains)
		before := weights(m, 3)
		m.Observe([]float32{3, 0.1, 2})
		if g, ok := m.(weighting.FromGradients); ok {
			m.EpochEnd([]float64{1, 1, 1})
			for _, first := range []float64{40, 4} { // the first step may only look
				products := slices.Clone(conflicting)
				products[0] = first
				if err := fromGram(t, g, make([]float32, 3), products, []float32{3, 0.1, 2}); err != nil {
					t.Fatal(err)
				}
			}
		}
		m.Observe([]float32{2, 0.2, 1})
		if moved := !slices.Equal(before, weights(m, 3)); moved != weighting.EveryStep(m) {
			t.Errorf("%s: weights moved: %v, EveryStep says otherwise", d.Name, moved)
		}
	}
}
