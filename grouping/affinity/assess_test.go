package affinity

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestAssess makes the estimators that the material allows, and chooses the cheapest
// of those that passed.
func TestAssess(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 1))
	pools, truth := planted(random, 9, 0.02)
	m := &Material{Pools: pools}
	for i := range 9 {
		m.Domains = append(m.Domains, string(rune('a'+i)))
	}
	names := func(all []Assessed) (out []string) {
		for _, a := range all {
			out = append(out, a.Estimator.Method().Name)
		}
		return out
	}
	all, err := m.Assess(AuditOptions{Draws: 300})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"ridge", "ridge with pairs", "Gaussian process"}; !slices.Equal(names(all), want) {
		t.Errorf("pairs alone allow %v, want %v", names(all), want)
	}
	for _, a := range all {
		// The audit rests on a third of the pools, the estimator on all.
		if a.Report.Pools != 24 || a.Report.Held > 12 || a.Estimator.Method().Pools != 36 {
			t.Errorf("%s: audited on %d after a fit to %d, fitted to %d in the end", a.Report.Name, a.Report.Held, a.Report.Pools, a.Estimator.Method().Pools)
		}
	}
	m.Loss = square(9, 0.1)
	for i := range m.Loss {
		for j := range m.Loss {
			if i != j {
				m.Loss[i][j] = 0.4 - truth[i][j]
			}
		}
	}
	if all, err = m.Assess(AuditOptions{Draws: 300}); err != nil {
		t.Fatal(err)
	}
	if best := Passed(all); best == nil || best.Report.Pools != 0 {
		t.Errorf("of %v %+v is to screen by", names(all), best)
	}
	if Passed(nil) != nil {
		t.Error("of no estimator one passed")
	}
}
