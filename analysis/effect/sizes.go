package effect

import "math"

// AcrossSizes are the correlations of the errors of one domain's relative gains from
// one arm at several sizes of the model: the same test samples are behind all of them,
// and no runs, since models of different sizes start from different weights. They are
// those of the linear forms of the gains between samples (groups), C_s of [Together],
// over the gains' standard errors; zero where a gain has no limits, or samples
// were tested in folds, by other runs each.
func AcrossSizes(list []*Comparison, measure string) [][]float64 {
	out := square(len(list))
	parts := make([]*gainParts, len(list))
	for i, c := range list {
		out[i][i] = 1
		if g, err := c.gain(measure); err == nil && g.Relative.Limited() {
			parts[i] = c.gainParts(measure)
		}
	}
	for i, p := range parts {
		for k, q := range parts[:i] {
			if p == nil || q == nil || p.folds > 0 || len(p.influence) != len(q.influence) || !(p.variance.Value*q.variance.Value > 0) {
				continue
			}
			r := p.between(q) / math.Sqrt(p.variance.Value*q.variance.Value)
			r = max(-1, min(1, r))
			out[i][k], out[k][i] = r, r
		}
	}
	return out
}
