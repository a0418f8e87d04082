package effect

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// oneRun is the covariance of the errors of one run of each arm on these test
// samples, relative to the independent models' error: the independent runs first,
// then the arms. It is what further runs average away. With ā the mean error of K
// independent runs relative to e_A, and b̄ that of K' runs of an arm, the gain's
// linear form is e_B/e_A·ā - b̄.
//
// Terms are those of the jackknife, Σ V_i,g ρ_g of the two errors times numbers of
// runs. Runs of one seed of two arms are taken to have as much in common with each
// other as with the independent ones of that seed.
//
// Where all gains rest on pairs of runs of one seed, it is the differences that vary:
// C_r of their forms (see [Together]), times the number of pairs, stands in the
// arms' rows, and nothing in that of the independent runs.
func oneRun(list []*gainParts, runs mat.Symmetric) *mat.SymDense {
	n := len(list)
	out := mat.NewSymDense(n+1, nil)
	if !slices.ContainsFunc(list, func(p *gainParts) bool { return len(p.strata) != 1 || !p.paired() }) {
		for i, p := range list {
			for k, q := range list[:i+1] {
				out.SetSym(i+1, k+1, runs.At(i, k)*float64(max(p.strata[0].runs, q.strata[0].runs)))
			}
		}
		return out
	}
	for i, p := range list {
		out.SetSym(0, 0, out.At(0, 0)+p.alone/float64(n))
		out.SetSym(i+1, i+1, p.arm)
		out.SetSym(0, i+1, p.both)
		for k, q := range list[:i] {
			if s := p.alone * p.arm * q.alone * q.arm; s > 0 {
				together := (p.both/math.Sqrt(p.alone*p.arm) + q.both/math.Sqrt(q.alone*q.arm)) / 2
				out.SetSym(i+1, k+1, together*math.Sqrt(p.arm*q.arm))
			}
		}
	}
	return consistent(out)
}

// place is where row i of a matrix of the independent arm and of some others is
// among all.
func place(known []int, i int) int {
	if i == 0 {
		return 0
	}
	return known[i-1] + 1
}

// errorsOfOneRun fills in the variances of the errors of one run of each side, and
// their covariance.
func (p *gainParts) errorsOfOneRun(c *Comparison) {
	if len(p.strata) == 0 {
		return
	}
	base := p.mean()[vA] * p.samples
	ka, kb := c.arrangement.runs()
	for g, s := range p.posteriors(relativeGain) {
		rho := s.cautious() / (base * base)
		p.alone += float64(ka) * rho * p.own[g][vA][vA]
		p.arm += float64(kb) * rho * p.own[g][vB][vB]
		if own := p.own[g]; own[vA][vA] > 0 && own[vB][vB] > 0 {
			// Of K·K' pairs of runs, one for every seed in common is of one seed.
			p.both += float64(ka*kb) / float64(p.strata[g].runs) * rho * own[vA][vB]
		}
	}
}
