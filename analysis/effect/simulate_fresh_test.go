package effect

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/sharewise/sharewise/analysis/measures"
)

// freshWorld is a study whose truth is known, of another kind than those that
// intervals were made with: other accuracies, runs with heavy tails, domains of other
// sizes, AUC and losses, groups of samples. A sample has a latent difficulty z, a run a
// shift s and a gain a lift c: what a run makes of a sample is z + c + s + noise.
type freshWorld struct {
	name     string
	measure  string
	accuracy float64 // about
	run      float64 // deviation of a run's shift
	heavy    bool    // Student's t with three degrees of freedom, cut at five deviations
	sizes    [2]int  // test samples of a domain, from and to, evenly in logarithms
	group    int     // samples that share most of their difficulty; 0: none
	domains  int
	spread   bool    // variances of runs differ tenfold
	odd      bool    // those of the first domain are ten times as large
	paired   float64 // share of the shift that runs of one seed have in common
	k        int
	planted  bool // gains; else none
}

const (
	freshSD  = 1.2 // of z
	lossRate = 0.5 // a loss is exp(-lossRate × what a run makes of the sample)
)

func (w freshWorld) shift(r *rand.Rand, scale float64) float64 {
	if !w.heavy {
		return scale * r.NormFloat64()
	}
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: 3, Src: r}.Rand() / math.Sqrt(3)
	return scale * min(5, max(-5, t))
}

// truth is the expected error by the measure, of runs of a scale.
func (w freshWorld) truth(r *rand.Rand, mean, lift, scale float64) float64 {
	const draws = 4000
	sum := 0.0
	for range draws {
		x := mean + lift + w.shift(r, scale)
		switch w.measure {
		case measures.Correct:
			sum += distuv.UnitNormal.CDF(-x / math.Sqrt(1+freshSD*freshSD))
		case measures.AUC:
			sum += distuv.UnitNormal.CDF(-x / math.Sqrt(2*(1+freshSD*freshSD)))
		default:
			sum += math.Exp(-lossRate*x + lossRate*lossRate*(1+freshSD*freshSD)/2)
		}
	}
	return sum / draws
}

// mean is the mean of z for which an independent model has about that accuracy, or
// AUC.
func (w freshWorld) mean() float64 {
	x := distuv.UnitNormal.Quantile(w.accuracy) * math.Sqrt(1+freshSD*freshSD)
	if w.measure == measures.AUC {
		return x * math.Sqrt2
	}
	return x
}

// draw makes a study, with the true relative gain of every comparison.
func (w freshWorld) draw(r *rand.Rand) (list []*Comparison, truths []float64) {
	mean := w.mean()
	for j := range w.domains {
		low, high := math.Log(float64(w.sizes[0])), math.Log(float64(w.sizes[1]))
		n := int(math.Exp(low + r.Float64()*(high-low)))
		z, label := make([]float64, n), make([]int32, n)
		var group []int32
		common := 0.0
		for i := range z {
			z[i] = freshSD * r.NormFloat64()
			label[i] = int32(i % 2)
			if w.group > 0 {
				if i%w.group == 0 {
					common = freshSD * r.NormFloat64()
				}
				z[i] = math.Sqrt(.6)*common + math.Sqrt(.4)*z[i]
				label[i] = int32(i / w.group % 2)
				group = append(group, int32(i/w.group))
			}
		}
		scale := func() float64 {
			f := 1.0
			if w.spread {
				f = math.Exp((r.Float64() - .5) * math.Log(10))
			}
			if w.odd && j == 0 {
				f *= 10
			}
			return w.run * math.Sqrt(f)
		}
		seed := make([]float64, w.k)
		for k := range seed {
			seed[k] = w.shift(r, 1)
		}
		runs := func(lift, scale float64, first int) *Runs {
			out := &Runs{Domain: fmt.Sprint("d", j), Seeds: seeds(first, w.k), Samples: n, Label: label, Group: group, Correct: make([]uint64, n)}
			for k := range w.k {
				shift := math.Sqrt(w.paired)*scale*seed[k] + math.Sqrt(1-w.paired)*w.shift(r, scale)
				values := make([]float32, n)
				for i := range z {
					switch x := z[i] + r.NormFloat64(); w.measure {
					case measures.Correct:
						if mean+lift+shift+x > 0 {
							out.Correct[i] |= 1 << k
						}
					case measures.AUC:
						values[i] = float32(x + float64(label[i])*(mean+lift+shift))
					default:
						values[i] = float32(math.Exp(-lossRate * (mean + lift + shift + x)))
					}
				}
				out.Score, out.Loss = append(out.Score, values), append(out.Loss, values)
			}
			return out
		}
		scaleA := scale()
		a := runs(0, scaleA, 1)
		own := w.truth(r, mean, 0, scaleA)
		for s := range w.domains {
			if s == j {
				continue
			}
			lift := 0.0
			if w.planted {
				lift = 0.25 * r.NormFloat64()
			}
			scaleB, first := scale(), 100
			if w.paired > 0 {
				first = 1
			}
			c, err := Compare(a, runs(lift, scaleB, first), Options{SharedSeeds: w.paired > 0, Measure: w.measure})
			if err != nil {
				panic(err)
			}
			list = append(list, c)
			truths = append(truths, 1-w.truth(r, mean, lift, scaleB)/own)
		}
	}
	Moderate(list)
	return list, truths
}

// freshCoverage is what simulated studies of a fresh world found.
type freshCoverage struct {
	gain          []covered
	straight      []covered // by limits g ± t√V
	bold, studies int
	falsely       int // discoveries whose gain is on the other side of zero, or none
	said          int
}

