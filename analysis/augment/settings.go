package augment

import (
	"fmt"
	"math"
	"slices"
)

// Settings are the amounts of the methods; what is zero is not done.
type Settings struct {
	Flip       bool    `json:"flip,omitempty"`
	Crop       int     `json:"crop,omitempty"`       // pixels
	Shift      float64 `json:"shift,omitempty"`      // part of the length, at most 1/2
	Edge       string  `json:"edge,omitempty"`       // of Shift: wrap, which empty stands for, or zero
	Contrast   float64 `json:"contrast,omitempty"`   // at most 1
	Brightness float64 `json:"brightness,omitempty"` // in units of the normalised samples
	Scaling    float64 `json:"scaling,omitempty"`    // deviation of the logarithm of the gain
	Noise      float64 `json:"noise,omitempty"`      // deviation, in units of the normalised samples
}

// What Shift lets in at the edge of a window.
const (
	Wrap = "wrap" // what leaves at the other edge
	Zero = "zero"
)

// Used reports whether any method is.
func (s Settings) Used() bool {
	return slices.ContainsFunc(methods, func(m method) bool { return m.amount(s) != 0 })
}

// Problem is what is wrong with one setting.
type Problem struct {
	Key     string // as Settings has it in JSON
	Message string
}

// Check finds what is out of range, or asks for what samples of this shape do
// not have. Sizes that are not known yet are 0.
func (s Settings) Check(shape []int) []Problem {
	var problems []Problem
	fail := func(key, format string, args ...any) {
		problems = append(problems, Problem{key, fmt.Sprintf(format, args...)})
	}
	for _, m := range methods {
		switch v := m.amount(s); {
		case v == 0:
		case !(v > 0 && v <= m.most):
			fail(m.key, "%g is not from 0 to %g", v, m.most)
		case !slices.Contains(m.ranks, len(shape)):
			fail(m.key, "it is for %s, and these are %s", kinds(m.ranks), kinds([]int{len(shape)}))
		case m.key == "crop" && shape[1] > 0 && shape[2] > 0 && s.Crop >= min(shape[1], shape[2]):
			fail(m.key, "moving by up to %d pixels can leave nothing of an image of %d by %d", s.Crop, shape[1], shape[2])
		}
	}
	if s.Edge != "" && s.Edge != Wrap && s.Edge != Zero {
		fail("edge", "%q is not %s or %s", s.Edge, Wrap, Zero)
	}
	return problems
}

// kinds names samples by their ranks.
func kinds(ranks []int) string {
	text := ""
	for i, r := range ranks {
		switch {
		case i > 0 && i == len(ranks)-1:
			text += " and "
		case i > 0:
			text += ", "
		}
		switch r {
		case 1:
			text += "tables"
		case 2:
			text += "series"
		case 3:
			text += "images"
		default:
			text += fmt.Sprintf("samples of %d dimensions", r)
		}
	}
	return text
}

// whole is the largest number that a count may be.
const whole = math.MaxInt32
