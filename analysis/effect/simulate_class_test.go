package effect

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/sharewise/sharewise/analysis/measures"
)

// rankedWorld is a population of two classes. A sample has a latent score, N(0, 1)
// for negative and N(μ, 1) for positive ones; a run sees it with noise of its
// own, N(0, ½), and with a separation μ and a threshold that it shifts by its
// own. The arm adds lift to μ.
type rankedWorld struct {
	name      string
	positives float64 // share
	lift      float64
	run       float64 // deviation of a run's separation, and of its threshold
	group     int     // samples that share half of the variance of their latent scores; 0: none
}

const (
	separation = 1.5
	threshold  = 0.8
	noise      = 0.5 // variance
)

func (w rankedWorld) draw(r *rand.Rand, n, k int, lift float64, label []int32, latent []float64) *Runs {
	out := &Runs{Domain: "d", Seeds: seeds(1, k), Samples: n, Label: label, Correct: make([]uint64, n)}
	for run := range k {
		shift, cut := w.run*r.NormFloat64(), threshold+w.run*r.NormFloat64()
		score := make([]float32, n)
		for i := range score {
			x := latent[i] + math.Sqrt(noise)*r.NormFloat64()
			if label[i] == 1 {
				x += separation + lift + shift
			}
			score[i] = float32(x)
			if (x > cut) == (label[i] == 1) {
				out.Correct[i] |= 1 << run
			}
		}
		out.Score = append(out.Score, score)
	}
	return out
}

// pair draws runs of both arms on the same samples.
func (w rankedWorld) pair(r *rand.Rand, n, k int) (a, b *Runs) {
	label, latent := make([]int32, n), make([]float64, n)
	var group []int32
	shared := 0.0
	for i := range label {
		latent[i] = r.NormFloat64()
		if i < int(math.Round(w.positives*float64(n))) {
			label[i] = 1
		}
		if w.group > 0 {
			if i%w.group == 0 {
				shared = r.NormFloat64()
			}
			latent[i] = math.Sqrt(.5)*latent[i] + math.Sqrt(.5)*shared
			group = append(group, int32(i/w.group))
		}
	}
	a, b = w.draw(r, n, k, 0, label, latent), w.draw(r, n, k, w.lift, label, latent)
	a.Group, b.Group = group, group
	return a, b
}

// errors are the expected 1-AUC and balanced error of a run.
func (w rankedWorld) errors(lift float64) (auc, balanced float64) {
	phi := distuv.UnitNormal.CDF
	run := w.run * w.run
	auc = phi(-(separation + lift) / math.Sqrt(2*(1+noise)+run))
	balanced = (phi(-threshold/math.Sqrt(1+noise+run)) + phi((threshold-separation-lift)/math.Sqrt(1+noise+2*run))) / 2
	return auc, balanced
}

// classCoverage are shares of repetitions, and mean widths of relative gains.
type classCoverage struct{ relative, absolute, width [2]float64 }

func (w rankedWorld) simulate(n, k, repetitions int) classCoverage {
	var c classCoverage
	aucA, balancedA := w.errors(0)
	aucB, balancedB := w.errors(w.lift)
	truth := [2][2]float64{{aucA, aucB}, {balancedA, balancedB}}
	share := 1 / float64(repetitions)
	for rep := range repetitions {
		a, b := w.pair(rand.New(rand.NewPCG(23, uint64(rep))), n, k)
		for m, measure := range []string{measures.AUC, measures.Balanced} {
			g, err := gainOf(a, b, measure, Options{})
			if err != nil {
				panic(err)
			}
			relative, absolute := 1-truth[m][1]/truth[m][0], truth[m][0]-truth[m][1]
			if g.Relative.Lo <= relative && relative <= g.Relative.Hi {
				c.relative[m] += share
			}
			if g.Absolute.Lo <= absolute && absolute <= g.Absolute.Hi {
				c.absolute[m] += share
			}
			c.width[m] += share * (g.Relative.Hi - g.Relative.Lo)
		}
	}
	return c
}

func (c classCoverage) String() string {
	return fmt.Sprintf("%5.1f %5.1f %6.2f | %5.1f %5.1f %6.2f", 100*c.relative[0], 100*c.absolute[0], c.width[0], 100*c.relative[1], 100*c.absolute[1], c.width[1])
}

const classCoverageHead = "effect  positives  run   n     K  | AUC: relative, absolute, width | balanced: relative, absolute, width"

// TestClassCoverage is the reduced simulation of gains in AUC and balanced
// error; BenchmarkClassCoverage prints the full table. With 250 repetitions a
// true 95 % reads between 91 and 99 %. Widths shrink with runs: an interval
// that holds the truth because it is wide is no use.
func TestClassCoverage(t *testing.T) {
	const repetitions = 250
	for _, w := range []rankedWorld{
		{"null", .05, 0, .2, 0}, {"null", .05, 0, 0, 0}, {"effect", .05, .6, .2, 0}, {"effect", .3, .6, .1, 0},
	} {
		width := math.Inf(1)
		for _, k := range []int{3, 8} {
			got := w.simulate(600, k, repetitions)
			t.Logf("%-7s %4.2f %4.2f K %2d | %s", w.name, w.positives, w.run, k, got)
			for m := range 2 {
				for _, share := range []float64{got.relative[m], got.absolute[m]} {
					if share < .91 || share > .999 && w.run > 0 {
						t.Errorf("%+v, K %d, measure %d: coverage %.3f", w, k, m, share)
					}
				}
			}
			if !(got.width[0] < width) || got.width[0] > 1.4 {
				t.Errorf("%+v, K %d: mean width %.2f after %.2f with fewer runs", w, k, got.width[0], width)
			}
			width = got.width[0]
		}
	}
}

// Groups count as one observation: without them the intervals of samples that
// move together are too narrow.
func TestClassCoverageOfGroups(t *testing.T) {
	w := rankedWorld{"groups", .1, .6, .1, 10}
	got := w.simulate(600, 5, 300)
	t.Logf("%s", got)
	for m := range 2 {
		if share := got.relative[m]; share < .90 || share > .999 {
			t.Errorf("measure %d: coverage %.3f", m, share)
		}
	}
}

// BenchmarkClassCoverage prints the full simulation:
// go test -run=^$ -bench=ClassCoverage -benchtime=1x.
func BenchmarkClassCoverage(b *testing.B) {
	for range b.N {
		fmt.Println(classCoverageHead)
		for _, lift := range []float64{0, .6} {
			for _, positives := range []float64{.05, .2} {
				for _, run := range []float64{0, .1, .3} {
					for _, n := range []int{200, 1000} {
						for _, k := range []int{3, 5, 10} {
							w := rankedWorld{"lift", positives, lift, run, 0}
							fmt.Printf("%6.1f %8.2f %6.2f %6d %4d  | %s\n", lift, positives, run, n, k, w.simulate(n, k, 1000))
						}
					}
				}
			}
		}
	}
}
