package verification

import (
	"errors"
	"math"
	"testing"

	"github.com/sharewise/sharewise/grouping"
)

// TestLimited refuses a delivered gain without limits, which no file can hold, but not
// of a domain that nothing was promised of.
func TestLimited(t *testing.T) {
	known, unknown := grouping.Shrunk{Gain: 0.1, Lo: 0, Hi: 0.2}, grouping.Shrunk{Gain: 0, Lo: math.NaN(), Hi: math.NaN()}
	pool := func(members ...grouping.Shrunk) *grouping.Promise {
		var g grouping.PromisedGroup
		for _, m := range members {
			g.Members = append(g.Members, grouping.PromisedGain{Domain: "d", Gain: m})
		}
		return &grouping.Promise{Groups: []grouping.PromisedGroup{g}}
	}
	if err := limited(pool(known, unknown)); !errors.Is(err, ErrNoLimits) {
		t.Errorf("without limits: %v", err)
	}
	for _, p := range []*grouping.Promise{pool(known, known), pool(unknown)} {
		if err := limited(p); err != nil {
			t.Error(err)
		}
	}
}
