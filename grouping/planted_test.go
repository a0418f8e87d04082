package grouping

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat"

	"github.com/sharewise/sharewise/grouping/solve"
)

// planted is a study of six domains in two clusters of three: within a cluster
// every domain gains strength from each other one, across it loses as much. All
// gains of a domain err with its independent runs and test samples, by a standard
// deviation of noise, and each with its pool's runs, by as much. The covariances are
// estimated with df degrees of freedom; 0: known.
func planted(random *rand.Rand, strength, noise, df float64) (p *Problem, truth []float64) {
	const n = 6
	p = &Problem{Domains: numbered(n), Covariances: make([]Covariance, n)}
	base := make([]float64, n)
	for j := range base {
		base[j] = noise * random.NormFloat64()
	}
	scale := 1.0
	if df > 0 {
		scale = 0
		for range int(df) {
			z := random.NormFloat64()
			scale += z * z / df
		}
	}
	for i := range n {
		for j := i + 1; j < n; j++ {
			gain := -strength
			if i/3 == j/3 {
				gain = strength
			}
			truth = append(truth, gain, gain)
			for m, d := range []int{i, j} {
				p.Covariances[d].Cells = append(p.Covariances[d].Cells, Cell{len(p.Pools), m})
			}
			p.Pools = append(p.Pools, Pool{Members: []int{i, j}, Gain: []float64{
				gain + base[i] + noise*random.NormFloat64(), gain + base[j] + noise*random.NormFloat64(),
			}})
		}
	}
	for d := range p.Covariances {
		c := &p.Covariances[d]
		c.DF = df
		for i := range c.Cells {
			row := make([]float64, len(c.Cells))
			for j := range row {
				row[j] = scale * noise * noise
			}
			row[i] *= 2
			c.Matrix = append(c.Matrix, row)
		}
	}
	return p, truth
}

var clustersOfThree = []set{solve.SetOf(0, 1, 2), solve.SetOf(3, 4, 5)}

// TestJointDraws checks that drawn errors have the covariance that was given, sums
// of several sources included.
func TestJointDraws(t *testing.T) {
	p := pairProblem(0.1, 0.2, 0.1)
	p.Covariances = []Covariance{
		{Cells: []Cell{{0, 0}}, Matrix: [][]float64{{0.04}}},
		{Cells: []Cell{{0, 1}, {0, 0}}, Matrix: [][]float64{{0.09, 0.03}, {0.03, 0.02}}, DF: 12},
	}
	g := newGains(p)
	m, err := newErrorModel(g)
	if err != nil || m.joint != 2 || m.fixed != 0 {
		t.Fatal(m, err)
	}
	random := rand.New(rand.NewPCG(3, 3))
	const draws = 40000
	var a, b []float64
	cell := make([]float64, 2)
	for range draws {
		m.draw(random, g.cell, cell)
		a, b = append(a, cell[0]), append(b, cell[1])
	}
	// Student's t with 12 degrees of freedom has 12/10 of the variance.
	for _, c := range []struct{ got, want float64 }{
		{stat.Mean(a, nil), 0.1}, {stat.Mean(b, nil), 0.2},
		{stat.Variance(a, nil), 0.04 + 1.2*0.02}, {stat.Variance(b, nil), 1.2 * 0.09}, {stat.Covariance(a, b, nil), 1.2 * 0.03},
	} {
		if math.Abs(c.got-c.want) > 0.004 {
			t.Errorf("mean or covariance %v, want %v", c.got, c.want)
		}
	}
	for _, bad := range []Covariance{
		{Cells: []Cell{{1, 0}}, Matrix: [][]float64{{1}}},
		{Cells: []Cell{{0, 0}}, Matrix: [][]float64{{-1}}},
		{Cells: []Cell{{0, 0}, {0, 1}}, Matrix: [][]float64{{1, 2}, {3, 1}}},
		{Cells: []Cell{{0, 0}, {0, 1}}, Matrix: [][]float64{{1, 2}, {2, 1}}}, // not positive semidefinite
		{Cells: []Cell{{0, 0}}, Matrix: [][]float64{{1}}, DF: -1},
	} {
		p.Covariances = []Covariance{bad}
		if _, err := Resample(p, &Grouping{}, 10, 1); err == nil {
			t.Errorf("%+v was taken for a covariance", bad)
		}
	}
}

// TestDrawsFromLimits checks that a gain without covariance errs by the standard
// error that its limits were made from.
func TestDrawsFromLimits(t *testing.T) {
	p := pairProblem(0.1, 0.1, 1) // overwritten
	const se, df = 0.05, 4
	half := se * quantile(0.975, df)
	p.Pools[0].Lo, p.Pools[0].Hi = []float64{0.1 - half, 0.1 - half}, []float64{0.1 + half, 0.1 + half}
	p.Pools[0].DF = []float64{df, df}
	g := newGains(p)
	m, err := newErrorModel(g)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(4, 4))
	cell := make([]float64, 2)
	outside := 0
	const draws = 20000
	var normal []float64
	for range draws {
		m.draw(random, g.cell, cell)
		if cell[0] < p.Pools[0].Lo[0] || cell[0] > p.Pools[0].Hi[0] {
			outside++
		}
		m.normal().draw(random, g.cell, cell)
		normal = append(normal, cell[0])
	}
	if share := float64(outside) / draws; math.Abs(share-0.05) > 0.006 {
		t.Errorf("%.3f of draws lie outside of the 95 %% limits", share)
	}
	if sd := stat.StdDev(normal, nil); math.Abs(sd-se) > 0.002 {
		t.Errorf("standard error %.4f, want %v", sd, se)
	}
}

