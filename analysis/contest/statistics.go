package contest

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/sharewise/sharewise/analysis/effect"
)

// scores are what one method's runs made of the test samples, by one measure.
type scores struct {
	// seeds[k][d] is the mean over samples, samples[d][i] that over seeds.
	seeds, samples [][]float64
}

// least stands in for smaller means under a logarithm: half a sample wrong, or a loss
// that is next to nothing.
func (s *scores) least(d int, measure string) float64 {
	if measure == byErrors {
		return 0.5 / float64(len(s.samples[d]))
	}
	return 1e-6
}

// The measures of a contest.
const (
	byLosses = "loss"
	byErrors = "error"
)

// level is the mean over domains of the logarithm of the mean of seed k.
func (s *scores) level(k int, measure string) float64 {
	sum := 0.0
	for d, x := range s.seeds[k] {
		sum += math.Log(max(x, s.least(d, measure)))
	}
	return sum / float64(len(s.seeds[k]))
}

// difference is a minus b with the two parts of its variance.
type difference struct {
	value   float64
	seeds   float64 // s², of the differences of single seeds
	samples float64 // of the mean, by test samples
}

func subtract(a, b *scores, measure string) difference {
	var by []float64
	for k := range a.seeds {
		by = append(by, a.level(k, measure)-b.level(k, measure))
	}
	out := difference{value: stat.Mean(by, nil)}
	if len(by) > 1 {
		out.seeds = stat.Variance(by, nil)
	}
	domains := float64(len(a.samples))
	for d := range a.samples {
		ma := max(stat.Mean(a.samples[d], nil), a.least(d, measure))
		mb := max(stat.Mean(b.samples[d], nil), b.least(d, measure))
		shares := make([]float64, len(a.samples[d]))
		for i := range shares {
			shares[i] = a.samples[d][i]/ma - b.samples[d][i]/mb
		}
		if n := float64(len(shares)); n > 1 {
			out.samples += stat.Variance(shares, nil) / n / (domains * domains)
		}
	}
	return out
}

// prior is what variances with so many degrees of freedom have in common: their scaled
// inverse chi-squared prior (Smyth: Linear Models and Empirical Bayes Methods, 2004,
// sec. 6.2). Freedom is +Inf where they differ by no more than chance.
type prior struct{ variance, freedom float64 }

func priorOf(variances []float64, freedom float64) prior {
	var logs []float64
	for _, v := range variances {
		if v > 0 {
			logs = append(logs, math.Log(v)-mathext.Digamma(freedom/2)+math.Log(freedom/2))
		}
	}
	if len(logs) < 3 {
		return prior{}
	}
	mean, spread := stat.MeanVariance(logs, nil)
	excess := spread - trigamma(freedom/2)
	if excess <= 0 {
		return prior{math.Exp(mean), math.Inf(1)}
	}
	low, high := 1e-3, 1e6
	for range 200 { // trigamma falls
		if mid := math.Sqrt(low * high); trigamma(mid) > excess {
			low = mid
		} else {
			high = mid
		}
	}
	half := math.Sqrt(low * high)
	return prior{math.Exp(mean + mathext.Digamma(half) - math.Log(half)), 2 * half}
}

// trigamma is the second derivative of the logarithm of the gamma function.
func trigamma(x float64) float64 { return mathext.Zeta(2, x) }

// shrink moves a variance towards the prior.
func (p prior) shrink(variance, freedom float64) (float64, float64) {
	if math.IsInf(p.freedom, 1) {
		return p.variance, math.Inf(1)
	}
	all := p.freedom + freedom
	return (p.freedom*p.variance + freedom*variance) / all, all
}

// interval has limits by Student's t with the degrees of freedom of Satterthwaite.
func (d difference) interval(p prior, seeds int, level float64) effect.Interval {
	if seeds < 2 {
		return effect.Point(d.value)
	}
	v, freedom := p.shrink(d.seeds, float64(seeds-1))
	v /= float64(seeds)
	total := v + d.samples
	if total == 0 {
		return effect.Interval{Value: d.value, Lo: d.value, Hi: d.value}
	}
	quantile := distuv.UnitNormal.Quantile((1 + level) / 2)
	if v > 0 && !math.IsInf(freedom, 1) {
		quantile = distuv.StudentsT{Mu: 0, Sigma: 1, Nu: max(1, total*total*freedom/(v*v))}.Quantile((1 + level) / 2)
	}
	half := quantile * math.Sqrt(total)
	return effect.Interval{Value: d.value, Lo: d.value - half, Hi: d.value + half}
}

// standings compares all methods with one of them, with a second control where long is
// not below 0, and with each other.
func standings(all []*scores, control, long int, measure string, level float64) []Standing {
	n, seeds := len(all), len(all[control].seeds)
	var variances []float64
	for i := range all {
		if i != control {
			variances = append(variances, subtract(all[i], all[control], measure).seeds)
		}
	}
	p := priorOf(variances, float64(seeds-1))
	values := make([]float64, n)
	out := make([]Standing, n)
	against, among := effect.Simultaneous(level, n-1), effect.Simultaneous(level, n*(n-1)/2)
	for i := range all {
		values[i] = subtract(all[i], all[control], measure).value
		if i == control {
			out[i].Against = effect.Interval{}
			continue
		}
		out[i].Against = relative(subtract(all[i], all[control], measure).interval(p, seeds, against))
	}
	for i := 0; i < n && long >= 0; i++ {
		out[i].AgainstLong = &effect.Interval{}
		if i != long {
			*out[i].AgainstLong = relative(subtract(all[i], all[long], measure).interval(p, seeds, against))
		}
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	for i := range all {
		out[i].Rank = 1 + slices.Index(sorted, values[i])
		out[i].RankLo, out[i].RankHi = 1, n
		if seeds < 2 {
			continue
		}
		for j := range all {
			if i == j {
				continue
			}
			switch v := subtract(all[i], all[j], measure).interval(p, seeds, among); {
			case v.Lo > 0:
				out[i].RankLo++
			case v.Hi < 0:
				out[i].RankHi--
			}
		}
	}
	return out
}

// relative turns a difference of logarithms into a relative change.
func relative(v effect.Interval) effect.Interval {
	return effect.Interval{Value: math.Expm1(v.Value), Lo: math.Expm1(v.Lo), Hi: math.Expm1(v.Hi)}
}
