package nextruns

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/sharewise/sharewise/grouping"
)

// planted is how a simulated study ended.
type planted struct {
	settled, wrong bool
	runs           int
	regret         float64 // the true one
}

// course trains a world step by step until it is settled, or nothing helps.
func (w *world) course(t *testing.T, rule Rule, limits Limits, pilot int) planted {
	t.Helper()
	runs := Runs{Alone: make([]int, len(w.domains)), Pools: make([]int, len(w.pools))}
	for j := range runs.Alone {
		runs.Alone[j] = pilot
	}
	for s := range runs.Pools {
		runs.Pools[s] = pilot
	}
	for {
		b := w.belief(runs)
		o, err := NewOutlook(b, runs, rule)
		if err != nil {
			t.Error(err)
			return planted{}
		}
		end := planted{runs: runs.Total()}
		if o.Standing(runs).Regret <= rule.Tolerance {
			end.settled = true
			end.regret = w.regret(o.Contenders[best(o.mean)])
			end.wrong = end.regret > rule.Tolerance
			return end
		}
		if o.CouldSettle(runs, limits.Full(runs)) == 0 {
			return end
		}
		then, _ := o.Choose(runs, limits, max(2, (runs.Total()+9)/10), math.MaxInt)
		if then.Total() == runs.Total() {
			return end
		}
		runs = then
	}
}

// fixed trains every arm with two, three, ... seeds until it is settled, and
// returns the number of runs, 0 if twelve seeds do not settle it.
func (w *world) fixed(t *testing.T, rule Rule) int {
	t.Helper()
	for k := 2; k <= 12; k++ {
		runs := Runs{Alone: make([]int, len(w.domains)), Pools: make([]int, len(w.pools))}
		for j := range runs.Alone {
			runs.Alone[j] = k
		}
		for s := range runs.Pools {
			runs.Pools[s] = k
		}
		o, err := NewOutlook(w.belief(runs), runs, rule)
		if err != nil {
			t.Error(err)
			return 0
		}
		if o.Standing(runs).Regret <= rule.Tolerance {
			return runs.Total()
		}
	}
	return 0
}

// regret is by how much the truly best partition is better than this one.
func (w *world) regret(c grouping.Contender) float64 {
	p := &grouping.Problem{Domains: w.domains}
	var gains []float64
	for s, pool := range w.pools {
		p.Pools = append(p.Pools, grouping.Pool{Members: pool, Gain: w.truth[s]})
		gains = append(gains, w.truth[s]...)
	}
	best, err := grouping.Best(p)
	if err != nil {
		panic(err)
	}
	return best.Total - dot(c.Weight, gains)
}

// affinities are planted: clusters of two domains that help each other by some
// amount, and hurt or do nothing to others.
func affinities(random *rand.Rand, n int, within, across, other float64) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		out[i] = make([]float64, n)
		for j := range out[i] {
			switch {
			case i == j:
			case i/2 == j/2:
				out[i][j] = within
			default:
				out[i][j] = across
			}
			out[i][j] += other * random.NormFloat64()
		}
	}
	return out
}

// TestCalibration follows planted studies to their end: at most one in twenty of
// those called settled may be wrong, and in the median they take fewer runs than
// the same number of seeds of everything, as many as settle it.
func TestCalibration(t *testing.T) {
	studies := 24
	if exhaustive() {
		studies = 60
	}
	t.Run("nothing in common", func(t *testing.T) { calibrate(t, studies, 0) })
	t.Run("paired", func(t *testing.T) { calibrate(t, studies/2, 0.8) })
}

// calibrate plants studies whose runs of equal number correlate.
func calibrate(t *testing.T, studies int, correlation float64) {
	kinds := []struct{ within, across, other float64 }{{0.25, -0.15, 0.03}, {0.1, -0.05, 0.03}, {0, 0, 0.03}, {0, -0.2, 0.03}, {0.15, 0.15, 0.03}, {0, 0, 0.12}}
	ends, fixed := make([]planted, studies), make([]int, studies)
	var group sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for k := range next {
				random := rand.New(rand.NewPCG(uint64(k), 5))
				kind := kinds[k%len(kinds)]
				n := 2 + k/len(kinds)%3
				w := newWorld(random, affinities(random, n, kind.within, kind.across, kind.other), 400<<(2*(k%2)))
				w.paired = correlation
				rule := Rule{Tolerance: 0.02 * float64(n), Seed: uint64(k)}
				ends[k] = w.course(t, rule, Limits{Most: 12, Costs: Costs{ones(n), ones(len(w.pools))}}, 2)
				fixed[k] = w.fixed(t, rule)
			}
		})
	}
	for k := range studies {
		next <- k
	}
	close(next)
	group.Wait()
	settled, wrong, byFixed, runs := 0, 0, 0, 0
	var ratio, five []float64
	for k, end := range ends {
		runs += end.runs
		if fixed[k] > 0 {
			byFixed++
		}
		if !end.settled {
			continue
		}
		settled++
		n := 2 + k/len(kinds)%3
		five = append(five, float64(end.runs)/float64(5*(n+n*(n-1)/2+min(1, n-2))))
		if end.wrong {
			wrong++
			t.Logf("study %d: the regret is %.3f", k, end.regret)
		}
		if fixed[k] > 0 {
			ratio = append(ratio, float64(end.runs)/float64(fixed[k]))
		}
	}
	slices.Sort(ratio)
	slices.Sort(five)
	t.Logf("%d studies: %d settled, %d of these wrong, after %.1f runs on average; %d settled by up to twelve seeds of everything; where both are, it takes %.2f of these runs (median), %.2f in the first and %.2f in the ninth decile; of five seeds of everything, %.2f",
		studies, settled, wrong, float64(runs)/float64(studies), byFixed, ratio[len(ratio)/2], ratio[len(ratio)/10], ratio[len(ratio)*9/10], five[len(five)/2])
	if limit := 0.05*float64(settled) + 1.64*math.Sqrt(0.05*0.95*float64(settled)); float64(wrong) > limit {
		t.Errorf("%d of %d settled studies are wrong", wrong, settled)
	}
	if settled < studies/3 {
		t.Errorf("%d of %d studies are settled", settled, studies)
	}
	if ratio[len(ratio)/2] > 1 {
		t.Errorf("it takes %.2f of the runs of seeds of everything", ratio[len(ratio)/2])
	}
}

func ones(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = 1
	}
	return out
}
