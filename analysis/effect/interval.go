package effect

import (
	"encoding/json"
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Interval is an estimate with its confidence limits. Lo and Hi are unknown
// where no interval can be given; a warning then says why. Its fields are plain
// float64, because most code calculates with them; where unknown they are NaN, and null in
// JSON, as a Number is. An interval without a value is null as a whole.
type Interval struct {
	Value float64
	Lo    float64
	Hi    float64
}

// intervalJSON is an Interval as a file has it.
type intervalJSON struct {
	Value Number `json:"value"`
	Lo    Number `json:"lo"`
	Hi    Number `json:"hi"`
}

// MarshalJSON implements json.Marshaler: {"value": 0.1, "lo": 0, "hi": 0.2}, or
// null without a value.
func (v Interval) MarshalJSON() ([]byte, error) {
	if !Number(v.Value).Known() {
		return []byte("null"), nil
	}
	return json.Marshal(intervalJSON{Number(v.Value), Number(v.Lo), Number(v.Hi)})
}

// UnmarshalJSON implements json.Unmarshaler.
func (v *Interval) UnmarshalJSON(data []byte) error {
	x := intervalJSON{NaN, NaN, NaN}
	if err := json.Unmarshal(data, &x); err != nil {
		return err
	}
	if x.Lo > x.Hi {
		return fmt.Errorf("the limits %g and %g of a figure stand the wrong way round; the file is damaged", float64(x.Lo), float64(x.Hi))
	}
	*v = Interval{float64(x.Value), float64(x.Lo), float64(x.Hi)}
	return nil
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

// StandardError undoes OverRuns of so many values, two at least: the standard error of their
// mean and its degrees of freedom.
func (v Interval) StandardError(runs int, level float64) (se, freedom float64) {
	freedom = float64(runs - 1)
	return (v.Hi - v.Lo) / 2 / distuv.StudentsT{Mu: 0, Sigma: 1, Nu: freedom}.Quantile((1+level)/2), freedom
}

// Known reports whether there is a value.
func (v Interval) Known() bool { return Number(v.Value).Known() }

// Limited reports whether there are limits.
func (v Interval) Limited() bool { return Number(v.Lo).Known() && Number(v.Hi).Known() }

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
