package inspection

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestKolmogorov compares with values of scipy.special.kolmogorov.
func TestKolmogorov(t *testing.T) {
	for _, c := range []struct {
		lambda, want float64
	}{{0.3, 0.999991}, {0.8275735551899077, 0.5}, {1, 0.2699996716735}, {1.3580986393225507, 0.05}, {1.6276236115189505, 0.01}, {2.5, 7.453306344157e-6}} {
		// With n = m = 2e8, e is 1e8 and λ is (1e4 + 0.12) D to 1e-9.
		if got := kolmogorov(c.lambda/(1e4+0.12), 2e8, 2e8); math.Abs(got-c.want) > 1e-6*math.Max(1e-3, c.want)+1e-9 {
			t.Errorf("λ = %g: %g, want %g", c.lambda, got, c.want)
		}
	}
	if p := kolmogorov(0, 10, 10); p != 1 {
		t.Errorf("no distance has p = %g", p)
	}
	if p := kolmogorov(1, 1000, 1000); p > 1e-300 {
		t.Errorf("all the distance has p = %g", p)
	}
}

// TestKolmogorovLevel draws both splits from one distribution: p is below 5 %
// in about 5 % of the cases.
func TestKolmogorovLevel(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	draw := func(n int) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = rng.NormFloat64()
		}
		slices.Sort(x)
		return x
	}
	below := 0
	const times = 2000
	for range times {
		if driftOf(draw(60), draw(40), -9, 9).P < 0.05 {
			below++
		}
	}
	// Three binomial standard deviations are 1.5 %; the statistic is discrete
	// and a little conservative.
	if share := float64(below) / times; share < 0.03 || share > 0.065 {
		t.Errorf("p < 0.05 in %g of the cases", share)
	}
}

// TestKS compares with distances that can be counted, ties included.
func TestKS(t *testing.T) {
	for _, c := range []struct {
		train, test []float64
		want        float64
	}{
		{[]float64{1, 2, 3, 4}, []float64{1, 2, 3, 4}, 0},
		{[]float64{1, 2}, []float64{3, 4}, 1},
		{[]float64{0, 0, 0, 1}, []float64{0, 1, 1, 1}, 0.5},
		{[]float64{1, 2, 3, 4, 5}, []float64{3.5, 3.5, 6}, 0.6},
	} {
		d := driftOf(c.train, c.test, c.train[0], c.train[len(c.train)-1])
		if math.Abs(d.KS-c.want) > 1e-12 {
			t.Errorf("%v, %v: %g, want %g", c.train, c.test, d.KS, c.want)
		}
	}
	if d := driftOf([]float64{1, 2}, []float64{0, 1, 2, 5}, 1, 2); d.Outside != 0.5 {
		t.Errorf("outside %g", d.Outside)
	}
	if driftOf(nil, []float64{1}, 0, 0) != nil {
		t.Error("a drift without training data")
	}
}

// TestAdjust checks the example of Benjamini and Hochberg (1995), table 1.
func TestAdjust(t *testing.T) {
	p := []float64{0.3240, 0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.4262, 0.5719, 0.6528, 0.7590, 1.0}
	features := make([]Feature, len(p)+1) // the last has no drift
	for i := range p {
		features[i].Drift = &Drift{P: p[i]}
	}
	adjust(features)
	called := 0
	for i := range p {
		if features[i].Drift.Q <= 0.05 {
			called++
		}
		if features[i].Drift.Q < p[i] {
			t.Errorf("q %g is below p %g", features[i].Drift.Q, p[i])
		}
	}
	if called != 4 || math.Abs(features[1].Drift.Q-0.0015) > 1e-12 {
		t.Errorf("%d called, the smallest q is %g", called, features[1].Drift.Q)
	}
}

