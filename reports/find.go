package reports

import "github.com/sharewise/sharewise/analysis"

// gain finds a gain, nil where it was not measured.
func (in *Input) gain(arm, rung, weighting, domain string) *analysis.Gain {
	for i := range in.Results.Gains {
		if g := &in.Results.Gains[i]; g.Arm == arm && g.Rung == rung && g.Weighting == weighting && g.Target == domain && len(g.Pool) > 1 {
			return &g.Gain
		}
	}
	return nil
}

// effect finds an effect, nil where it was not measured.
func (in *Input) effect(arm, rung, weighting, domain string) *analysis.ArmEffect {
	for i := range in.Results.Effects {
		if e := &in.Results.Effects[i]; e.Arm == arm && e.Rung == rung && e.Weighting == weighting && e.Domain == domain {
			return e
		}
	}
	return nil
}
