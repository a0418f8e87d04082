package reports

import (
	"testing"

	"github.com/sharewise/sharewise/grouping"
)

// TestDecided holds the sentence on what is settled to the pools that were trained:
// all pairs of three domains, or none.
func TestDecided(t *testing.T) {
	for _, test := range []struct {
		pairs  int
		regret float64
		want   string
	}{
		{3, 0.0004, "With 95% probability no other grouping is better; up to 2.0% does not matter."},
		{3, 0.012, "With 95% probability no other grouping is better by more than 1.2%, averaged over the domains; up to 2.0% does not matter."},
		{0, 0, "With 95% probability no other grouping of the pools that were trained is better; up to 2.0% does not matter."},
	} {
		g := &grouping.Recommendation{
			Domains: make([]grouping.DomainValue, 3), Pairs: make([]grouping.PairGain, test.pairs),
			Stability: &grouping.Stability{Decision: &grouping.Decision{Kind: grouping.Settled, Tolerance: 0.02, Regret: test.regret}},
		}
		if got := decided(g); got.String() != test.want {
			t.Errorf("%d pairs, regret %v:\n%s", test.pairs, test.regret, got)
		}
	}
}
