package effect

import (
	"math"
	"slices"
	"testing"
)

func TestDiscoveries(t *testing.T) {
	// The third is above 0.05·3/5, the fourth below 0.05·4/5: all four count.
	got := Discoveries([]float64{.04, .001, .035, .8, .02}, .05)
	if want := []bool{true, true, true, false, true}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := Discoveries([]float64{.03, .9, 1}, .05); slices.Contains(got, true) {
		t.Errorf("one of three at .03 is a discovery: %v", got)
	}
	if got := Discoveries(nil, .05); len(got) != 0 {
		t.Errorf("%v from nothing", got)
	}
}

func TestSimultaneous(t *testing.T) {
	if l := Simultaneous(.95, 30); math.Abs(math.Pow(l, 30)-.95) > 1e-12 || Simultaneous(.95, 0) != .95 {
		t.Errorf("level %v", l)
	}
}
