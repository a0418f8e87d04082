package affinity

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat"

	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/grouping"
)

// Calibration turns scores into gains, Base + Slope·score with a slope not below
// zero. It says where scores have their zero, so that pools can grow while they are
// expected to gain.
type Calibration struct{ Base, Slope float64 }

// Calibrate fits a calibration by least squares to measured pools. It is not known
// (NaN) where an estimator scores fewer than three members of them.
func Calibrate(e Estimator, pools []grouping.Pool) Calibration {
	var names []int
	for _, p := range pools {
		for _, m := range p.Members {
			for len(names) <= m {
				names = append(names, len(names))
			}
		}
	}
	x, y := columns(cells(e, pools, names))
	if len(x) < 3 {
		return Calibration{math.NaN(), math.NaN()}
	}
	return line(x, y)
}

// line is the least-squares line through points, or the mean where it would fall.
func line(x, y []float64) Calibration {
	if stat.Variance(x, nil) > 0 {
		if a, b := stat.LinearRegression(x, y, nil, false); b > 0 {
			return Calibration{a, b}
		}
	}
	return Calibration{stat.Mean(y, nil), 0}
}

// LargerOptions say which pools of three and more are proposed.
type LargerOptions struct {
	// Pools is their number, Random how many of them are drawn by chance, so that
	// there are larger pools to audit by.
	Pools, Random int
	// Members is the largest number of members; 0 stands for 5.
	Members int
	// Trained are pools that are not proposed again, Forbidden those that a policy
	// forbids; nil: none.
	Trained   [][]int
	Forbidden *policy.Checker
	Seed      uint64
}

// Grown is a pool of three domains or more with the sum of the gains that are
// expected of its members.
type Grown struct {
	Pool  []int
	Total float64
}

// Larger proposes pools of three and more of n domains. From every domain a pool
// grows by the domain that adds most to the sum of expected gains, for as long as
// something does. First come the pools at which growth ended, those that are
// expected to gain most before others, then those on the way. random are drawn from
// all, before anything was looked at.
func Larger(e Estimator, c Calibration, n int, o LargerOptions) (random [][]int, grown []Grown) {
	if o.Members == 0 {
		o.Members = 5
	}
	taken := map[string]bool{}
	for _, p := range o.Trained {
		taken[fmt.Sprint(p)] = true
	}
	g := &growth{e: &remembered{e, map[string][]Estimate{}}, Calibration: c, LargerOptions: o, n: n}
	random = g.draw(taken)
	var ends, ways []Grown
	for d := range n {
		path := g.from(d)
		for k, p := range path {
			if k == len(path)-1 {
				ends = append(ends, p)
			} else {
				ways = append(ways, p)
			}
		}
	}
	for _, list := range [][]Grown{ends, ways} {
		slices.SortStableFunc(list, func(a, b Grown) int { return cmp.Compare(b.Total, a.Total) })
		for _, p := range list {
			if key := fmt.Sprint(p.Pool); len(random)+len(grown) < o.Pools && !taken[key] {
				taken[key] = true
				grown = append(grown, p)
			}
		}
	}
	return random, grown
}

// growth grows pools.
type growth struct {
	e Estimator
	Calibration
	LargerOptions
	n int
}

// from lists the pools of three and more on the way from one domain, in which every
// domain adds to the total.
func (g *growth) from(domain int) []Grown {
	var path []Grown
	pool, total := []int{domain}, 0.0
	for len(pool) < g.Members {
		var best []int
		most := total
		for k := range g.n {
			if slices.Contains(pool, k) {
				continue
			}
			larger := append(slices.Clone(pool), k)
			slices.Sort(larger)
			if t := g.total(larger); t > most && g.allows(larger) {
				best, most = larger, t
			}
		}
		if best == nil {
			break
		}
		pool, total = best, most
		if len(pool) > 2 {
			path = append(path, Grown{pool, total})
		}
	}
	return path
}

// total is the sum of the gains expected of a pool's members, NaN where a member
// has no score.
func (g *growth) total(pool []int) float64 {
	sum := 0.0
	for _, s := range g.e.Score(pool) {
		sum += g.Base + g.Slope*s.Value
	}
	return sum
}

// draw takes random pools of three members and more, of all sizes alike.
func (g *growth) draw(taken map[string]bool) [][]int {
	var out [][]int
	random := rand.New(rand.NewPCG(g.Seed, 6))
	for range 20 * g.Random {
		if len(out) == min(g.Random, g.Pools) || g.n < 4 {
			break
		}
		size := 3 + random.IntN(min(g.Members, g.n-1)-2)
		pool := random.Perm(g.n)[:size]
		slices.Sort(pool)
		if key := fmt.Sprint(pool); !taken[key] && g.allows(pool) {
			taken[key] = true
			out = append(out, pool)
		}
	}
	slices.SortFunc(out, slices.Compare)
	return out
}

func (g *growth) allows(pool []int) bool { return g.Forbidden == nil || g.Forbidden.Allows(pool) }
