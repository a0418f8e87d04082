package reports

import (
	"math"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
)

func TestClipAt(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		values []float64
		want   float64
	}{
		{nil, inf},
		{[]float64{nan}, inf},
		{[]float64{-0.4, 0.01, 0.02, nan}, inf},              // nothing beyond a half
		{[]float64{0.2, -0.6, 0.5, 0.1}, inf},                // large, but not alone
		{[]float64{-1.51, 0.05, 0.02, -0.03}, 0.5},           // an outlier
		{[]float64{-9, 0.3, 0.4, 0.2, -0.4, 0.1}, 1.6},       // beyond four times the quartile
		{[]float64{-1.5, 0.9, -0.8, 0.7, 1.2, -1.1, 0}, inf}, // all are large
	} {
		if got := clipAt(c.values); math.Abs(got-c.want) > 1e-9 && got != c.want {
			t.Errorf("%v: %g, want %g", c.values, got, c.want)
		}
	}
}

// An outlier leaves the other cells their colours, and is marked.
func TestOutlierKeepsColours(t *testing.T) {
	in := &Input{Results: &analysis.Results{Rungs: []string{"w1"}, Weightings: []string{"equal"}}}
	names := []string{"a", "b", "c"}
	gains := map[string]float64{"a b": 0.2, "b a": 0.1, "a c": -0.3, "c a": 0.25, "b c": -40, "c b": 0.15}
	for _, n := range names {
		in.Results.Domains = append(in.Results.Domains, analysis.DomainInfo{Name: n})
	}
	for pair, x := range gains {
		target, source, _ := strings.Cut(pair, " ")
		in.Results.Gains = append(in.Results.Gains, analysis.Gain{Key: analysis.Key{Arm: "pool{" + pair + "}", Rung: "w1", Weighting: "equal", Domain: target}, Pool: []string{target, source}, Gain: effect.Gain{Metric: "loss", Relative: around(x, 0.05), Absolute: around(x, 0.05), Carriers: map[bool]*effect.Carriers{true: {Count: 1, Of: 200, Share: 0.9, Without: around(0.1, 0.02)}}[x == -40]}})
	}
	m := newMatrix(in)
	classes := map[string]bool{}
	for _, row := range m.Rows {
		for _, c := range row.Cells {
			classes[c.Class] = true
			if beyond := strings.Contains(c.Value, beyondMark); beyond != strings.Contains(c.Value, "4000") {
				t.Errorf("cell %q, beyond: %v", c.Value, beyond)
			} else if beyond && (c.Class != "h5" || !strings.Contains(c.Detail.String(), "1 of 200 test samples decides") || !strings.Contains(c.Detail.String(), "+10%")) {
				t.Errorf("cell %s: %s", c.Class, c.Detail)
			}
		}
	}
	if !m.Beyond || classes["z"] || len(classes) < 5 {
		t.Errorf("beyond: %v, colours %v", m.Beyond, classes)
	}
	chart := newRangeChart([]rangeItem{{label: "a", value: around(0.1, 0.05)}, {label: "b", value: around(0.2, 0.05)}, {label: "c", value: around(-40, 0.1), mark: "harmed"}}, "gain", signed)
	if last := chart.Rows[2]; !strings.HasSuffix(chart.Axis.String(), "; what reaches the edge goes on beyond it") || last.Mark.String() != "harmed; beyond the axis" || last.X != "0" || chart.Rows[0].Mark.String() != "" {
		t.Errorf("chart %+v", chart)
	}
}
