package verification

import (
	"math"
	"testing"

	"github.com/sharewise/sharewise/grouping"
)

func TestCompare(t *testing.T) {
	promised := grouping.Shrunk{Gain: 0.20, Lo: 0.12, Hi: 0.28}
	for _, x := range []struct {
		delivered grouping.Shrunk
		want      Verdict
	}{
		{grouping.Shrunk{Gain: 0.25, Lo: 0.20, Hi: 0.30}, Held},
		{grouping.Shrunk{Gain: 0.13, Lo: 0.00, Hi: 0.26}, Held},
		{grouping.Shrunk{Gain: 0.05, Lo: -0.1, Hi: 0.20}, Unclear}, // 0.15 less, give or take 0.17
		{grouping.Shrunk{Gain: 0.05, Lo: 0.00, Hi: 0.10}, Broken},  // 0.15 less, give or take 0.09
	} {
		c := compare(promised, x.delivered)
		if c.Verdict != x.want {
			t.Errorf("delivered %+v: %s, want %s", x.delivered, c.Verdict, x.want)
		}
		if want := math.Sqrt(math.Pow(x.delivered.Hi-x.delivered.Gain, 2) + 0.08*0.08); math.Abs(c.Noticeable-want) > 1e-12 {
			t.Errorf("a shortfall of %v would be noticed, by hand %v", c.Noticeable, want)
		}
	}
}

func TestHistoryKeepsOneOfEach(t *testing.T) {
	var h History
	for _, id := range []string{"x", "y", "x"} {
		h.add(Record{ID: id})
	}
	if len(h.Records) != 2 || h.Records[0].ID != "y" || h.Records[1].ID != "x" {
		t.Errorf("%+v", h.Records)
	}
}
