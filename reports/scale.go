package reports

import (
	"math"
	"strconv"
)

// scale maps values to positions across a chart, in percent of its width.
type scale struct {
	lo, hi  float64
	step    float64
	reverse bool // large values on the left
}

// newScale covers the given values, finite ones only, with round ticks, about
// want of them. Zero is always on it.
func newScale(values []float64, want int) scale {
	lo, hi := 0.0, 0.0
	for _, v := range values {
		if finite(v) {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	return niceScale(lo, hi, want)
}

// drawable is the largest number that charts have room for: the distance between two of them, and
// powers of that, are still numbers. Nothing that is measured comes near it, but a file can say anything.
const drawable = 1e100

// niceScale widens lo and hi to multiples of a round step.
func niceScale(lo, hi float64, want int) scale {
	lo, hi = max(lo, -drawable), min(hi, drawable)
	if !(hi > lo) {
		pad := max(math.Abs(lo)/10, 1e-3)
		lo, hi = lo-pad, hi+pad
	}
	rough := (hi - lo) / float64(want)
	power := math.Pow(10, math.Floor(math.Log10(rough)))
	step := 10 * power
	for _, m := range []float64{1, 2, 5} {
		if m*power >= rough*(1-1e-9) {
			step = m * power
			break
		}
	}
	return scale{lo: math.Floor(lo/step+1e-9) * step, hi: math.Ceil(hi/step-1e-9) * step, step: step}
}

// at returns the position of x as a number from 0 to 100, for use before a
// percent sign.
func (s scale) at(x float64) string { return coordinate(100 * s.fraction(x)) }

func (s scale) fraction(x float64) float64 {
	f := between(x, s.lo, s.hi)
	if s.reverse {
		return 1 - f
	}
	return f
}

// between is where x is on the way from lo to hi: 0 before it and for what is no number, 1 after it.
func between(x, lo, hi float64) float64 {
	if !(x > lo) {
		return 0
	}
	return min(1, (x-lo)/(hi-lo))
}

// tick is a labelled position on an axis.
type tick struct {
	X     string
	Label text
	// Anchor is where the label's text starts, so that the outer ones stay
	// inside the chart.
	Anchor string
	Zero   bool
}

func (s scale) ticks(write func(float64) string) []tick {
	var out []tick
	n := int(math.Round((s.hi - s.lo) / s.step))
	for i := range n + 1 {
		x := s.lo + float64(i)*s.step
		if math.Abs(x) < s.step/1e6 {
			x = 0
		}
		t := tick{X: s.at(x), Label: text(write(x)), Anchor: "middle", Zero: x == 0}
		switch f := s.fraction(x); {
		case f < 0.02:
			t.Anchor = "start"
		case f > 0.98:
			t.Anchor = "end"
		}
		out = append(out, t)
	}
	return out
}

// tickPercent writes a fraction on an axis whose ticks are step apart, with as
// many decimals as the step needs.
func (s scale) tickPercent(x float64) string { return s.tickNumber(100*x, 100*s.step) + "%" }

// tickSigned is tickPercent with a plus sign where there is one.
func (s scale) tickSigned(x float64) string {
	if x > 0 {
		return "+" + s.tickPercent(x)
	}
	return s.tickPercent(x)
}

// tickPlain writes a plain number.
func (s scale) tickPlain(x float64) string { return s.tickNumber(x, s.step) }

func (s scale) tickNumber(x, step float64) string {
	return fixed(x, max(0, int(math.Ceil(-math.Log10(step)-1e-9))))
}

// coordinate writes a position with two decimals at most.
func coordinate(x float64) string {
	s := strconv.FormatFloat(x, 'f', 2, 64)
	for s[len(s)-1] == '0' {
		s = s[:len(s)-1]
	}
	if s[len(s)-1] == '.' {
		s = s[:len(s)-1]
	}
	if s == "-0" {
		return "0"
	}
	return s
}
