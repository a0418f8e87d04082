package adaptive

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/sharewise/sharewise/grouping"
)

// What gains and groupings rested on before variances were moderated: intervals of
// a gain's own runs, and a verdict by single gains and independent draws.

// limitedGain is a gain with its limits.
type limitedGain struct{ gain, lo, hi float64 }

// gainBefore is the relative gain of two sets of runs of right and wrong samples,
// with the interval of
//
//	V = V_s + max(0, v_A + v_B - V_i)
//
// with V_s the variance between samples, v the delete-one-run variances of the
// gain, and V_i what runs that moved every sample by itself would make of them;
// Student's t by Satterthwaite. Where runs of one seed are paired, a seed is left
// out of both sides at once. Two runs on a side leave runs out.
func gainBefore(a, b [][]bool, paired bool) limitedGain {
	n := float64(len(a[0]))
	rateA, rateB := rates(a), rates(b)
	ea, eb := stat.Mean(rateA, nil), stat.Mean(rateB, nil)
	gain := 1 - eb/ea
	form := make([]float64, len(rateA)) // of samples
	for i := range form {
		form[i] = eb/ea/ea*rateA[i] - rateB[i]/ea
	}
	samples := stat.Variance(form, nil) / n
	limits := func(v, freedom float64) limitedGain {
		half := math.Sqrt(v) * distuv.StudentsT{Sigma: 1, Nu: freedom}.Quantile(0.975)
		return limitedGain{gain, gain - half, min(1, gain+half)}
	}
	if min(len(a), len(b)) < 3 {
		return limits(samples, n-1)
	}
	// An arm's means of samples with each run left out.
	without := func(runs [][]bool, rate []float64, k int) []float64 {
		out, K := make([]float64, len(rate)), float64(len(runs))
		for i, r := range rate {
			out[i] = r * K / (K - 1)
			if runs[k][i] {
				out[i] -= 1 / (K - 1)
			}
		}
		return out
	}
	var between, independent, satterthwaite float64
	leaveOut := func(runs int, of func(k int) (a, b []float64)) {
		gains, forms := make([]float64, runs), make([][]float64, runs)
		mean := make([]float64, len(form))
		for k := range runs {
			xa, xb := of(k)
			gains[k] = 1 - stat.Mean(xb, nil)/stat.Mean(xa, nil)
			forms[k] = make([]float64, len(form))
			for i := range form {
				forms[k][i] = eb/ea/ea*xa[i] - xb[i]/ea
				mean[i] += forms[k][i] / float64(runs)
			}
		}
		K := float64(runs)
		v := stat.Variance(gains, nil) * (K - 1) * (K - 1) / K
		between, satterthwaite = between+v, satterthwaite+v*v/(K-1)
		for _, f := range forms {
			for i, x := range f {
				independent += (K - 1) / K * (x - mean[i]) * (x - mean[i]) / (n * n)
			}
		}
	}
	if paired {
		leaveOut(len(a), func(k int) (x, y []float64) { return without(a, rateA, k), without(b, rateB, k) })
	} else {
		leaveOut(len(a), func(k int) (x, y []float64) { return without(a, rateA, k), rateB })
		leaveOut(len(b), func(k int) (x, y []float64) { return rateA, without(b, rateB, k) })
	}
	extra := between - independent
	if !(extra > 0) {
		return limits(samples, n-1)
	}
	v := samples + extra
	return limits(v, max(1, v*v/(satterthwaite+samples*samples/(n-1))))
}

func rates(runs [][]bool) []float64 {
	out := make([]float64, len(runs[0]))
	for _, r := range runs {
		for i, wrong := range r {
			if wrong {
				out[i] += 1 / float64(len(runs))
			}
		}
	}
	return out
}

// problemBefore are the gains of a plan of so many seeds, with limits and no
// covariances.
func (w *world) problemBefore(seeds int) *grouping.Problem {
	p := &grouping.Problem{Domains: w.names, Level: 0.95, Conditional: seeds == 2}
	for _, pool := range w.arms() {
		if len(pool) < 2 {
			continue
		}
		q := grouping.Pool{Members: pool}
		for _, j := range pool {
			g := gainBefore(w.outcomes([]int{j}, j, seeds), w.outcomes(pool, j, seeds), w.correlation > 0)
			q.Gain, q.Lo, q.Hi = append(q.Gain, g.gain), append(q.Lo, g.lo), append(q.Hi, g.hi)
		}
		p.Pools = append(p.Pools, q)
	}
	return p
}

// verdict is a grouping, and whether it was called settled.
type verdict struct {
	settled bool
	share   float64 // of draws in which the grouping is best
	groups  [][]string
}

// ruleBefore calls a grouping clear if it is the best in nine tenths of draws, and
// all members of its pools gain with all of their limits; where there are none, if
// every domain loses likewise with every other.
func ruleBefore(p *grouping.Problem, draws int) (verdict, error) {
	best, err := grouping.Best(p)
	if err != nil {
		return verdict{}, err
	}
	s, err := grouping.Resample(p, best, draws, groupSeed)
	if err != nil {
		return verdict{}, err
	}
	pools, shared, apart := 0, true, true
	for _, g := range best.Groups {
		if len(g.Members) > 1 {
			pools++
			shared = shared && g.Verdict == grouping.Share
		} else {
			apart = apart && g.Verdict == grouping.Apart
		}
	}
	supported := pools > 0 && shared || pools == 0 && apart
	return verdict{supported && s.Share >= 0.9, s.Share, best.Names()}, nil
}

// ruleNow is the decision with an indifference zone; the cheapest plan where it is
// indifferent.
func ruleNow(p *grouping.Problem, draws int) (verdict, error) {
	r, err := grouping.Recommend(p, grouping.Context{Draws: draws, Seed: groupSeed})
	if err != nil {
		return verdict{}, err
	}
	return verdict{r.Firmness == grouping.Clear || r.Firmness == grouping.Even, r.Stability.Share, r.Names()}, nil
}
