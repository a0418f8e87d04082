package effect

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/sharewise/sharewise/analysis/measures"
)

// planted is a study whose truth is known: every domain alone and with every
// other one, the samples of a domain and its changes as in world.
type planted struct {
	effect       string  // null, sparse or dense, as in effects
	domains      int     // how many
	samples      int     // of every domain
	runs         int     // independent ones
	armRuns      int     // of every pool; 0: as many
	run          float64 // standard deviation of a run's accuracy
	spread       bool    // variances of runs differ tenfold between sets of runs
	odd          bool    // those of the first domain are ten times as large
	correlation  float64 // of runs of one seed, which then are paired
	distribution []point // of changes
}

// point is a change of the latent difficulty and its probability.
type point struct{ change, share float64 }

func (p planted) String() string {
	k := fmt.Sprint(p.runs)
	if p.armRuns > 0 {
		k = fmt.Sprintf("%d/%d", p.runs, p.armRuns)
	}
	vary := "alike"
	switch {
	case p.odd:
		vary = "one odd"
	case p.spread:
		vary = "tenfold"
	}
	return fmt.Sprintf("| %d | %s | %s | %.2f | %s | %.1f |", p.domains*(p.domains-1), k, p.effect, 100*p.run, vary, p.correlation)
}

// changes are the points that stand for the distribution of changes.
func (p planted) changes() []point {
	switch p.effect {
	case "sparse":
		return []point{{2, .03}, {-2, .02}, {0, .95}}
	case "dense":
		var list []point
		for x := -3.9; x < 4; x += .2 {
			list = append(list, point{.1 + .4*x, .2 * distuv.UnitNormal.Prob(x)})
		}
		return list
	}
	return []point{{0, 1}}
}

// truth returns mean p, mean q, and the excess ½ mean[(q-p)² + (q-p)] where runs
// shift the latent difficulty by sigma.
func (p planted) truth(sigmaA, sigmaB float64) (meanP, meanQ, excess float64) {
	a, b := math.Sqrt(1+sigmaA*sigmaA), math.Sqrt(1+sigmaB*sigmaB)
	for x := -4.0; x <= 4; x += .1 {
		z, w := latentMean+latentSD*x, .1*distuv.UnitNormal.Prob(x)
		alone := distuv.UnitNormal.CDF(z / a)
		for _, c := range p.distribution {
			shared := distuv.UnitNormal.CDF((z + c.change) / b)
			meanP += w * c.share * alone
			meanQ += w * c.share * shared
			excess += w * c.share * ((shared-alone)*(shared-alone) + shared - alone) / 2
		}
	}
	return meanP, meanQ, excess
}

// plantedCell is one comparison with its truth.
type plantedCell struct {
	*Comparison
	delta, gain, excess float64
}

// draw makes a study.
func (p planted) draw(r *rand.Rand) []plantedCell {
	p.distribution = p.changes()
	var cells []plantedCell
	var list []*Comparison
	kb := p.runs
	if p.armRuns > 0 {
		kb = p.armRuns
	}
	for j := range p.domains {
		z := make([]float64, p.samples)
		for i := range z {
			z[i] = latentMean + latentSD*r.NormFloat64()
		}
		name := fmt.Sprint("domain", j)
		sigma := func() float64 {
			f := 1.0
			if p.spread {
				f = math.Exp((r.Float64() - .5) * math.Log(10))
			}
			if p.odd && j == 0 {
				f *= 10
			}
			return world{run: p.run}.sigma() * math.Sqrt(f)
		}
		// Runs of one seed share part of their shift and of every sample's noise.
		own := math.Sqrt(1 - p.correlation)
		common := math.Sqrt(p.correlation)
		seedShift, seedNoise := make([]float64, max(p.runs, kb)), make([][]float64, max(p.runs, kb))
		for k := range seedShift {
			seedShift[k] = r.NormFloat64()
			if p.correlation > 0 {
				seedNoise[k] = make([]float64, p.samples)
				for i := range z {
					seedNoise[k][i] = r.NormFloat64()
				}
			}
		}
		runsOf := func(k, first int, s float64, change []float64) *Runs {
			correct := make([]uint64, p.samples)
			for run := range k {
				shift := s * (common*seedShift[run] + own*r.NormFloat64())
				for i := range z {
					noise := own * r.NormFloat64()
					if p.correlation > 0 {
						noise += common * seedNoise[run][i]
					}
					if z[i]+change[i]+shift > noise {
						correct[i] |= 1 << run
					}
				}
			}
			return &Runs{Domain: name, Seeds: seeds(first, k), Samples: p.samples, Correct: correct}
		}
		sigmaA := sigma()
		a := runsOf(p.runs, 1, sigmaA, make([]float64, p.samples))
		for s := range p.domains {
			if s == j {
				continue
			}
			change := make([]float64, p.samples)
			for i := range change {
				change[i] = p.change(r)
			}
			sigmaB, first := sigma(), 100
			if p.correlation > 0 {
				first = 1
			}
			c, err := Compare(a, runsOf(kb, first, sigmaB, change), Options{SharedSeeds: p.correlation > 0})
			if err != nil {
				panic(err)
			}
			meanP, meanQ, excess := p.truth(sigmaA, sigmaB)
			cells = append(cells, plantedCell{c, meanQ - meanP, 1 - (1-meanQ)/(1-meanP), excess})
			list = append(list, c)
		}
	}
	Moderate(list)
	return cells
}

