package reports

import (
	"math"
	"testing"

	"github.com/sharewise/sharewise/analysis/effect"
)

func TestFormat(t *testing.T) {
	inf := math.Inf(1)
	tests := []struct {
		got, want string
	}{
		{percent(0.123), "12%"},
		{percent(0.0123), "1.2%"},
		{percent(-0.0123), "−1.2%"},
		{percent(0.0994), "9.9%"},
		{percent(0.0996), "10%"},
		{percent(-0.0001), "0.0%"},
		{percent(nan), "–"},
		{percent(inf), "–"},
		{percent(1), "100%"},
		{signed(0.05), "+5.0%"},
		{signed(0), "0.0%"},
		{signed(0.0001), "0.0%"},
		{signed(-0.05), "−5.0%"},
		{precise(0.98765), "98.8%"},
		{precise(nan), "–"},
		{points(0.012).String(), "+1.2 points"},
		{points(nan).String(), "–"},
		{fixed(-0.04, 1), "0.0"},
		{significant(0.012345), "0.0123"},
		{significant(-1234567), "−1.23e+06"},
		{span(-0.05, 0.1, signed).String(), "−5.0% to +10%"},
		{span(nan, 0.1, signed).String(), ""},
		{withLimits(effect.Interval{Value: 0.1, Lo: nan, Hi: nan}, percent).String(), "10%"},
		{list[string](nil).String(), ""},
		{list([]string{"a"}).String(), "a"},
		{list([]string{"a", "b"}).String(), "a and b"},
		{list([]string{"a", "b", "c"}).String(), "a, b and c"},
		{count(4).String(), "four"},
		{count(40).String(), "40"},
		{capital("these").String(), "These"},
		{capital("").String(), ""},
		{armTitle("pool{a,b}").String(), "a + b"},
		{armTitle("other").String(), "other"},
	}
	for i, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("case %d: %q, want %q", i, tt.got, tt.want)
		}
	}
}

func TestScale(t *testing.T) {
	tests := []struct {
		values       []float64
		lo, hi, step float64
	}{
		{[]float64{0.21, 0.14}, 0, 0.25, 0.05},
		{[]float64{-0.31, 0.14, nan}, -0.4, 0.2, 0.1},
		{[]float64{0}, -0.001, 0.001, 0.0005},
		{[]float64{math.Inf(1), 7}, 0, 8, 2},
		{nil, -0.001, 0.001, 0.0005},
	}
	for _, tt := range tests {
		s := newScale(tt.values, 5)
		if math.Abs(s.lo-tt.lo) > 1e-12 || math.Abs(s.hi-tt.hi) > 1e-12 || math.Abs(s.step-tt.step) > 1e-12 {
			t.Errorf("%v: from %v to %v by %v, want %v to %v by %v", tt.values, s.lo, s.hi, s.step, tt.lo, tt.hi, tt.step)
		}
	}
	s := newScale([]float64{-0.1, 0.2}, 3)
	ticks := s.ticks(s.tickSigned)
	if len(ticks) != 4 || ticks[0].Label != "−10%" || ticks[1].Label != "0%" || !ticks[1].Zero || ticks[3].Label != "+20%" || ticks[3].X != "100" || ticks[3].Anchor != "end" {
		t.Errorf("ticks %+v", ticks)
	}
	s.reverse = true
	if got := s.at(0.2); got != "0" {
		t.Errorf("reversed: the largest value stands at %s, want 0", got)
	}
	if got := s.at(7); got != "0" {
		t.Errorf("a value off the scale stands at %s, want the edge", got)
	}
}

func TestColorClass(t *testing.T) {
	for x, want := range map[float64]string{0: "z", 0.01: "z", -0.012: "z", 0.02: "g1", 0.05: "g1", 0.051: "g2", -0.2: "h4", -9: "h5"} {
		if got := colorClass(x, 0.05); got != want {
			t.Errorf("colorClass(%v) = %s, want %s", x, got, want)
		}
	}
}

// english are texts as strings.
func english(texts []text) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = t.String()
	}
	return out
}