// TestFeatures describes columns whose figures are known, and plants drift,
// an outlier, a constant and missing values.
func TestFeatures(t *testing.T) {
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(3, 4))
	table := func(n int, shift float64) []string {
		out := []string{"same,steps,shifted,spiky,gap,y"}
		for i := range n {
			spike := rng.Float64()
			if i == 7 && shift == 0 {
				spike = 1e4
			}
			gap := fmt.Sprint(i % 5)
			if i >= 500 && shift == 0 {
				gap = "NA"
			}
			out = append(out, fmt.Sprintf("5,%d,%g,%g,%s,%d", i%101, rng.NormFloat64()+shift, spike, gap, i%2))
		}
		return out
	}
	write(t, dir, "a.csv", rows(table(505, 0)...))
	write(t, dir, "t.csv", rows(table(202, 1)...))
	r := inspect(t, dir, `domains:
  - {name: one, data: a.csv, test: t.csv, split: {validation: 0}, columns: {label: y, impute: none}}
  - {name: two, data: a.csv, test: t.csv, split: {validation: 0}, columns: {label: y, impute: none}, skip_bad: true}
`, exactly)
	d := r.Domains[0]
	at := func(name string) *Feature {
		i := slices.IndexFunc(d.Features, func(f Feature) bool { return f.Name == name })
		if i < 0 {
			t.Fatalf("no feature %s", name)
		}
		return &d.Features[i]
	}
	if f := at("same"); !f.Constant || f.SD != 0 || f.Mean != 5 || f.Drift.KS != 0 || f.Drifts() {
		t.Errorf("same: %+v", f)
	}
	// 500 rows: 0 to 100 four times and 0 to 95 once more.
	if f := at("steps"); f.Min != 0 || f.Max != 100 || math.Abs(f.Median-49) > 1 || math.Abs(f.Q1-24.5) > 1 || math.Abs(f.Mean-49.52) > 0.01 || f.FarOut != 0 || f.Drifts() {
		t.Errorf("steps: %+v", f)
	}
	if f := at("shifted"); !f.Drifts() || f.Drift.KS < 0.25 || f.Drift.KS > 0.55 {
		t.Errorf("shifted: %+v, %+v", f, f.Drift)
	}
	if f := at("spiky"); f.FarOut != 1.0/500 || f.Extreme < 20 || f.Max != 1e4 || f.Drifts() {
		t.Errorf("spiky: %+v, %+v", f, f.Drift)
	}
	if f := at("gap"); f.Missing != 5 || f.Drifts() {
		t.Errorf("gap: %+v", f)
	}
	for _, w := range []struct {
		kind         Kind
		domain, text string
	}{
		{Stop, "one", `5 bad samples, most often: column "gap": missing value (5, such as a.csv:502). Correct them, or set skip_bad: true`},
		{Caution, "two", "5 bad samples"},
		{Caution, "one", "the same in all training samples: same"},
		{Caution, "one", "test differs from training data in 1 feature (Kolmogorov-Smirnov distance): shifted (0."},
		{Caution, "one", "many standard deviations from the mean: spiky (22)"},
	} {
		if !warns(r, w.kind, w.domain, w.text) {
			t.Errorf("no warning %v among %v", w, r.Warnings)
		}
	}
}

// TestUnlabelledRows are no bad samples where the study leaves them out.
func TestUnlabelledRows(t *testing.T) {
	dir := t.TempDir()
	table := []string{"x,z,y"}
	for i := range 60 {
		table = append(table, fmt.Sprintf("%d,%d,%s", i, i*i%7, []string{"", "u", "v"}[i%3]))
	}
	write(t, dir, "a.csv", rows(table...))
	r := inspect(t, dir, `defaults: {data: a.csv, columns: {label: y, missing_labels: drop}}
domains: [{name: one}, {name: two}]
`, exactly)
	if !warns(r, Caution, "one", "20 rows without a label left out (columns.missing_labels), such as a.csv:2") || slices.ContainsFunc(r.Warnings, func(w Warning) bool { return w.Kind == Stop }) {
		t.Errorf("warnings %v", r.Warnings)
	}
}