// change draws one.
func (p planted) change(r *rand.Rand) float64 {
	u := r.Float64()
	for _, c := range p.distribution {
		if u -= c.share; u < 0 {
			return c.change
		}
	}
	return 0
}

// covered is one interval with whether it holds the truth.
type covered struct {
	width float64
	holds bool
}

func (c *plantedCell) judge(v Interval, truth float64) covered {
	return covered{v.Hi - v.Lo, v.Lo <= truth && truth <= v.Hi}
}

// byItself is the interval of a figure whose run variance rests on its own few
// runs and counts only as far as it exceeds that of runs that move every sample
// by itself: what moderation is held against.
func byItself(j *jackknife, f figure) Interval {
	c := f.in(j)
	vs := j.betweenSamples(c)
	var runs, independent, satterthwaite float64
	for g, s := range j.strata {
		v, vi := j.spread(g, c)
		runs, independent = runs+v, independent+vi
		satterthwaite += v * v / s.df
	}
	value := dot(c, j.mean())
	if f.gain {
		value = relative(j.mean()[vA], j.mean()[vB], j.floor)
	}
	v := vs + runs - independent
	if v <= vs {
		return Variance{vs, j.clusters - 1}.Interval(value, .95)
	}
	return Variance{v, max(1, v*v/(satterthwaite+vs*vs/(j.clusters-1)))}.Interval(value, .95)
}

// studyCoverage is what simulated studies found.
type studyCoverage struct {
	delta, excess, gain, before []covered
	deltaBefore                 []covered
	studies, bold, boldBefore   int // studies with a gain that is a discovery, or whose plain limits exclude zero
}

func (p planted) simulate(studies int, seed uint64) *studyCoverage {
	c := &studyCoverage{}
	for rep := range studies {
		cells := p.draw(rand.New(rand.NewPCG(seed, uint64(rep))))
		plain := false
		var chances []float64
		for i := range cells {
			cell := &cells[i]
			m := cell.momentsOn(onCorrect)
			c.delta = append(c.delta, cell.judge(m.interval(combDelta, .95), cell.delta))
			c.excess = append(c.excess, cell.judge(m.interval(combExcessT, .95), cell.excess))
			g, err := cell.Gain(measures.Correct)
			if err != nil {
				panic(err)
			}
			c.gain = append(c.gain, cell.judge(g.Relative, cell.gain))
			before := byItself(m.jackknife, relativeGain)
			plain = plain || before.Lo > 0 || before.Hi < 0
			c.deltaBefore = append(c.deltaBefore, cell.judge(byItself(m.jackknife, figureOf(combDelta)), cell.delta))
			c.before = append(c.before, cell.judge(before, cell.gain))
			chances = append(chances, g.P)
		}
		c.studies++
		if plain {
			c.boldBefore++
		}
		if slices.Contains(Discoveries(chances, .05), true) {
			c.bold++
		}
	}
	return c
}

// share is that of intervals that hold the truth.
func share(list []covered) float64 {
	n := 0.0
	for _, c := range list {
		if c.holds {
			n++
		}
	}
	return n / float64(len(list))
}

// fifths is the same in each fifth of widths, the narrowest first.
func fifths(list []covered) [5]float64 {
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b covered) int {
		switch {
		case a.width < b.width:
			return -1
		case a.width > b.width:
			return 1
		}
		return 0
	})
	var out [5]float64
	for q := range out {
		out[q] = share(sorted[q*len(sorted)/5 : (q+1)*len(sorted)/5])
	}
	return out
}

func medianWidth(list []covered) float64 {
	var widths []float64
	for _, c := range list {
		widths = append(widths, c.width)
	}
	slices.Sort(widths)
	return widths[len(widths)/2]
}

