package grouping

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/sharewise/sharewise/analysis"
)

// allPools is a problem of four domains, all pools of which were measured, with the
// same gain for each member, give or take half.
func allPools(gain func(members []int, domain int) float64, half float64) *Problem {
	p := &Problem{Domains: []string{"a", "b", "c", "d"}}
	for bits := 1; bits < 16; bits++ {
		var pool Pool
		for j := range 4 {
			if bits>>j&1 == 1 {
				pool.Members = append(pool.Members, j)
			}
		}
		if len(pool.Members) < 2 {
			continue
		}
		for _, j := range pool.Members {
			x := gain(pool.Members, j)
			pool.Gain, pool.Lo, pool.Hi = append(pool.Gain, x), append(pool.Lo, x-half), append(pool.Hi, x+half)
		}
		p.Pools = append(p.Pools, pool)
	}
	return p
}

// TestIndifferentTakesFewest checks that what is recommended where it makes no
// difference is the grouping with the fewest models, everywhere: in groups, in what
// they promise and in how firm they are; and that the largest total is kept beside it.
func TestIndifferentTakesFewest(t *testing.T) {
	slight := func(members []int, domain int) float64 {
		if fmt.Sprint(members) == "[0 1]" {
			return 0.004
		}
		return -0.001
	}
	r, err := Recommend(allPools(slight, 0.003), Context{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(r.Names()); got != "[[a b c d]]" || r.Firmness != Even || r.Chosen != ByModels {
		t.Fatalf("recommended %s, %s, by %s", got, r.Firmness, r.Chosen)
	}
	guess, ok := r.Alternative(BestGuess)
	if !ok || fmt.Sprint(guess.Groups) != "[[a b] [c] [d]]" || !(guess.Total > r.Total) || r.Bound != guess.Total || r.Optimal {
		t.Errorf("best guess %+v, total %v, bound %v, optimal %v", guess, r.Total, r.Bound, r.Optimal)
	}
	if _, joint := r.Alternative("joint"); joint {
		t.Error("the recommended grouping is an alternative to itself")
	}
	if len(r.Promised.Groups) != 1 || len(r.Promised.Groups[0].Members) != 4 {
		t.Errorf("the promise is about others: %+v", r.Promised)
	}
	if other, ok := r.Rival(); ok && r.Same(other.Groups) {
		t.Errorf("its rival is itself: %v", other)
	}
	path := filepath.Join(t.TempDir(), FileName)
	if err := r.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	if back, err := ReadFile(path); err != nil || back.Chosen != ByModels || fmt.Sprint(back.Names()) != "[[a b c d]]" {
		t.Errorf("read back: %+v, %v", back, err)
	}

	// A pool that surely harms a member, by little on average, is not cheap.
	harm := func(members []int, domain int) float64 {
		if len(members) == 4 {
			return []float64{-0.03, 0.01, 0.01, 0.01}[domain]
		}
		return slight(members, domain)
	}
	if r, err = Recommend(allPools(harm, 0.003), Context{Seed: 1}); err != nil {
		t.Fatal(err)
	}
	for _, g := range r.Groups {
		for _, m := range g.Members {
			if m.Gain < -0.02 {
				t.Errorf("%v is recommended, which harms %s", r.Names(), m.Domain)
			}
		}
	}
	// Without a difference that can be told from none, nothing is cheapest.
	if r, err = Recommend(allPools(slight, 0.3), Context{Seed: 1}); err != nil || r.Chosen != ByGain || fmt.Sprint(r.Names()) != "[[a b] [c] [d]]" {
		t.Errorf("open: %v by %s, %v", r.Names(), r.Chosen, err)
	}
}

// TestDoubtsLeaveTheGuess puts one domain in doubt where it makes no difference which
// of the others share: these are then decided without it, and share one model.
func TestDoubtsLeaveTheGuess(t *testing.T) {
	p := allPools(func(members []int, domain int) float64 {
		if fmt.Sprint(members) == "[0 1]" {
			return 0.004
		}
		return -0.001
	}, 0.003)
	r, err := Recommend(p, Context{Seed: 1, Doubts: []analysis.Doubt{{Kind: analysis.Undertrained, Domains: []string{"d"}}}})
	if err != nil {
		t.Fatal(err)
	}
	if r.OutOfDoubt == nil || r.Firmness != Even || fmt.Sprint(r.Names()) != "[[a b c] [d]]" || r.Chosen != ByModels {
		t.Errorf("%v, %s by %s, out of doubt %+v", r.Names(), r.Firmness, r.Chosen, r.OutOfDoubt)
	}
	for _, g := range r.Groups {
		if want := map[bool]Firmness{true: Even, false: Doubtful}[len(g.Members) == 3]; g.Firmness != want {
			t.Errorf("%v is %s, want %s", g.Names(), g.Firmness, want)
		}
	}
}
