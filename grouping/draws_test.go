package grouping

import (
	"math"
	"testing"
)

// Sums over draws have the mean and the spread that promises have.
func TestDrawGainsAgreeWithPromise(t *testing.T) {
	p := plantedPools(t)
	best, err := Best(p)
	if err != nil {
		t.Fatal(err)
	}
	promise, err := PromiseOf(p, best)
	if err != nil {
		t.Fatal(err)
	}
	if promise.Why != "" {
		t.Fatalf("gains are not shrunk: %s", promise.Why)
	}
	draws, err := DrawGains(p, nil, 4000, 1)
	if err != nil {
		t.Fatal(err)
	}
	var terms []GainTerm
	for _, names := range best.Names() {
		members, err := p.Indices(names)
		if err != nil {
			t.Fatal(err)
		}
		more, _, ok := p.Terms(members)
		if !ok {
			t.Fatalf("%v has no terms", names)
		}
		terms = append(terms, more...)
	}
	total := func(cells []float64) float64 {
		sum := 0.0
		for _, term := range terms {
			sum += p.value(term.Domain) * term.Weight * cells[term.Cell]
		}
		return sum
	}
	if got := total(draws.Centre); math.Abs(got-promise.Total.Gain) > 1e-9 {
		t.Errorf("centre has a total of %v, promised are %v", got, promise.Total.Gain)
	}
	mean, square := 0.0, 0.0
	for _, d := range draws.Gains {
		x := total(d)
		mean += x / 4000
		square += x * x / 4000
	}
	deviation := math.Sqrt(square - mean*mean)
	if math.Abs(mean-promise.Total.Gain) > 4*deviation/math.Sqrt(4000) {
		t.Errorf("mean of draws %v, promised %v", mean, promise.Total.Gain)
	}
	// The promise's limits hold the measured total with some room, and may be wider
	// than the posterior on that side.
	narrow := math.Min(promise.Total.Hi-promise.Total.Gain, promise.Total.Gain-promise.Total.Lo)
	if ratio := narrow / deviation; ratio < 1.7 || ratio > 2.4 {
		t.Errorf("limits are %.2f standard deviations of draws away", ratio)
	}
}

// plantedPools are four domains, of which two are alike, with all their pools.
func plantedPools(t *testing.T) *Problem {
	t.Helper()
	p := &Problem{Domains: []string{"a", "b", "c", "d"}, Value: []float64{2, 1, 1, 0.5}}
	add := func(members []int, gains ...float64) {
		pool := Pool{Members: members, Gain: gains}
		for _, g := range gains {
			pool.Lo, pool.Hi = append(pool.Lo, g-0.06), append(pool.Hi, g+0.06)
		}
		p.Pools = append(p.Pools, pool)
	}
	add([]int{0, 1}, 0.20, 0.15)
	add([]int{0, 2}, -0.05, 0.02)
	add([]int{0, 3}, 0.01, -0.02)
	add([]int{1, 2}, -0.03, 0.00)
	add([]int{1, 3}, 0.02, -0.04)
	add([]int{2, 3}, 0.03, 0.01)
	add([]int{0, 1, 2, 3}, 0.05, 0.04, -0.08, -0.05)
	return p
}

func TestTermsOfEstimates(t *testing.T) {
	p := plantedPools(t)
	terms, source, ok := p.Terms([]int{0, 1, 2})
	if !ok || source != FromPairs || len(terms) != 6 {
		t.Fatalf("terms %+v, %s, %v", terms, source, ok)
	}
	sum := 0.0
	cell := []float64{0.20, 0.15, -0.05, 0.02, 0.01, -0.02, -0.03, 0.00, 0.02, -0.04, 0.03, 0.01, 0.05, 0.04, -0.08, -0.05}
	for _, term := range terms {
		if term.Domain == 0 {
			sum += term.Weight * cell[term.Cell]
		}
	}
	if want := (0.20 - 0.05) / 2; math.Abs(sum-want) > 1e-12 {
		t.Errorf("a gains %v in the pool of three, the mean of its pairs is %v", sum, want)
	}
	p.Pools = p.Pools[:1]
	if _, _, ok := p.Terms([]int{2, 3}); ok {
		t.Error("a pool without gains has terms")
	}
	if terms, source, ok := p.Terms([]int{2}); !ok || source != Single || len(terms) != 0 {
		t.Error("a domain alone has terms")
	}
}
