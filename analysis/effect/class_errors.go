package effect

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/measures"
	"github.com/sharewise/sharewise/analysis/ranks"
)

// Two errors of classification are no means over samples: 1-AUC and the
// balanced error, the mean over C classes of the share of their samples that
// are wrong. Both are a mean over classes of a sample's part u in them,
//
//	balanced  u = 1 where the sample is wrong, else 0; the error is the mean
//	          over classes of the class means of u, each of weight 1/C
//	1-AUC     u of a positive sample is the share of negative ones that are
//	          ranked above it, F0(s) in the run's scores, u of a negative one the
//	          share of positive ones below it, a tie counting half; the error is
//	          the mean of u over either class
//
// and have a linear form whose mean over the n samples is the error e itself
// and whose spread between samples is the error's own:
//
//	x = e + n/n_c · w · (u - mean of u over the sample's class c)
//
// with w = 1/C for the balanced error and w = 1 for AUC. Then Σ(x-e)²/n² is
// Σ_c w² s_c²/n_c: for the balanced error the variance of a stratified mean,
// the classes' shares of the test set taken as given; for AUC that of DeLong,
// DeLong and Clarke-Pearson (1988), S10/m + S01/n, of which x are the structural
// components (and, summed over groups, that of Obuchowski 1997). Deviations are
// stretched by √(n_c/(n_c-1)), so that s_c² is unbiased; n_c counts groups
// where samples come in groups.
//
// Everything else is that of the mean loss: x of every run goes through the
// two-way jackknife as losses do. Degrees of freedom between samples are those
// of the classes, by Satterthwaite, since a rare class decides with few
// samples.

// linearised returns the runs with the linear form of an error as losses. The
// form of an error that is a mean over samples are the parts themselves.
func (r *Runs) linearised(measure string) *Runs {
	form := errorForms[measure]
	out := &Runs{Domain: r.Domain, Seeds: r.Seeds, Samples: r.Samples, Label: r.Label, Group: r.Group}
	classes := r.classSizes()
	n, weight := float64(r.Samples), form.averaged.weight(len(classes))
	part := make([]float64, r.Samples)
	for k := range r.Seeds {
		form.parts(r, k, part)
		x := make([]float32, r.Samples)
		out.Loss = append(out.Loss, x)
		if form.averaged == overSamples {
			for i, u := range part {
				x[i] = float32(u)
			}
			continue
		}
		mean := map[int32]float64{}
		for i, u := range part {
			mean[r.Label[i]] += u / classes[r.Label[i]].samples
		}
		e := mean[1]
		if form.averaged == overClasses {
			e = 0
			for _, c := range slices.Sorted(maps.Keys(mean)) { // sums come out the same every time
				e += weight * mean[c]
			}
		}
		for i, u := range part {
			c := classes[r.Label[i]]
			x[i] = float32(e + n/c.samples*weight*c.stretch()*(u-mean[r.Label[i]]))
		}
	}
	return out
}

// classSize counts the test samples of a class, and the units of evidence that
// they are: samples, or the groups that have some.
type classSize struct{ samples, units float64 }

func (c classSize) stretch() float64 {
	if c.units < 2 {
		return 1 // there is no variance to speak of, which Gain says
	}
	return math.Sqrt(c.units / (c.units - 1))
}

// mostOfErrors is what one sample of the rarest class can change an error by,
// as a sum over samples.
func (r *Runs) mostOfErrors(measure string) float64 {
	classes := r.classSizes()
	weight := errorForms[measure].averaged.weight(len(classes))
	most := 0.0
	for _, c := range classes {
		most = max(most, float64(r.Samples)/c.samples*weight)
	}
	return most
}

func (r *Runs) classSizes() map[int32]classSize {
	sizes := map[int32]classSize{}
	if r.Group == nil && len(r.Label) > 0 {
		const dense = 1 << 12
		var count [dense]int
		for _, label := range r.Label {
			if label >= 0 && label < dense {
				count[label]++
			} else {
				c := sizes[label]
				c.samples++
				c.units++
				sizes[label] = c
			}
		}
		for label, n := range count {
			if n > 0 {
				sizes[int32(label)] = classSize{float64(n), float64(n)}
			}
		}
		return sizes
	}
	type pair struct {
		class, group int32
	}
	seen := map[pair]bool{}
	for i, label := range r.Label {
		c := sizes[label]
		c.samples++
		if r.Group == nil {
			c.units++
		} else if p := (pair{label, r.Group[i]}); !seen[p] {
			seen[p] = true
			c.units++
		}
		sizes[label] = c
	}
	return sizes
}