// TestJointDrawsSayMore checks that where planted clusters are found in most
// studies, the draws say so if gains of a domain are drawn together, and much less
// if they are drawn independently, as widely as limits of few runs.
func TestJointDrawsSayMore(t *testing.T) {
	t.Parallel() // takes seconds
	const studies = 150
	hits, joint, apart := 0.0, 0.0, 0.0
	for study := range studies {
		p, _ := planted(rand.New(rand.NewPCG(7, uint64(study))), 0.2, 0.07, 0)
		best, err := Best(p)
		if err != nil {
			t.Fatal(err)
		}
		if partitionKey(clustersOfThree) == partitionKey(mustSets(t, p, best)) {
			hits += 1.0 / studies
		}
		s, err := Resample(p, best, 60, 1)
		if err != nil {
			t.Fatal(err)
		}
		joint += s.Share / studies
		// The same as limits of Student's t with 4 degrees of freedom, read as if
		// they were the normal distribution's.
		p.Covariances = nil
		half := quantile(0.975, 4) * 0.07 * math.Sqrt2
		for k := range p.Pools {
			q := &p.Pools[k]
			for _, x := range q.Gain {
				q.Lo, q.Hi = append(q.Lo, x-half), append(q.Hi, x+half)
			}
		}
		if s, err = Resample(p, best, 60, 1); err != nil {
			t.Fatal(err)
		}
		apart += s.Share / studies
	}
	t.Logf("the clusters are chosen in %.2f of studies; draws say %.2f together, %.2f independently and too wide", hits, joint, apart)
	if hits < 0.7 || joint < 0.45 || joint < apart+0.1 || joint > hits {
		t.Errorf("chosen in %.2f of studies, draws together say %.2f, apart %.2f", hits, joint, apart)
	}
}

func mustSets(t *testing.T, p *Problem, g *Grouping) []set {
	t.Helper()
	sets, err := newGains(p).setsOf(g.Names())
	if err != nil {
		t.Fatal(err)
	}
	return sets
}

// TestOptimism checks promised less delivered totals against the correction, where
// relations are weak, medium and strong.
func TestOptimism(t *testing.T) {
	t.Parallel() // takes seconds
	const noise, draws = 0.07, 20
	for _, c := range []struct {
		name     string
		strength float64
		df       float64
		studies  int // more where the difference is small beside its spread
	}{{"weak", 0.03, 0, 600}, {"medium", 0.1, 0, 600}, {"medium, estimated covariances", 0.1, 4, 600}, {"strong", 0.18, 0, 3000}} {
		truly, said := 0.0, 0.0
		studies := float64(c.studies)
		for study := range c.studies {
			random := rand.New(rand.NewPCG(31, uint64(study)))
			p, truth := planted(random, c.strength, noise, c.df)
			g := newGains(p)
			errors, err := newErrorModel(g)
			if err != nil {
				t.Fatal(err)
			}
			solve := g.resolver(nil)
			best := solve(g.cell)
			// The errors of a fixed partition are zero in the mean.
			promised := g.total(best, g.cell) - g.total(clustersOfThree, g.cell)
			delivered := g.total(best, truth) - g.total(clustersOfThree, truth)
			truly += (promised - delivered) / studies
			said += g.rawOptimism(errors, solve, best, draws, random) / studies
		}
		t.Logf("%s: promised less delivered %.3f, corrected by %.3f (%.2f)", c.name, truly, said, said/truly)
		if math.Abs(said-truly) > 0.3*truly {
			t.Errorf("%s: promised less delivered is %.3f, and it is corrected by %.3f", c.name, truly, said)
		}
	}
}

// TestSettledIsRight checks over planted truths how often a grouping that is
// called settled, or indifferent, is worse than the best by more than the tolerance:
// in at most 5 % of the studies that say so. Something must be settled where noise
// is small, and little where nothing can be told.
func TestSettledIsRight(t *testing.T) {
	const studies = 60
	said, wrong, kinds := 0, 0, map[Kind]int{}
	for _, c := range []struct {
		strength, noise, df float64
	}{{0, 0.01, 4}, {0, 0.03, 4}, {0.03, 0.01, 4}, {0.03, 0.03, 4}, {0.1, 0.03, 4}, {0.1, 0.07, 4}, {0.2, 0.07, 0}, {0, 0.07, 0}} {
		settled := 0
		for study := range studies {
			p, truth := planted(rand.New(rand.NewPCG(13, uint64(study))), c.strength, c.noise, c.df)
			best, err := Best(p)
			if err != nil {
				t.Fatal(err)
			}
			s, err := Resample(p, best, 200, 1)
			if err != nil {
				t.Fatal(err)
			}
			kinds[s.Decision.Kind]++
			if s.Decision.Kind == Unsettled {
				continue
			}
			settled++
			chosen := best.Names()
			if s.Decision.Kind == Indifferent {
				chosen = s.Decision.Cheapest
			}
			g := newGains(p)
			sets, err := g.setsOf(chosen)
			if err != nil {
				t.Fatal(err)
			}
			top := g.total(solveExactly(newScorer(g, truth)), truth)
			if (top-g.total(sets, truth))/6 > DefaultTolerance {
				wrong++
			}
		}
		said += settled
		t.Logf("strength %v, noise %v, %v degrees of freedom: settled in %d of %d", c.strength, c.noise, c.df, settled, studies)
		if c.noise == 0.01 && settled < studies/2 || c.noise == 0.07 && c.strength < 0.2 && settled > studies/2 {
			t.Errorf("strength %v, noise %v: settled in %d of %d studies", c.strength, c.noise, settled, studies)
		}
	}
	t.Logf("settled or indifferent in %d studies, wrong in %d; kinds %v", said, wrong, kinds)
	if float64(wrong) > 0.05*float64(said) {
		t.Errorf("wrong in %d of %d studies that are called settled", wrong, said)
	}
}
