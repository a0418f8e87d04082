package weighting_test

import (
	"math"
	"testing"

	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/weighting"
)

// slopes are the derivatives of an objective by losses, by central differences,
// scaled to sum to their number: the weights that stand for a step down it.
func slopes(objective func(l []float64) float64, at []float64) []float64 {
	out, sum := make([]float64, len(at)), 0.0
	for i := range at {
		h := 1e-5 * at[i]
		up, down := append([]float64(nil), at...), append([]float64(nil), at...)
		up[i], down[i] = at[i]+h, at[i]-h
		out[i] = (objective(up) - objective(down)) / (2 * h)
		sum += out[i]
	}
	for i := range out {
		out[i] *= float64(len(out)) / sum
	}
	return out
}

func observe(m weighting.Method, losses ...float32) { m.Observe(losses) }

func TestGLSDescendsTheGeometricMean(t *testing.T) {
	m := mustNew(t, study.Weighting{Name: "gls"}, domains)
	observe(m, 0.5, 2, 7)
	wantWeights(t, m, slopes(func(l []float64) float64 { return math.Cbrt(l[0] * l[1] * l[2]) }, []float64{0.5, 2, 7})...)
}

func TestSTCHDescendsTheSmoothMaximum(t *testing.T) {
	const mu = 0.3
	m := mustNew(t, study.Weighting{Name: "stch", Temperature: mu, Warmup: 2}, domains)
	losses := []float64{0.5, 2, 7}
	observe(m, 0.5, 2, 7)
	m.EpochEnd([]float64{9, 9, 9})
	wantWeights(t, m, slopes(func(l []float64) float64 { return math.Log(l[0] * l[1] * l[2]) }, losses)...)
	nadir := []float64{1, 2, 10}
	m.EpochEnd(nadir)
	observe(m, 0.5, 2, 7)
	m.EpochEnd([]float64{3, 3, 3}) // later epochs leave the nadir alone
	wantWeights(t, m, slopes(func(l []float64) float64 {
		sum := 0.0
		for i := range l {
			sum += math.Exp(math.Log(l[i]/nadir[i]) / mu)
		}
		return mu * math.Log(sum)
	}, losses)...)
}

// TestIMTLLSettles checks that with steady losses weighted losses become alike.
func TestIMTLLSettles(t *testing.T) {
	m := mustNew(t, study.Weighting{Name: "imtl-l", Rate: 0.1}, domains)
	for range 5000 {
		observe(m, 0.1, 2, 7)
	}
	w := weights(m, 3)
	for i, l := range []float64{0.1, 2, 7} {
		if got := l * float64(w[i]) / (0.1 * float64(w[0])); math.Abs(got-1) > 1e-4 {
			t.Errorf("weights %v", w)
		}
	}
}

func TestLBTW(t *testing.T) {
	m := mustNew(t, study.Weighting{Name: "lbtw", Power: 0.5}, domains)
	observe(m, 4, 1, 1)
	wantWeights(t, m, 1, 1, 1)
	observe(m, 1, 1, 4)
	wantWeights(t, m, 3*0.5/3.5, 3*1/3.5, 3*2/3.5)
	m.EpochEnd([]float64{1, 1, 1})
	wantWeights(t, m, 1, 1, 1) // of the new epoch there is no first step yet
	observe(m, 5, 5, 5)
	observe(m, 20, 5, 5)
	wantWeights(t, m, 3*2./4, 3*1./4, 3*1./4)
}

func TestTargets(t *testing.T) {
	targets := map[string]float64{"a": 1, "b": 2, "c": 4}
	m := mustNew(t, study.Weighting{Name: "baseline", Targets: targets}, domains)
	wantWeights(t, m, 3*4./7, 3*2./7, 3*1./7)
	m = mustNew(t, study.Weighting{Name: "gap", Targets: targets, Power: 2}, domains)
	wantWeights(t, m, 1, 1, 1)
	observe(m, 2, 5, 1)
	wantWeights(t, m, 3*1./10, 3*9./10, 0)
	observe(m, 1, 1, 1) // all are there
	wantWeights(t, m, 1, 1, 1)

	// Only the excess moves the weights of DoReMi, and smoothing leaves all a part.
	m = mustNew(t, study.Weighting{Name: "doremi", Targets: targets, Rate: 0.5, Smoothing: 0.1}, domains)
	observe(m, 3, 1, 4)
	up := math.Exp(0.5 * 2)
	a, rest := up/(up+2), 1/(up+2)
	wantWeights(t, m, 3*(0.9*a+0.1/3), 3*(0.9*rest+0.1/3), 3*(0.9*rest+0.1/3))
	for range 1000 {
		observe(m, 3, 1, 4)
	}
	// In the end nearly α = 0.9·e_a + 0.1/3.
	if w := weights(m, 3); w[0] < 2.6 || w[1] < 0.09 {
		t.Errorf("weights %v after long", w)
	}
}

