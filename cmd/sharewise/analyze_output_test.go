package main

import (
	"math"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
)

// Domains by answers and by losses stand side by side, each in its own metric.
func TestPrintResults(t *testing.T) {
	value := func(x float64) analysis.Interval { return analysis.Interval{Value: x, Lo: math.NaN(), Hi: math.NaN()} }
	accuracy, r2 := value(0.9), value(0.75)
	side := func(lo, hi float64) analysis.Side { return analysis.Side{BoundLo: lo, BoundHi: hi} }
	r := &analysis.Results{
		Level: 0.95, Runs: analysis.RunCounts{Planned: 8, Done: 8},
		Domains: []analysis.DomainInfo{{Name: "faults", Metric: "accuracy"}, {Name: "yield", Metric: "r2"}},
		Scores: []analysis.Score{
			{Arm: "independent", Rung: "w1", Domain: "faults", Accuracy: &accuracy},
			{Arm: "joint", Rung: "w1", Weighting: "equal", Domain: "faults", Accuracy: &accuracy},
			{Arm: "joint", Rung: "w1", Weighting: "equal", Domain: "yield", R2: &r2},
		},
		Gains: []analysis.ArmGain{
			{Arm: "joint", Rung: "w1", Weighting: "equal", Gain: analysis.Gain{Target: "faults", Relative: analysis.Interval{Value: 0.1, Lo: -0.02, Hi: 0.2}}},
			{Arm: "joint", Rung: "w1", Weighting: "equal", Gain: analysis.Gain{Target: "yield", Relative: value(-0.05)}},
		},
		Effects: []analysis.ArmEffect{
			{Arm: "joint", Rung: "w1", Weighting: "equal", Effect: analysis.Effect{Domain: "faults", Measure: analysis.MeasureCorrect, Transfer: side(0.01, 0.04), Interference: side(0, 0.02)}},
			{Arm: "joint", Rung: "w1", Weighting: "equal", Effect: analysis.Effect{Domain: "yield", Measure: analysis.MeasureLoss, Groups: 12, LossA: 0.5, Transfer: side(0, 0.1), Interference: side(0.05, 0.2)}},
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
		r.Gains = append(r.Gains, analysis.ArmGain{Arm: arm, Rung: "w1", Weighting: "equal", Gain: analysis.Gain{Target: target, Pool: pool, Relative: analysis.Interval{Value: x, Lo: x - half, Hi: x + half}}})
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
