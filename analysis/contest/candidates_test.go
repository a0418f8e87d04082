package contest

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/weighting"
)

// TestCandidates checks for every method that it gets as many candidates as others,
// that these can be made, that the first has the defaults, and that drawn again they
// are the same.
func TestCandidates(t *testing.T) {
	domains := []weighting.Domain{{Name: "a", Train: 5}, {Name: "b", Train: 9}}
	for _, m := range study.WeightingMethods() {
		list := candidates(m, 20, []string{"a", "b"}, 7)
		if len(list) != 20 || !reflect.DeepEqual(list, candidates(m, 20, []string{"a", "b"}, 7)) {
			t.Fatalf("%s: %d candidates, or others when drawn again", m.Name, len(list))
		}
		if list[0].rate != 1 {
			t.Errorf("%s: the first candidate has rate %g", m.Name, list[0].rate)
		}
		varied := map[float64]bool{}
		for _, c := range list {
			w := c.weighting
			if m.Has("targets") {
				w.Targets = map[string]float64{"a": 1, "b": 2}
			}
			if _, err := weighting.New(w, domains, 1); err != nil {
				t.Errorf("%s: %v", m.Name, err)
			}
			if c.rate < 1./rateSpan*0.99 || c.rate > rateSpan*1.01 {
				t.Errorf("%s: rate %g", m.Name, c.rate)
			}
			w.Vary(func(_ string, _, _, v float64) float64 { varied[v] = true; return v })
		}
		w := list[0].weighting
		settings := 0
		w.Vary(func(_ string, _, _, v float64) float64 { settings++; return v })
		if settings > 0 && len(varied) < 8 {
			t.Errorf("%s: only %d different settings", m.Name, len(varied))
		}
	}
}

func TestRounds(t *testing.T) {
	for n, want := range map[int][]int{1: {1}, 2: {2, 1}, 9: {9, 3, 1}, 10: {10, 3, 1}, 27: {27, 9, 3, 1}} {
		if got := rounds(n); !reflect.DeepEqual(got, want) {
			t.Errorf("rounds of %d are %v, want %v", n, got, want)
		}
	}
	// Who takes twice as long for a step has half the epochs, in all rounds.
	for round, want := range []int{3, 9, 27} {
		if got, half := epochsOf(27, round, 3, 1), epochsOf(54, round, 3, 2); got != want || half != want {
			t.Errorf("round %d: %d epochs, and %d of twice as many at half the pace", round, got, half)
		}
	}
	list := []candidate{{score: 2, rate: 1}, {score: 1, rate: 2}, {score: 2, rate: 3}}
	if got := best(list, 2); got[0].rate != 2 || got[1].rate != 1 {
		t.Errorf("best are %v", got)
	}
}

// TestControlBudget holds the control to the draws of each method, all of them different,
// and tells where these are few for as many domains.
func TestControlBudget(t *testing.T) {
	for _, n := range []int{1, 9, 30} {
		var budget []int
		for _, m := range study.WeightingMethods() {
			list := candidates(m, n, []string{"a", "b", "c", "d"}, 7)
			different := map[string]bool{}
			for _, c := range list {
				different[fmt.Sprintf("%+v %g", c.weighting, c.rate)] = true
			}
			if m.Name == control {
				budget = append(budget, len(different))
			} else if len(different) > n {
				t.Errorf("%s has %d draws of %d", m.Name, len(different), n)
			}
		}
		if !reflect.DeepEqual(budget, []int{n}) {
			t.Errorf("the control has %v draws where each method has %d", budget, n)
		}
	}
	if coarseControl(3, 9) != "" || !strings.Contains(coarseControl(4, 9), "trials: 12") {
		t.Errorf("told %q and %q", coarseControl(3, 9), coarseControl(4, 9))
	}
}

// TestJoined keeps what a smaller budget ended with among the last of a larger one.
func TestJoined(t *testing.T) {
	list := candidates(study.WeightingMethod{Name: control, Keys: []study.WeightingKey{{Key: "weights"}}}, 4, []string{"a", "b"}, 7)
	if got := joined(list[:2], list[1]); len(got) != 2 {
		t.Errorf("%d of 2 that hold it", len(got))
	}
	if got := joined(list[:2:2], list[3]); len(got) != 3 || got[2].rate != list[3].rate {
		t.Errorf("%v", got)
	}
}
