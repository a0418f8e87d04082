package affinity

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestRankCorrelations compares with values worked out by hand and by definition.
func TestRankCorrelations(t *testing.T) {
	for _, c := range []struct {
		x, y          []float64
		spearman, tau float64
	}{
		{[]float64{1, 2, 3, 4}, []float64{10, 20, 30, 40}, 1, 1},
		{[]float64{1, 2, 3, 4}, []float64{4, 3, 2, 1}, -1, -1},
		// One exchange of neighbours: 1 − 6·2/(4·15) and (5−1)/6.
		{[]float64{1, 2, 3, 4}, []float64{1, 3, 2, 4}, 0.8, 4. / 6},
		// A tie in x: ranks 0, 1.5, 1.5, 3; five pairs are not tied in x.
		{[]float64{1, 2, 2, 3}, []float64{1, 2, 3, 4}, 4.5 / math.Sqrt(4.5*5), 5 / math.Sqrt(5*6)},
		{[]float64{1, 1, 1}, []float64{1, 2, 3}, math.NaN(), math.NaN()},
	} {
		if v := spearman(c.x, c.y); !near(v, c.spearman) {
			t.Errorf("Spearman of %v and %v is %g, want %g", c.x, c.y, v, c.spearman)
		}
		if v := kendall(c.x, c.y); !near(v, c.tau) {
			t.Errorf("Kendall of %v and %v is %g, want %g", c.x, c.y, v, c.tau)
		}
	}
}

func near(a, b float64) bool {
	return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) < 1e-9
}

// TestEachOrder counts orders and returns names as they were.
func TestEachOrder(t *testing.T) {
	seen := map[[4]int]bool{}
	names := []int{0, 1, 2, 3}
	eachOrder(names, 0, func(p []int) { seen[[4]int(p)] = true })
	if len(seen) != 24 || [4]int(names) != [4]int{0, 1, 2, 3} || factorial(4) != 24 {
		t.Errorf("%d orders, names %v", len(seen), names)
	}
}

// TestPermutedScores moves names without moving scores: a pool scored under other
// names has the scores that those names have.
func TestPermutedScores(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	from := square(4, 0)
	for i := range from {
		for j := range from {
			from[i][j] = random.Float64()
		}
	}
	names := []int{2, 0, 3, 1}
	got := scores(scored(from), []int{0, 1}, names)
	// Domain 0 goes by 2 and domain 1 by 0.
	if got[0].Value != from[0][2] || got[1].Value != from[2][0] {
		t.Errorf("scores %v, want %g and %g", got, from[0][2], from[2][0])
	}
}

// TestCalibrate predicts every pool from the others.
func TestCalibrate(t *testing.T) {
	line := []cell{{0, 0, 1, 10}, {0, 1, 2, 20}, {1, 0, 3, 30}, {1, 2, 4, 40}, {2, 1, 5, 50}, {2, 2, 6, 60}}
	predicted, without := calibrate(line)
	for k, c := range line {
		if !near(predicted[k], c.gain) {
			t.Errorf("cell %d: %g, want %g", k, predicted[k], c.gain)
		}
	}
	if !near(without[0], 4.5) || !near(without[2], 3.5) {
		t.Errorf("means of the others %v", without)
	}
	for k := range line {
		line[k].score = -line[k].score
	}
	predicted, without = calibrate(line)
	if !near(predicted[0], without[0]) {
		t.Errorf("a score that orders backwards predicts %g and not the mean %g", predicted[0], without[0])
	}
}
