package affinity

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/grouping"
)

// Screened is what is lost by training only the better half of the held-out pools
// by score, and choosing among these by measured gains.
type Screened struct {
	Regret
	// AtRandom is the mean Share of halves drawn at random.
	AtRandom effect.Number `json:"at_random"`
}

// screened takes the half of the pools that are worth most by what was predicted
// for their cells, and halves at random, and values the best groupings that these
// leave by measured gains.
func screened(domains int, pools []grouping.Pool, cells []cell, predicted []float64, o AuditOptions) (Screened, error) {
	type scored struct {
		pool  grouping.Pool
		score float64
	}
	var list []scored
	for k, c := range cells {
		if k == 0 || cells[k-1].pool != c.pool {
			list = append(list, scored{pool: pools[c.pool]})
		}
		list[len(list)-1].score += predicted[k]
	}
	slices.SortStableFunc(list, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	total := func(order []int) (float64, error) {
		p := newProblem(domains)
		for _, k := range order {
			p.Pools = append(p.Pools, grouping.Pool{Members: list[k].pool.Members, Gain: list[k].pool.Gain})
		}
		g, err := grouping.Best(p)
		if err != nil {
			return 0, fmt.Errorf("affinity: regret of screening: %w", err)
		}
		return g.Total, nil
	}
	all := make([]int, len(list))
	for k := range all {
		all[k] = k
	}
	half := (len(all) + 1) / 2
	best, err := total(all)
	if err != nil {
		return Screened{}, err
	}
	chosen, err := total(all[:half])
	if err != nil {
		return Screened{}, err
	}
	out := Screened{Regret: newRegret(best, chosen)}
	random := rand.New(rand.NewPCG(o.Seed, 5))
	var shares mean
	for range halves {
		random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		t, err := total(all[:half])
		if err != nil {
			return Screened{}, err
		}
		shares.add(float64(newRegret(best, t).Share))
	}
	out.AtRandom = effect.Number(shares.value())
	return out, nil
}

// halves is the number of random halves that screening is compared with.
const halves = 100