// placements fills in the parts of samples of classes 0 and 1 in 1-AUC.
func placements(label []int32, score []float32, part []float64) {
	order := ranks.Ascending(score)
	var total, below [2]float64
	for _, l := range label {
		total[l]++
	}
	for first := 0; first < len(order); {
		last := first
		var tied [2]float64
		for ; last < len(order) && score[order[last]] == score[order[first]]; last++ {
			tied[label[order[last]]]++
		}
		for _, i := range order[first:last] {
			if label[i] == 1 { // negative ones above
				part[i] = (total[0] - below[0] - tied[0]/2) / total[0]
			} else { // positive ones below
				part[i] = (below[1] + tied[1]/2) / total[1]
			}
		}
		below[0] += tied[0]
		below[1] += tied[1]
		first = last
	}
}

// part is what the samples of a class contribute to the variance between
// samples, as the covariance of the sums of each unit of evidence.
type part struct {
	covariance [][]float64
	units      float64
}

func (p *part) add(deviation []float64) {
	p.units++
	for x, dx := range deviation {
		for y, dy := range deviation {
			p.covariance[x][y] += dx * dy
		}
	}
}

// classParts lists them by class, for the linear forms of one arm or of both.
func classParts(label []int32, arms ...*Runs) []part {
	overall := make([]float64, len(arms))
	for a, r := range arms {
		overall[a] = r.MeanLoss()
	}
	type unit struct{ class, group int32 }
	parts, sums := map[int32]*part{}, map[unit][]float64{}
	deviation := make([]float64, len(arms))
	for i, l := range label {
		if parts[l] == nil {
			parts[l] = &part{covariance: square(len(arms))}
		}
		for a, r := range arms {
			deviation[a] = meanAt(r.Loss, i) - overall[a]
		}
		if arms[0].Group == nil {
			parts[l].add(deviation)
			continue
		}
		u := unit{l, arms[0].Group[i]}
		if sums[u] == nil {
			sums[u] = make([]float64, len(arms))
		}
		for a, d := range deviation {
			sums[u][a] += d
		}
	}
	// Sums come out the same every time.
	for _, u := range slices.SortedFunc(maps.Keys(sums), func(x, y unit) int {
		return cmp.Or(cmp.Compare(x.class, y.class), cmp.Compare(x.group, y.group))
	}) {
		parts[u.class].add(sums[u])
	}
	var list []part
	for _, l := range slices.Sorted(maps.Keys(parts)) {
		list = append(list, *parts[l])
	}
	return list
}

// freedom is the degrees of freedom of the variance between samples of a
// combination, after Satterthwaite. A class of one unit of evidence has none.
func freedom(parts []part, c []float64) float64 {
	var total, square float64
	for _, p := range parts {
		v := quadratic(c, p.covariance)
		total += v
		square += v * v / (p.units - 1)
	}
	if total == 0 { // nothing varies
		return parts[0].units
	}
	return total * total / square
}

// rarestUnits is the least number of units of evidence that a class has, +Inf
// without classes.
func rarestUnits(parts []part) float64 {
	least := math.Inf(1)
	for _, p := range parts {
		least = min(least, p.units)
	}
	return least
}

// AUC is that of two classes with an interval that allows for other runs, from
// three on, and for other test samples, within 0 and 1. NaN where it is unknown.
func (r *Runs) AUC(level float64) Interval {
	if r.Score == nil || !AnswersOf([]*Runs{r}).Ranks {
		return Unknown()
	}
	if r.Tested != nil {
		return r.aucOverTests(level)
	}
	e := r.classError(measures.AUC, level)
	return Interval{1 - e.Value, max(0, 1-e.Hi), min(1, 1-e.Lo)}
}

// classError is the error of one arm with its interval.
func (r *Runs) classError(measure string, level float64) Interval {
	x := r.linearised(measure)
	var strata []stratum
	k := x.K()
	if k >= 3 {
		strata = []stratum{{runs: k, weight: float64(k-1) / float64(k), df: float64(k - 1)}}
	}
	j := newJackknife(1, strata)
	j.parts = classParts(r.Label, x)
	x.stream(j, func(i int, full []float64, deleted [][]float64) {
		sum := sumAt(x.Loss, i)
		full[0] += sum / float64(k)
		for run := range deleted {
			deleted[run][0] += leaveOut(sum, x.Loss, run, i)
		}
	})
	value := j.mean()[0]
	if rarestUnits(j.parts) < 2 {
		return Point(value)
	}
	return j.limits(figureOf(combination{1}), level)
}