func TestGroupDRO(t *testing.T) {
	m := mustNew(t, study.Weighting{Name: "group-dro", Rate: 0.1}, domains)
	for range 5 {
		observe(m, 1, 2, 3)
	}
	e := math.Exp(0.5)
	sum := e + e*e + e*e*e
	wantWeights(t, m, 3*e/sum, 3*e*e/sum, 3*e*e*e/sum)
}

func TestTemperature(t *testing.T) {
	m := mustNew(t, study.Weighting{Name: "temperature", Temperature: 1}, domains)
	wantWeights(t, m, 0.5, 1.5, 1) // by size
	m = mustNew(t, study.Weighting{Name: "temperature", Temperature: 2}, domains)
	sum := 10 + math.Sqrt(300) + math.Sqrt(200)
	wantWeights(t, m, 30/sum, 3*math.Sqrt(300)/sum, 3*math.Sqrt(200)/sum)
}

// TestRLW checks the moments of the draws: weights are alike on average, and every
// step and every seed has its own.
func TestRLW(t *testing.T) {
	m := mustNew(t, study.Weighting{Name: "rlw"}, domains)
	other, err := weighting.New(study.Weighting{Name: "rlw"}, domains, 2)
	if err != nil {
		t.Fatal(err)
	}
	const steps = 20000
	var mean, square [3]float64
	for range steps {
		w := weights(m, 3)
		if w[0] == weights(other, 3)[0] {
			t.Fatal("two seeds draw the same")
		}
		for i := range w {
			mean[i] += float64(w[i]) / steps
			square[i] += math.Pow(math.Log(float64(w[i])/float64(w[0])), 2) / steps
		}
		observe(m, 1, 1, 1)
		observe(other, 1, 1, 1)
	}
	for i := range mean {
		// Logarithms of ratios are differences of two standard normal draws.
		if math.Abs(mean[i]-1) > 0.03 || i > 0 && math.Abs(square[i]-2) > 0.1 {
			t.Errorf("mean weights %v, mean squared log ratios %v", mean, square)
		}
	}
}

// TestFAMOStep takes one step of Adam, whose first step is the sign of the gradient,
// and checks the gradient by central differences of Σ softmax(ξ)·δ.
func TestFAMOStep(t *testing.T) {
	const rate = 0.05
	m := mustNew(t, study.Weighting{Name: "famo", Rate: rate, Decay: 1e-9}, domains).(weighting.Looks)
	before, after := []float64{1, 2, 4}, []float64{0.5, 1.8, 3.9}
	observe(m, 1, 2, 4)
	wantWeights(t, m, slopes(func(l []float64) float64 { return math.Log(l[0] * l[1] * l[2]) }, before)...)
	m.Look([]float32{0.5, 1.8, 3.9})
	share := func(xi []float64) float64 {
		sum, out := 0.0, 0.0
		for _, x := range xi {
			sum += math.Exp(x)
		}
		for i, x := range xi {
			out += math.Exp(x) / sum * math.Log(before[i]/after[i])
		}
		return out
	}
	xi, mean := make([]float64, 3), 0.0
	for i := range xi {
		up, down := make([]float64, 3), make([]float64, 3)
		up[i], down[i] = 1e-6, -1e-6
		xi[i] = -rate * math.Copysign(1, share(up)-share(down))
		mean += xi[i] / 3
	}
	want, sum := make([]float64, 3), 0.0
	for i := range want {
		want[i] = math.Exp(xi[i]) / before[i]
		sum += want[i]
	}
	for i := range want {
		want[i] *= 3 / sum
	}
	wantWeights(t, m, want...)
}

// TestGradNormPulls checks that gradients of different length are brought to one
// length where all learn at the same pace, and that who learns slowly gets more.
func TestGradNormPulls(t *testing.T) {
	for _, test := range []struct {
		losses []float32
		ratio  float64 // of weighted lengths, first to second
	}{
		{[]float32{0.5, 0.5}, 1},
		{[]float32{0.8, 0.4}, 2}, // (L1/L2)^1
	} {
		m := mustNew(t, study.Weighting{Name: "gradnorm", Power: 1, Rate: 0.01}, domains[:2]).(weighting.FromGradients)
		w := make([]float32, 2)
		for step := range 3000 {
			if step == 1 {
				m.EpochEnd([]float64{1, 1})
			}
			if err := m.WeightsFromGram(w, []float64{1, 0, 0, 9}, test.losses); err != nil {
				t.Fatal(err)
			}
		}
		if got := float64(w[0]) / (3 * float64(w[1])); math.Abs(got/test.ratio-1) > 0.05 {
			t.Errorf("losses %v: weighted lengths have the ratio %.3f, want %g", test.losses, got, test.ratio)
		}
	}
}
