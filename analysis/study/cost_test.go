package study

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// TestWeighingCost holds what weightings add to the work against times measured in the
// package of training: of four domains, one gradient each through shared batch
// normalisation is 3.0 steps, at every tenth step 1.2, and 1.0 without.
func TestWeighingCost(t *testing.T) {
	for _, c := range []struct {
		weighting, norm string
		frozen          bool
		domains         int
		want            float64
	}{
		{"mgda", SharedStatistics, false, 4, 3},
		{"mgda", SharedStatistics, true, 4, 1},
		{"{name: mgda, every: 10}", SharedStatistics, false, 4, 1.2},
		{"mgda", DomainStatistics, false, 4, 1},
		{"mgda", FrozenStatistics, false, 4, 1},
		{"upgrad", SharedStatistics, false, 2, 5. / 3},
		{"famo", SharedStatistics, false, 4, 4. / 3},
		{"{name: famo, every: 2}", DomainStatistics, false, 4, 7. / 6},
		{"dwa", SharedStatistics, false, 4, 1},
	} {
		size := ModelSize{FLOPs: 1e9, Params: 100, BatchNorm: true, Frozen: c.frozen}
		p := planSized(t, c.domains, "seeds: 3\nmodel: {trunk: mlp, batch_norm: "+c.norm+"}\nweightings: [equal, "+c.weighting+"]\n", nil, size)
		var equal, weighed float64
		for _, r := range p.Runs {
			switch trained := r.FLOPs - size.FLOPs*float64(r.EvalSamples); {
			case r.Arm == Joint && r.Weighting.Name == "equal":
				equal += trained
			case r.Arm == Joint:
				weighed += trained
			case len(r.Domains) == 1 && trained != 3*size.FLOPs*float64(r.TrainSamples):
				t.Errorf("%s: an independent model pays for it", c.weighting)
			}
		}
		if got := weighed / equal; math.Abs(got-c.want) > 1e-4 {
			t.Errorf("%s, %s: %.4f steps, want %.4f", c.weighting, c.norm, got, c.want)
		}
		told := slices.ContainsFunc(p.Warnings, func(w string) bool { return strings.Contains(w, "that is an estimate") })
		if gradients := strings.Contains(c.weighting, "mgda") || c.weighting == "upgrad"; told != (gradients && !c.frozen) {
			t.Errorf("%s: told of an estimate: %v, %q", c.weighting, told, p.Warnings)
		}
	}
}