// TestSampledEvenly thins out a long table for quartiles, not for extremes.
func TestSampledEvenly(t *testing.T) {
	dir := t.TempDir()
	const n = MostSampled + 5001
	var b strings.Builder
	b.WriteString("x,y\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,%d\n", i, i%2)
	}
	write(t, dir, "a.csv", []byte(b.String()))
	write(t, dir, "t.csv", rows("x,y", "5,0", "6,1"))
	r := inspect(t, dir, `domains:
  - {name: one, data: a.csv, test: t.csv, split: {validation: 0}, columns: {label: y}}
  - {name: two, data: t.csv, test: t.csv, split: {validation: 0}, columns: {label: y}}
`, exactly)
	f := r.Domains[0].Features[0]
	if f.Min != 0 || f.Max != n-1 || math.Abs(f.Mean-(n-1)/2.0) > 1e-6 || math.Abs(f.Median-n/2.0) > 2 || math.Abs(f.Q3-0.75*n) > 2 {
		t.Errorf("%+v", f)
	}
}

// TestDistance compares with a difference of one deviation in one of two
// features.
func TestDistance(t *testing.T) {
	a := []Feature{{Mean: 0, SD: 2}, {Mean: 5, SD: 1}, {Mean: 3}}
	b := []Feature{{Mean: 2, SD: 2}, {Mean: 5, SD: 3}, {Mean: 4}}
	if d := distance(a, b); d == nil || math.Abs(*d-math.Sqrt(0.5)) > 1e-12 {
		t.Errorf("distance %v", d)
	}
	if distance(a[2:], b[2:]) != nil {
		t.Error("a distance without a feature that varies")
	}
}

// TestColumnsOfWords counts words; the codes behind the features are no numbers
// to describe.
func TestColumnsOfWords(t *testing.T) {
	dir := t.TempDir()
	var train, held []string
	for i := range 60 {
		train = append(train, fmt.Sprintf("%d,%s,%d", i, []string{"acme", "acme", "bolt"}[i%3], i%2))
		held = append(held, fmt.Sprintf("%d,%s,%d", i, []string{"acme", "bolt", "cog", ""}[i%4], i%2))
	}
	write(t, dir, "a.csv", rows(append([]string{"x,supplier,y"}, train...)...))
	write(t, dir, "t.csv", rows(append([]string{"x,supplier,y"}, held...)...))
	r := inspect(t, dir, `domains:
  - {name: one, data: a.csv, test: t.csv, split: {validation: 0}, columns: {label: y, categorical: [supplier]}}
  - {name: two, data: t.csv, test: a.csv, split: {validation: 0}, columns: {label: y, categorical: [supplier]}}
`, Options{Near: -1})
	d := r.Domains[0]
	if len(d.Features) != 1 || d.Features[0].Name != "x" || d.Features[0].Max != 59 {
		t.Errorf("features %+v", d.Features)
	}
	want := Category{Name: "supplier", Words: 2, Most: "acme", Share: 2.0 / 3, Unseen: 30}
	if len(d.Categories) != 1 || d.Categories[0] != want {
		t.Errorf("categories %+v, want %+v", d.Categories, want)
	}
	if !slices.Contains(d.Notes, `column "supplier" holds 2 words, most often "acme" (67 % of training)`) {
		t.Errorf("notes %q", d.Notes)
	}
	if !warns(r, Caution, "one", `30 of 60 test samples (50 %) have a word in column "supplier" that its training data lack, or none`) {
		t.Errorf("warnings %v", r.Warnings)
	}
}

// TestGather tells a warning of many domains once.
func TestGather(t *testing.T) {
	var all []Warning
	w := &warner{}
	for i := range 8 {
		name := string(rune('a' + i))
		w.add(Caution, name, "%d test samples only", i)
		if i < 4 {
			w.add(Leak, name, "%d samples leak", i)
		}
	}
	all = append(w.list, Warning{Kind: Caution, Domain: "z", Text: "by hand"})
	var got []string
	for _, g := range Gather(all) {
		got = append(got, g.Domain+": "+g.Text)
	}
	want := []string{"a (likewise b, c, d, e, f and 2 more): 0 test samples only", "a: 0 samples leak", "b: 1 samples leak", "c: 2 samples leak", "d: 3 samples leak", "z: by hand"}
	if !slices.Equal(got, want) {
		t.Errorf("gathered %q, want %q", got, want)
	}
}
