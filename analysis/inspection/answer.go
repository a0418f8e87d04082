package inspection

import (
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/analysis/dataset"
)

// answer is what is to be predicted for sample i: its class or its targets.
func answer(d *dataset.Domain, s *dataset.Split, i int) string {
	if d.Confidential {
		return ""
	}
	if len(d.Task.Classes) > 0 {
		return d.Task.Classes[s.Label(i)]
	}
	y := make([]float64, len(d.Task.Targets))
	s.RawTargets(i, y)
	parts := make([]string, len(y))
	for k, v := range y {
		parts[k] = shortest(v)
	}
	return strings.Join(parts, ", ")
}

// shortest writes a number with at most five digits.
func shortest(v float64) string { return strconv.FormatFloat(v, 'g', 5, 64) }
