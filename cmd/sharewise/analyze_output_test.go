package main

import (
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/measures"
)

// Domains by answers and by losses stand side by side, each in its own metric.
func TestPrintResults(t *testing.T) {
	value := effect.Point
	side := func(lo, hi effect.Number) effect.Side {
		return effect.Side{BoundLo: lo, BoundHi: hi, RelativeLo: 2 * lo, RelativeHi: 2 * hi}
	}
	r := &analysis.Results{
		Level: 0.95, Runs: analysis.RunCounts{Planned: 8, Done: 8},
		Domains: []analysis.DomainInfo{{Name: "faults", Metric: "accuracy"}, {Name: "yield", Metric: "r2"}},
		Scores: []analysis.Score{
			{Key: analysis.Key{Arm: "independent", Rung: "w1", Domain: "faults"}, Accuracy: value(0.9)},
			{Key: analysis.Key{Arm: "joint", Rung: "w1", Weighting: "equal", Domain: "faults"}, Accuracy: value(0.9)},
			{Key: analysis.Key{Arm: "joint", Rung: "w1", Weighting: "equal", Domain: "yield"}, R2: value(0.75)},
		},
		Gains: []analysis.Gain{
			{Key: analysis.Key{Arm: "joint", Rung: "w1", Weighting: "equal", Domain: "faults"}, Gain: effect.Gain{Relative: effect.Interval{Value: 0.1, Lo: -0.02, Hi: 0.2}}},
			{Key: analysis.Key{Arm: "joint", Rung: "w1", Weighting: "equal", Domain: "yield"}, Gain: effect.Gain{Relative: value(-0.05)}},
		},
		Effects: []analysis.Effect{
			{Key: analysis.Key{Arm: "joint", Rung: "w1", Weighting: "equal", Domain: "faults"}, Effect: effect.Effect{Measure: measures.Correct, Transfer: side(0.01, 0.04), Interference: side(0, 0.02)}},
			{Key: analysis.Key{Arm: "joint", Rung: "w1", Weighting: "equal", Domain: "yield"}, Effect: effect.Effect{Measure: measures.Loss, Groups: 12, Loss: effect.Pair[effect.Number]{Independent: 0.5}, Transfer: side(0, 0.1), Interference: side(0.05, 0.2)}},
		},
	}
	var b strings.Builder
	printResults(&b, r)
	lines := strings.Split(b.String(), "\n")
	var got []string
	for _, line := range lines[2:6] {
		got = append(got, strings.Join(strings.Fields(line), " "))
	}
	want := []string{
		"domain arm rung weighting score gain 95 % interval transfer interference of",
		"faults independent w1 - accuracy 0.9",
		"faults joint w1 equal accuracy 0.9 +10.0 % -2.0 … +20.0 1.0 … 4.0 0.0 … 2.0 answers",
		"yield joint w1 equal R² 0.75 -5.0 % 0.0 … 20.0 10.0 … 40.0 loss, 12 groups",
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("line %d\n got %s\nwant %s", i, got[i], want[i])
		}
	}
}

// Hundreds of domains and arms are told arm by arm, pairs in one line.
func TestPrintResultsByArm(t *testing.T) {
	r := &analysis.Results{Level: 0.95, Scores: make([]analysis.Score, 201)}
	add := func(arm string, pool []string, target string, x, half float64) {
		r.Gains = append(r.Gains, analysis.Gain{Key: analysis.Key{Arm: arm, Rung: "w1", Weighting: "equal", Domain: target}, Pool: pool, Gain: effect.Gain{Relative: effect.Interval{Value: x, Lo: x - half, Hi: x + half}}})
	}
	long := "pool{" + strings.Repeat("a-long-name,", 9) + "a}"
	for i, name := range []string{"a", "b", "c"} {
		add("joint", []string{"a", "b", "c", "d"}, name, 0.1*float64(i), 0.05)
		add("pool{"+name+",d}", []string{name, "d"}, name, -0.1, 0.05)
		add(long, []string{"a", "b", "c"}, name, 0, 0.05)
	}
	var out strings.Builder
	printResults(&out, r)
	for _, want := range []string{
		"joint w1 equal 3 +10.0 % +0.0 % a +20.0 % c 2 0",
		"3 pairs w1 equal 3 -10.0 % -10.0 % a -10.0 % c 0 3",
		"pool{a-long-name,a-long-name,a-long-name…} (10 domains)",
		"The 201 lines of single domains",
	} {
		if !strings.Contains(strings.Join(strings.Fields(out.String()), " "), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
}
