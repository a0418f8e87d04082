package reports

import (
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
)

// TestRowsOfMatrix: domains of which a pair was trained have a row, and pools have; the
// others, as with many domains, would be rows of nothing.
func TestRowsOfMatrix(t *testing.T) {
	in := &Input{Results: &analysis.Results{Rungs: []string{"w1"}, Weightings: []string{"equal"}}}
	for _, n := range []string{"a", "b", "c", "d"} {
		in.Results.Domains = append(in.Results.Domains, analysis.DomainInfo{Name: n})
	}
	for _, pool := range [][]string{{"a", "c"}, {"b", "c", "d"}} {
		for _, n := range pool {
			in.Results.Gains = append(in.Results.Gains, analysis.Gain{
				Key: analysis.Key{Arm: "pool{" + strings.Join(pool, ",") + "}", Rung: "w1", Weighting: "equal", Domain: n}, Pool: pool,
				Gain: effect.Gain{Metric: "loss", Relative: around(0.1, 0.05), Absolute: around(0.1, 0.05)},
			})
		}
	}
	var rows []string
	for _, row := range newMatrix(in).Rows {
		rows = append(rows, row.Label.String())
		if len(row.Cells) != 4 {
			t.Errorf("%s has %d cells", row.Label, len(row.Cells))
		}
	}
	if want := []string{"a", "c", "b + c + d"}; !slices.Equal(rows, want) {
		t.Errorf("rows %q, want %q", rows, want)
	}
}
