package inspection

import (
	"fmt"
	"math"
	"strconv"

	"github.com/sharewise/sharewise/analysis/wording"
)

// of is "12 of 340 test samples (3.5 %)".
func of(n, all int, what string) string {
	return fmt.Sprintf("%d of %d %s (%s %%)", n, all, what, figure(100*float64(n)/math.Max(1, float64(all))))
}

// figure writes a number with two significant digits, or all before the point.
func figure(x float64) string {
	switch {
	case x >= 9.95:
		return strconv.FormatFloat(x, 'f', 0, 64)
	case x > 0 && x < 0.01:
		return "<0.01"
	case x >= 0.995:
		return strconv.FormatFloat(x, 'f', 1, 64)
	}
	return strconv.FormatFloat(x, 'g', 1, 64)
}

// isIn is "1 group of a is" or "3 groups of a are".
func isIn(n int, noun, rest string) string {
	if n == 1 {
		return "1 " + noun + rest + " is"
	}
	return wording.Plural(n, noun) + rest + " are"
}

// mostNames is how many names a sentence lists before it counts the others.
const mostNames = 5