func (w freshWorld) simulate(cells int, seed uint64) *freshCoverage {
	out := &freshCoverage{}
	for rep := 0; len(out.gain) < cells; rep++ {
		list, truths := w.draw(rand.New(rand.NewPCG(seed, uint64(rep))))
		var chances []float64
		var values []float64
		for i, c := range list {
			g, err := c.Gain(w.measure)
			if err != nil {
				panic(err)
			}
			if g.Relative.Limited() {
				v := c.momentsOn(c.errorsIn(w.measure)).limitsBy(relativeGain, .95, false)
				for _, x := range []struct {
					to *[]covered
					v  Interval
				}{{&out.gain, g.Relative}, {&out.straight, v}} {
					*x.to = append(*x.to, covered{x.v.Hi - x.v.Lo, x.v.Lo <= truths[i] && truths[i] <= x.v.Hi})
				}
			}
			chances, values = append(chances, g.P), append(values, g.Relative.Value)
		}
		any := false
		for i, found := range Discoveries(chances, .05) {
			if found {
				any = true
				out.said++
				if truths[i]*values[i] <= 0 || !w.planted {
					out.falsely++
				}
			}
		}
		if out.studies++; any {
			out.bold++
		}
	}
	return out
}

// freshWorlds are the rows of testdata/fresh.md.
func freshWorlds() []freshWorld {
	var list []freshWorld
	add := func(w freshWorld) {
		w.measure, w.accuracy, w.run = cmp.Or(w.measure, measures.Correct), cmp.Or(w.accuracy, .8), cmp.Or(w.run, .12)
		w.domains, w.k = cmp.Or(w.domains, 5), cmp.Or(w.k, 3)
		if w.sizes[0] == 0 {
			w.sizes = [2]int{300, 300}
		}
		list = append(list, w)
	}
	for _, k := range []int{2, 3, 5, 10} {
		add(freshWorld{name: "usual", k: k})
		add(freshWorld{name: "paired, gains", k: k, paired: .7, planted: true})
		add(freshWorld{name: "heavy tails", k: k, heavy: true})
		add(freshWorld{name: "losses, gains", k: k, measure: measures.Loss, planted: true})
		add(freshWorld{name: "AUC", k: k, measure: measures.AUC})
	}
	add(freshWorld{name: "accuracy .97", accuracy: .97, sizes: [2]int{500, 500}})
	add(freshWorld{name: "accuracy .55, gains", accuracy: .55, planted: true})
	add(freshWorld{name: "sizes 60 to 1500", sizes: [2]int{60, 1500}})
	add(freshWorld{name: "sizes 60 to 1500, gains", sizes: [2]int{60, 1500}, planted: true, k: 5})
	add(freshWorld{name: "60 groups of 5", group: 5})
	add(freshWorld{name: "60 groups of 5, losses", group: 5, measure: measures.Loss, planted: true})
	add(freshWorld{name: "tenfold, heavy", spread: true, heavy: true})
	add(freshWorld{name: "one odd, heavy", odd: true, heavy: true})
	add(freshWorld{name: "AUC, gains, tenfold", measure: measures.AUC, spread: true, planted: true})
	add(freshWorld{name: "two domains", domains: 2})
	add(freshWorld{name: "two domains, heavy, gains", domains: 2, heavy: true, planted: true})
	add(freshWorld{name: "two domains, paired losses", domains: 2, paired: .7, measure: measures.Loss})
	add(freshWorld{name: "12 domains", domains: 12, sizes: [2]int{200, 200}})
	add(freshWorld{name: "12 domains, heavy", domains: 12, heavy: true, sizes: [2]int{200, 200}})
	return list
}

// TestFreshWorlds holds intervals against a few worlds that they were not made with.
// SHAREWISE_SIMULATE=fresh prints the table in testdata/fresh.md.
func TestFreshWorlds(t *testing.T) {
	if os.Getenv("SHAREWISE_SIMULATE") == "fresh" {
		fmt.Println("| world | cells | K | gain | narrowest to widest fifth | g ± t√V | its narrowest fifth | studies | with a discovery % | discoveries, false |")
		fmt.Println("|---|---|---|---|---|---|---|---|---|---|")
		for _, w := range append(freshWorlds(), freshWorld{name: "42 domains", measure: measures.Correct, accuracy: .8, run: .12, domains: 42, k: 3, sizes: [2]int{100, 100}}) {
			fmt.Println(w.row(w.simulate(600, 5_081_963)))
		}
		return
	}
	var narrow, straight []covered
	for _, w := range freshWorlds() {
		if w.k != 3 || w.domains > 6 {
			continue
		}
		c := w.simulate(80, 7)
		if s := share(c.gain); s < .86 {
			t.Errorf("%s: intervals hold the gain in %.3f", w.name, s)
		}
		narrow, straight = append(narrow, c.gain...), append(straight, c.straight...)
	}
	// Limits on the scale of logarithms hold the truth where they are narrow too.
	if s, before := fifths(narrow)[0], fifths(straight)[0]; s < .9 || s <= before {
		t.Errorf("the narrowest fifth of intervals holds the gain in %.3f, of those g ± t√V in %.3f", s, before)
	}
}

func (w freshWorld) row(c *freshCoverage) string {
	q := fifths(c.gain)
	return fmt.Sprintf("| %s | %d | %d | %.3f | %.2f %.2f %.2f %.2f %.2f | %.3f | %.2f | %d | %.0f | %d, %d |", w.name, w.domains*(w.domains-1), w.k, share(c.gain), q[0], q[1], q[2], q[3], q[4], share(c.straight), fifths(c.straight)[0],
		c.studies, 100*float64(c.bold)/float64(c.studies), c.said, c.falsely)
}
