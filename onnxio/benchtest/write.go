package benchtest

import (
	"fmt"
	"math"
)

// Duration writes seconds with three digits.
func Duration(s float64) string {
	for _, u := range []struct {
		size float64
		name string
	}{{1, "s"}, {1e-3, "ms"}, {1e-6, "µs"}} {
		if s >= u.size || u.name == "µs" {
			return Digits(s/u.size) + " " + u.name
		}
	}
	return ""
}

// Digits writes a number above 0 with three digits, or all before the point.
func Digits(v float64) string {
	if v <= 0 || math.IsNaN(v) {
		return fmt.Sprint(v)
	}
	before := int(math.Floor(math.Log10(v))) + 1
	return fmt.Sprintf("%.*f", min(3, max(0, 3-before)), v)
}