const studyCoverageHead = `| cells | K | effect | run sd % | variances | paired | Δ | E_T | gain | Δ, narrowest to widest fifth | gain before | narrowest fifth before | width / before | bold studies % | before |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|`

func (c *studyCoverage) String() string {
	q := fifths(c.delta)
	return fmt.Sprintf(" %.3f | %.3f | %.3f | %.2f %.2f %.2f %.2f %.2f | %.3f | %.2f | %.2f | %.0f | %.0f |",
		share(c.delta), share(c.excess), share(c.gain), q[0], q[1], q[2], q[3], q[4], share(c.before), fifths(c.deltaBefore)[0],
		medianWidth(c.gain)/medianWidth(c.before), 100*float64(c.bold)/float64(c.studies), 100*float64(c.boldBefore)/float64(c.studies))
}

// TestStudyCoverage is the reduced simulation of whole studies: intervals hold
// the truth as often as they say, also where they are narrow, are narrower than
// those of comparisons by themselves, and hardly any study without an effect
// shows one.
func TestStudyCoverage(t *testing.T) {
	studies := 25
	if testing.Short() {
		studies = 8
	}
	var null, bold, boldBefore int
	for _, p := range []planted{
		{effect: "null", domains: 6, samples: 300, runs: 3, run: .026},
		{effect: "null", domains: 6, samples: 300, runs: 3, run: .0065},
		{effect: "dense", domains: 6, samples: 300, runs: 3, run: .026, spread: true},
		{effect: "null", domains: 6, samples: 300, runs: 3, run: .026, odd: true},
		{effect: "null", domains: 6, samples: 300, runs: 3, run: .026, correlation: .7},
		{effect: "sparse", domains: 4, samples: 300, runs: 5, run: .026},
	} {
		c := p.simulate(studies, 5)
		t.Log(p.String() + c.String())
		for _, x := range []struct {
			what string
			list []covered
		}{{"Δ", c.delta}, {"E_T", c.excess}, {"gain", c.gain}} {
			if s := share(x.list); s < .91 {
				t.Errorf("%v: interval of %s holds the truth in %.3f", p, x.what, s)
			}
		}
		if s := fifths(c.delta)[0]; s < .8 {
			t.Errorf("%v: the narrowest fifth of intervals of Δ holds the truth in %.3f", p, s)
		}
		if s := medianWidth(c.gain) / medianWidth(c.before); s > 1 {
			t.Errorf("%v: intervals are %.2f times as wide as those of comparisons by themselves", p, s)
		}
		if p.effect == "null" {
			null, bold, boldBefore = null+c.studies, bold+c.bold, boldBefore+c.boldBefore
		}
	}
	// 6 % and three standard errors.
	most := .06*float64(null) + 3*math.Sqrt(.06*float64(null))
	if float64(bold) > most || boldBefore < null/4 {
		t.Errorf("of %d studies without effect %d have a discovery, %d an interval that excludes zero", null, bold, boldBefore)
	}
}

// BenchmarkStudyCoverage prints the table in testdata/coverage.md:
// go test ./analysis/effect -run=^$ -bench=StudyCoverage -benchtime=1x.
func BenchmarkStudyCoverage(b *testing.B) {
	for range b.N {
		fmt.Println(studyCoverageHead)
		var list []planted
		for _, p := range []planted{{}, {effect: "dense"}, {correlation: .7}} {
			p.domains, p.runs = 6, 2
			list = append(list, p)
		}
		for _, k := range []int{3, 5, 10} {
			for _, p := range []planted{{}, {spread: true}, {odd: true}, {effect: "sparse"}, {effect: "dense"}, {correlation: .7}} {
				p.domains, p.runs = 6, k
				list = append(list, p)
			}
			list = append(list, planted{domains: 6, runs: k, run: .0065})
		}
		for _, domains := range []int{2, 3, 12} {
			for _, p := range []planted{{}, {spread: true}, {odd: true}} {
				p.domains, p.runs = domains, 3
				list = append(list, p)
			}
		}
		for _, p := range append(list, []planted{
			{domains: 6, runs: 10, armRuns: 3},
			{domains: 6, runs: 3, armRuns: 10},
			{effect: "dense", domains: 6, runs: 8, armRuns: 3, correlation: .7},
			{domains: 42, runs: 3, samples: 150},
		}...) {
			p.effect, p.samples, p.run = cmp.Or(p.effect, "null"), cmp.Or(p.samples, 400), cmp.Or(p.run, .026)
			fmt.Println(p.String() + p.simulate(min(1000, max(2, 3000/(p.domains*(p.domains-1)))), 5).String())
		}
	}
}
