package appraisal

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/sharewise/sharewise/analysis"
)

// levels say how much less of its error a domain's own models have at other rungs
// than at the reference's.
type levels struct {
	rungs []string // the others
	// Of every domain that has them: expectations and joint draws, by rung.
	centre map[string][]float64
	draws  map[string][][]float64
}

// newLevels compares the independent models of rungs, on the test samples that they
// have in common. Runs of different rungs have no randomness in common.
func newLevels(s analysis.Study, reference string, draws int, seed uint64) (*levels, error) {
	out := &levels{centre: map[string][]float64{}, draws: map[string][][]float64{}}
	for _, r := range s.Rungs {
		if r != reference {
			out.rungs = append(out.rungs, r)
		}
	}
	if len(out.rungs) == 0 {
		return out, nil
	}
	runs := s.Runs
	s.Runs, s.Rungs, s.Weightings = nil, []string{reference}, []string{""}
	s.Baselines, s.Curves, s.GainsOnly, s.Options.SharedSeeds = nil, nil, true, false
	for _, r := range runs {
		if r.Arm != analysis.Independent {
			continue
		}
		if r.Rung != reference {
			r.Arm, r.Rung = r.Rung, reference
		}
		s.Runs = append(s.Runs, r)
	}
	results, err := analysis.Analyze(s)
	if err != nil {
		return nil, fmt.Errorf("appraisal: sizes: %w", err)
	}
	random := rand.New(rand.NewPCG(seed, 0x6c6576656c730000)) // "levels"
	for _, d := range s.Domains {
		centre, ok := make([]float64, len(out.rungs)), true
		gains := make([]*analysis.Gain, len(out.rungs))
		for i, rung := range out.rungs {
			gains[i] = results.Gain(analysis.Key{Arm: rung, Rung: reference, Domain: d.Name})
			if ok = ok && gains[i] != nil && gains[i].Absolute.Known(); ok {
				centre[i] = gains[i].Absolute.Value
			}
		}
		if !ok {
			continue
		}
		out.centre[d.Name] = centre
		out.draws[d.Name] = drawLevels(results, gains, d.Name, centre, draws, random)
	}
	return out, nil
}

// drawLevels draws around the centre, by the covariance that gains of the domain have
// at the same reference, as wide as the limits of the absolute figures.
func drawLevels(results *analysis.Results, gains []*analysis.Gain, domain string, centre []float64, draws int, random *rand.Rand) [][]float64 {
	n := len(centre)
	v := mat.NewSymDense(n, nil)
	df := 0.0
	for i, g := range gains {
		if !g.Absolute.Limited() {
			continue
		}
		sd := (g.Absolute.Hi - g.Absolute.Lo) / 2 / student((1+results.Level)/2, g.DF)
		v.SetSym(i, i, sd*sd)
		if g.DF > 0 && (df == 0 || g.DF < df) {
			df = g.DF
		}
	}
	for _, c := range results.Covariances {
		if c.Target != domain {
			continue
		}
		for i, g := range gains {
			for j := range i {
				x, y := slices.Index(c.Arms, g.Arm), slices.Index(c.Arms, gains[j].Arm)
				if x < 0 || y < 0 || !(c.Matrix[x][x] > 0) || !(c.Matrix[y][y] > 0) {
					continue
				}
				r := c.Matrix[x][y] / math.Sqrt(c.Matrix[x][x]*c.Matrix[y][y])
				v.SetSym(i, j, r*math.Sqrt(v.At(i, i)*v.At(j, j)))
			}
		}
	}
	var e mat.EigenSym
	out := make([][]float64, draws)
	var root mat.Dense
	values := make([]float64, n)
	if e.Factorize(v, true) {
		e.VectorsTo(&root)
		values = e.Values(values)
	} else {
		root.CloneFrom(mat.NewDense(n, n, nil))
	}
	for d := range out {
		scale := 1.0
		if df > 0 {
			scale = math.Sqrt(df / distuv.ChiSquared{K: df, Src: random}.Rand())
		}
		out[d] = slices.Clone(centre)
		for k := range n {
			z := scale * math.Sqrt(math.Max(0, values[k])) * random.NormFloat64()
			for i := range n {
				out[d][i] += root.At(i, k) * z
			}
		}
	}
	return out
}

// student is a quantile of Student's t, of the normal distribution for 0 degrees of
// freedom.
func student(p, df float64) float64 {
	if df == 0 {
		return distuv.UnitNormal.Quantile(p)
	}
	return distuv.StudentsT{Sigma: 1, Nu: df}.Quantile(p)
}
