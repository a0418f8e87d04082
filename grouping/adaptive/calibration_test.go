package adaptive

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/decisions"
)

// calibration counts how adaptive runs of planted worlds end.
type calibration struct {
	worlds, settled, wrong int
	runs, planned          int       // of all, and of five seeds of every arm
	shares                 []float64 // of these, where it was settled
	reasons                map[decisions.Reason]int
}

func (c *calibration) add(t testing.TB, w *world) {
	t.Helper()
	r := w.course(t, Options{Step: 4})
	if c.reasons == nil {
		c.reasons = map[decisions.Reason]int{}
	}
	c.worlds, c.runs, c.planned = c.worlds+1, c.runs+r.Trained(), c.planned+5*len(w.arms())
	c.reasons[r.End.Reason]++
	if r.End.Reason != decisions.Settled {
		return
	}
	c.settled++
	c.shares = append(c.shares, float64(r.Trained())/float64(5*len(w.arms())))
	if regret := w.regret(r.End.Saw.Groups); regret > grouping.DefaultTolerance {
		c.wrong++
		t.Logf("%v of %d domains, seed %d: settled on %v with a regret of %.3f after %d runs", w.correlation, len(w.names), w.seed, r.End.Saw.Groups, regret, r.Trained())
	}
}

// share is the median of runs over those of five seeds of every arm.
func (c *calibration) share() float64 {
	slices.Sort(c.shares)
	return c.shares[len(c.shares)/2]
}

// check fails where more of what was called settled is wrong than one in twenty,
// chance aside.
func (c *calibration) check(t testing.TB) {
	t.Helper()
	n := float64(c.settled)
	if limit := 0.05*n + 1.64*math.Sqrt(0.05*0.95*n); float64(c.wrong) > limit {
		t.Errorf("%d of %d settled groupings are wrong", c.wrong, c.settled)
	}
}

// TestSettled follows planted worlds to their end: groupings called settled are
// right, most are settled, and with fewer runs than five seeds of every arm.
func TestSettled(t *testing.T) {
	var all calibration
	for seed := range uint64(3) {
		for _, k := range []kind{strong, weak, harmful, mixed} {
			all.add(t, newWorld(1000+seed, k, 3, pairedBy))
		}
		all.add(t, newWorld(1000+seed, strong, 3, 0))
	}
	t.Logf("%+v", all)
	all.check(t)
	if all.settled < all.worlds/2 || all.share() > 0.7 {
		t.Errorf("%d of %d are settled, with %.2f of the runs of five seeds in the median", all.settled, all.worlds, all.share())
	}
}

// BenchmarkSettled prints the rows on calibration of testdata/trainings.md:
// go test ./grouping/adaptive -run=^$ -bench=Settled/3 -benchtime=1x.
func BenchmarkSettled(b *testing.B) {
	for _, n := range []int{2, 3, 4, 6} {
		for _, correlation := range []float64{0, pairedBy} {
			b.Run(fmt.Sprintf("%d/%.1f", n, correlation), func(b *testing.B) {
				for range b.N {
					var c calibration
					for seed := range uint64(map[int]int{2: 30, 3: 20, 4: 10, 6: 4}[n]) {
						c.add(b, newWorld(5000+seed, mixed, n, correlation))
					}
					fmt.Printf("| %d | %.1f | %d | %d | %d | %.2f | %.2f |\n", n, correlation, c.worlds, c.settled, c.wrong, c.share(), float64(c.runs)/float64(c.planned))
				}
			})
		}
	}
}
