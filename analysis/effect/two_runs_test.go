package effect

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/sharewise/sharewise/analysis/measures"
)

// TestTwoRuns is the coverage of gains of two runs a side, where the other
// comparisons of a study tell how runs vary; where they do not, limits say so.
func TestTwoRuns(t *testing.T) {
	studies := 12
	if testing.Short() {
		studies = 6
	}
	for _, p := range []planted{
		{effect: "null", domains: 6, run: .026},
		{effect: "null", domains: 6, run: .026, spread: true},
		{effect: "dense", domains: 6, run: .026, odd: true},
		{effect: "null", domains: 6, run: .026, correlation: .7},
		{effect: "dense", domains: 6, run: .0065, correlation: .7},
		{effect: "null", domains: 12, run: .026, correlation: .7, odd: true},
		{effect: "null", domains: 3, run: .026},
		{effect: "dense", domains: 3, run: .026, odd: true},
		{effect: "null", domains: 3, run: .026, correlation: .7},
		{effect: "null", domains: 2, run: .026},
	} {
		p.samples, p.runs = 300, 2
		var gains []covered
		told := 0
		n := max(2, studies*30/(p.domains*(p.domains-1)))
		for rep := range n {
			for _, c := range p.draw(rand.New(rand.NewPCG(21, uint64(rep)))) {
				g, err := c.Gain(measures.Correct)
				if err != nil {
					t.Fatal(err)
				}
				if g.Told {
					told++
				}
				gains = append(gains, c.judge(g.Relative, c.gain))
			}
		}
		q := fifths(gains)
		t.Logf("%v %d gains: %.3f hold the truth, of fifths by width %.2f; %d told", p, len(gains), share(gains), q, told)
		if p.domains < 3 {
			if told > 0 {
				t.Errorf("%v: %d gains are told, by %d domains", p, told, p.domains)
			}
			continue
		}
		if told != len(gains) || share(gains) < .91 || q[0] < .8 {
			t.Errorf("%v: %d of %d are told, %.3f hold the truth, %.2f of the narrowest fifth", p, told, len(gains), share(gains), q[0])
		}
	}
}

// TestOneRun compares what one run makes of two gains, by the covariance of the
// errors of one run, with what fifty say. Where runs of one seed are paired, that
// is right for differences, which gains are.
func TestOneRun(t *testing.T) {
	for _, correlation := range []float64{0, .7} {
		p := planted{effect: "dense", domains: 3, samples: 300, runs: 50, run: .026, correlation: correlation}
		cells := p.draw(rand.New(rand.NewPCG(9, 9)))[:2]
		list := []*Comparison{cells[0].Comparison, cells[1].Comparison}
		rates := [][]float64{list[0].a.errorRates(), list[0].b.errorRates(), list[1].b.errorRates()}
		base := stat.Mean(rates[0], nil)
		run := mat.NewDense(3, 3, slices.Concat(Together(list, measures.Correct).Run...))
		var gain [2][]float64
		var forms [2]*mat.VecDense
		for i := range gain {
			load := stat.Mean(rates[i+1], nil) / base
			forms[i] = mat.NewVecDense(3, []float64{load, 0, 0})
			forms[i].SetVec(i+1, -1)
			for k, alone := range rates[0] {
				gain[i] = append(gain[i], (load*alone-rates[i+1][k])/base)
			}
		}
		for i := range 2 {
			for k := range i + 1 {
				got, want := mat.Inner(forms[i], run, forms[k]), stat.Covariance(gain[i], gain[k], nil)
				if math.Abs(got-want) > .3*want {
					t.Errorf("correlation %.1f: covariance %d, %d of what one run makes of gains is %.5f, that of fifty %.5f", correlation, i, k, got, want)
				}
			}
		}
	}
}
