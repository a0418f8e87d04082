package analysis

import (
	"math"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
)

func TestConflicts(t *testing.T) {
	var m ConflictMeter
	for seed, id := range []string{"r1", "r2"} {
		run := Run{ID: id, Arm: "joint", Rung: "w1", Weighting: "mgda", Domains: []string{"a", "b"}}
		line := func(epoch int32, split string) layout.HistoryRow {
			h := layout.HistoryRow{Epoch: epoch, Split: split, Domain: "a"}
			h.Clear()
			return h
		}
		train := line(1, layout.TrainSplit)
		train.Unsolved = float64(2 * seed)
		first, second := line(1, layout.GradientSplit), line(2, layout.GradientSplit)
		first.Other, first.Cosine, first.Opposed, first.Norm, first.OtherNorm = "b", 0.5, 0.25, 10, 1
		second.Other, second.Cosine, second.Curvature, second.OtherCurvature = "b", -0.1, 3, 5
		m.Add(run, []layout.HistoryRow{train, first, second})
	}
	all := m.Conflicts(0)
	if len(all) != 1 {
		t.Fatalf("%d pairs", len(all))
	}
	c := all[0]
	for what, got := range map[string][2]float64{
		"cosine": {c.Cosine.Value, 0.2}, "opposed": {c.Opposed.Value, 0.25}, "ratio": {c.LogRatio.Value, 1},
		"curvature of a": {c.CurvatureA.Value, 3}, "curvature of b": {c.CurvatureB.Value, 5},
	} {
		if math.Abs(got[0]-got[1]) > 1e-12 {
			t.Errorf("%s is %g, want %g", what, got[0], got[1])
		}
	}
	warnings := m.Warnings()
	if len(warnings) != 1 || !strings.Contains(warnings[0], "weighting mgda found no weights for 2 steps of 1 runs of joint at w1") {
		t.Errorf("warnings %q", warnings)
	}
}
