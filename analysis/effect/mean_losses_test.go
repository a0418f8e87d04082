package effect

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// byDefinition is the jackknife of mean losses, sample by sample with every run left
// out in turn.
func byDefinition(c *Comparison) *jackknife {
	list, strata, fixed := c.arrangement.deletions(2)
	j := newJackknife(2, strata)
	j.fixed = fixed
	j.watch(combDelta)
	deletions := deletionsOf(c.arrangement, list)
	a, b := c.arranged()
	c.a.stream(j, func(i int, full []float64, deleted [][]float64) {
		sa, sb := sumAt(a, i), sumAt(b, i)
		full[0] += sa / float64(len(a))
		full[1] += sb / float64(len(b))
		for k, d := range deletions {
			deleted[k][0] += leaveOut(sa, a, d.a, i)
			deleted[k][1] += leaveOut(sb, b, d.b, i)
		}
	})
	return j
}

func TestMeanLossJackknife(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 5))
	for _, c := range []struct {
		n, ka, kb, shared int
		groups            int
	}{
		{100, 1, 1, 0, 0}, {300, 2, 2, 0, 0}, {partRows + 700, 4, 3, 0, 0}, {500, 5, 5, 5, 0}, {500, 6, 4, 3, 0},
		{500, 3, 6, 3, 0}, {900, 4, 3, 0, 60}, {900, 5, 5, 5, 700}, {900, 6, 4, 2, 13},
	} {
		runs := func(k, first int) *Runs {
			x := &Runs{Domain: "d", Samples: c.n}
			for i := range k {
				x.Seeds = append(x.Seeds, int64(first+i))
				loss := make([]float32, c.n)
				for i := range loss {
					loss[i] = float32(r.ExpFloat64())
				}
				x.Loss = append(x.Loss, loss)
			}
			if c.groups > 0 {
				g := rand.New(rand.NewPCG(1, 1))
				for range c.n {
					x.Group = append(x.Group, int32(g.IntN(c.groups)))
				}
			}
			return x
		}
		comparison, err := Compare(runs(c.ka, 1), runs(c.kb, 1+c.ka-c.shared), Options{SharedSeeds: true})
		if err != nil {
			t.Fatal(err)
		}
		if len(comparison.shared) != c.shared {
			t.Fatalf("%+v: shared %v", c, comparison.shared)
		}
		want, got := byDefinition(comparison), comparison.meanLossJackknife()
		if want.clusters != got.clusters || want.samples != got.samples || want.square != got.square {
			t.Errorf("%+v: %v clusters, %v samples, %v; want %v, %v, %v", c, got.clusters, got.samples, got.square, want.clusters, want.samples, want.square)
		}
		same := func(name string, want, got []float64) {
			for x := range want {
				if !agree(want[x], got[x], 1e-3) {
					t.Errorf("%+v: %s[%d] is %v, want %v", c, name, x, got[x], want[x])
				}
			}
		}
		same("sum", want.sum, got.sum)
		same("sized", want.sized, got.sized)
		for x := range 2 {
			same("cross", want.cross[x], got.cross[x])
			for g := range want.own {
				same(fmt.Sprint("own ", g), want.own[g][x], got.own[g][x])
			}
		}
		for k := range want.deleted {
			same(fmt.Sprint("deleted ", k), want.deleted[k], got.deleted[k])
		}
		x, y := want.watched[0], got.watched[0]
		same("watched", []float64{x.up, x.down, x.squareUp, x.squareDown, x.count}, []float64{y.up, y.down, y.squareUp, y.squareDown, y.count})
	}
}
