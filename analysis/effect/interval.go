package effect

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
)

// Interval is an estimate with its confidence limits. Lo and Hi are NaN (null
// in JSON) where no interval can be given; a warning then says why.
type Interval struct {
	Value float64 `json:"value"`
	Lo    float64 `json:"lo"`
	Hi    float64 `json:"hi"`
}

// Unknown is the interval of a figure that nothing is known of.
func Unknown() Interval { return Point(math.NaN()) }

// Point is a value without limits.
func Point(value float64) Interval { return Interval{value, math.NaN(), math.NaN()} }

// OverRuns is the mean of the values of K runs with limits by Student's t with
// K-1 degrees of freedom; none for one run.
func OverRuns(values []float64, level float64) Interval {
	mean := stat.Mean(values, nil)
	if len(values) < 2 {
		return Point(mean)
	}
	k := float64(len(values))
	return Variance{stat.Variance(values, nil) / k, k - 1}.Interval(mean, level)
}

// Known reports whether there is a value.
func (v Interval) Known() bool { return !math.IsNaN(v.Value) }

// Limited reports whether there are limits.
func (v Interval) Limited() bool { return !math.IsNaN(v.Lo) && !math.IsNaN(v.Hi) }

// Lowest is the lower limit, or the value where there is none.
func (v Interval) Lowest() float64 {
	if math.IsNaN(v.Lo) {
		return v.Value
	}
	return v.Lo
}

// Limits writes the limits in brackets, nothing where they are not known.
func (v Interval) Limits() string {
	if !v.Limited() {
		return ""
	}
	return fmt.Sprintf(" (%.3f to %.3f)", v.Lo, v.Hi)
}
