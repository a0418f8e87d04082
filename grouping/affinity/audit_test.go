package affinity

import (
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/grouping"
)

// planted draws pairs of n domains in clusters of three: members of one cluster
// gain from each other, others lose. Every domain gains a little more or less from
// anybody, and gains are measured with noise.
func planted(random *rand.Rand, n int, noise float64) (pools []grouping.Pool, truth [][]float64) {
	own := make([]float64, n)
	for j := range own {
		own[j] = 0.05 * random.NormFloat64()
	}
	truth = square(n, 0)
	for i := range n {
		for j := range n {
			truth[i][j] = own[j] - 0.1
			if i/3 == j/3 {
				truth[i][j] = own[j] + 0.2
			}
		}
	}
	for i := range n {
		for j := i + 1; j < n; j++ {
			pools = append(pools, grouping.Pool{Members: []int{i, j}, Gain: []float64{truth[j][i] + noise*random.NormFloat64(), truth[i][j] + noise*random.NormFloat64()}})
		}
	}
	return pools, truth
}

// scored is an estimator with scores of pairs.
func scored(from [][]float64) Estimator {
	return &pairwise{method: Method{Name: "test"}, from: from}
}

// TestAuditPasses audits the truth with noise, which must pass mostly, and what it
// reports must be near what follows from how it was drawn.
func TestAuditPasses(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	passed := 0
	const times = 20
	for range times {
		pools, truth := planted(random, 9, 0.05)
		for i := range truth {
			for j := range truth {
				truth[i][j] = 3*truth[i][j] - 7 + 0.2*random.NormFloat64()
			}
		}
		r, err := Audit(scored(truth), 9, pools, AuditOptions{Draws: 300})
		if err != nil {
			t.Fatal(err)
		}
		if r.Passed {
			passed++
		}
		if r.Cells != 72 || r.Held != 36 || !(r.Spearman.Lo < r.Spearman.Value && r.Spearman.Value < r.Spearman.Hi) {
			t.Fatalf("report %+v", r)
		}
		if !(r.Error < 0.8*r.ErrorOfMean) || !(r.Signs > r.UsualSign) || !(r.Within > 0.25) {
			t.Errorf("error %g of %g, signs %g, within %g", r.Error, r.ErrorOfMean, r.Signs, r.Within)
		}
	}
	if passed < times-1 {
		t.Errorf("%d of %d estimators near the truth passed", passed, times)
	}
}

// TestAuditOfNothing audits scores that know nothing, while gains and scores both
// have what all cells of a source or target share: at most one in twenty may pass.
func TestAuditOfNothing(t *testing.T) {
	times := 50
	if os.Getenv("SHAREWISE_TESTS") == "exhaustive" {
		times = 150
	}
	random := rand.New(rand.NewPCG(2, 1))
	const n = 8
	passed, above := 0, 0
	for range times {
		pools, _ := planted(random, n, 0.05)
		scores := square(n, 0)
		source, target := make([]float64, n), make([]float64, n)
		for i := range n {
			source[i], target[i] = random.NormFloat64(), random.NormFloat64()
		}
		for i := range n {
			for j := range n {
				scores[i][j] = source[i] + target[j] + 0.3*random.NormFloat64()
			}
		}
		r, err := Audit(scored(scores), n, pools, AuditOptions{Draws: 200, Seed: random.Uint64()})
		if err != nil {
			t.Fatal(err)
		}
		if r.Passed {
			passed++
		}
		if r.Spearman.Lo > 0 {
			above++
		}
	}
	t.Logf("of %d estimators that know nothing %d passed; the lower limit is above zero for %d", times, passed, above)
	// The 99.9 % point of a binomial of 1/20.
	if most := int(0.05*float64(times) + 3.1*math.Sqrt(0.05*0.95*float64(times)) + 1); passed > most {
		t.Errorf("%d of %d passed, at most %d may", passed, times, most)
	}
}

// TestAuditFewPools has too little for limits: nothing passes.
func TestAuditFewPools(t *testing.T) {
	pools, truth := planted(rand.New(rand.NewPCG(3, 1)), 3, 0)
	r, err := Audit(scored(truth), 3, pools, AuditOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Passed || !math.IsNaN(r.Spearman.Lo) || len(r.Why) == 0 || r.Orders != 6 {
		t.Errorf("report %+v", r)
	}
}

// TestAuditOfNoScores has no score for any pool.
func TestAuditOfNoScores(t *testing.T) {
	pools, _ := planted(rand.New(rand.NewPCG(4, 1)), 4, 0)
	_, err := Audit(scored(square(4, math.NaN())), 4, pools, AuditOptions{})
	if !errors.Is(err, ErrNothingToAudit) || !strings.Contains(err.Error(), "audit of test") {
		t.Errorf("error %v", err)
	}
}

// TestRegret chooses by scores that prefer the wrong one of two partners.
func TestRegret(t *testing.T) {
	pools := []grouping.Pool{
		{Members: []int{0, 1}, Gain: []float64{0.3, 0.1}},
		{Members: []int{0, 2}, Gain: []float64{0.1, 0.1}},
		{Members: []int{1, 2}, Gain: []float64{-0.2, -0.2}},
	}
	all := cells(scored(square(3, 1)), pools, []int{0, 1, 2})
	for name, c := range map[string]struct {
		predicted []float64
		chosen    float64
	}{
		"right":       {[]float64{0.3, 0.1, 0.1, 0.1, -0.2, -0.2}, 0.4},
		"second best": {[]float64{0.1, 0.1, 0.3, 0.1, -0.2, -0.2}, 0.2},
		"worst":       {[]float64{-1, -1, -1, -1, 0.1, 0.1}, -0.4},
		"none":        {[]float64{-1, -1, -1, -1, -1, -1}, 0},
		"all three":   {[]float64{1, 1, 1, 1, 1, 1}, (0.4 + 0.2 - 0.4) / 2},
	} {
		r, err := regret(3, pools, all, c.predicted)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(float64(r.Best)-0.4) > 1e-12 || math.Abs(float64(r.Chosen)-c.chosen) > 1e-12 || math.Abs(float64(r.Share)-(0.4-c.chosen)/0.4) > 1e-12 {
			t.Errorf("%s: %+v, want %g chosen", name, r, c.chosen)
		}
	}
}
