package affinity

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/grouping"
)

// permute counts the orders of the domains' names under which an estimator
// correlates at least as well with the gains, the right order among them. All
// orders are tried where there are no more than draws, else as many at random.
func permute(e Estimator, domains int, held []grouping.Pool, found float64, o AuditOptions) (p effect.Number, orders int) {
	if math.IsNaN(found) {
		return effect.NaN, 0
	}
	e = &remembered{e, map[string][]Estimate{}}
	asGood := 0
	try := func(names []int) {
		orders++
		if v := spearman(columns(cells(e, held, names))); v >= found-1e-12 {
			asGood++
		}
	}
	names := make([]int, domains)
	for i := range names {
		names[i] = i
	}
	if factorial(domains) <= o.Draws {
		eachOrder(names, 0, try)
		return effect.Number(asGood) / effect.Number(orders), orders
	}
	try(names)
	random := rand.New(rand.NewPCG(o.Seed, 2))
	for range o.Draws - 1 {
		random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		try(names)
	}
	return effect.Number(asGood) / effect.Number(orders), orders
}

// remembered keeps the scores of pools: orders meet the same pools again.
type remembered struct {
	Estimator
	known map[string][]Estimate
}

func (r *remembered) Score(pool []int) []Estimate {
	key := fmt.Sprint(pool)
	s, ok := r.known[key]
	if !ok {
		s = r.Estimator.Score(pool)
		r.known[key] = s
	}
	return s
}

// factorial is that of n, cut off where it is large.
func factorial(n int) int {
	out := 1
	for i := 2; i <= n && out < 1<<20; i++ {
		out *= i
	}
	return out
}

// eachOrder calls f with every order of names from a position on.
func eachOrder(names []int, from int, f func([]int)) {
	if from >= len(names)-1 {
		f(names)
		return
	}
	for i := from; i < len(names); i++ {
		names[from], names[i] = names[i], names[from]
		eachOrder(names, from+1, f)
		names[from], names[i] = names[i], names[from]
	}
}
