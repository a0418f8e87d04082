package affinity

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/grouping"
)

// Regret is what a grouping loses that was chosen by scores instead of gains.
type Regret struct {
	// Best is the total of measured gains of the best grouping into the held-out
	// pools, all others alone; Chosen is the total of measured gains of the
	// grouping that is best by the calibrated scores.
	Best   effect.Number `json:"best"`
	Chosen effect.Number `json:"chosen"`
	// Share is (Best − Chosen)/Best: 0 where nothing is lost, 1 where the choice
	// is worth as much as pooling none, above 1 where it is worse than that. NaN
	// where the best is to pool none.
	Share effect.Number `json:"share"`
}

// regret chooses groupings among the pools, by their measured gains and by what
// was predicted for their cells. A pool of which a member has no prediction is
// not chosen by prediction.
func regret(domains int, pools []grouping.Pool, cells []cell, predicted []float64) (Regret, error) {
	measured := newProblem(domains)
	byScore := newProblem(domains)
	values := make([]map[int]float64, len(pools))
	for k, c := range cells {
		if values[c.pool] == nil {
			values[c.pool] = map[int]float64{}
		}
		if finite(predicted[k]) {
			values[c.pool][c.target] = predicted[k]
		}
	}
	known := newValuation(domains)
	for k, p := range pools {
		if len(p.Members) < 2 {
			continue
		}
		known.add(p)
		measured.Pools = append(measured.Pools, grouping.Pool{Members: p.Members, Gain: p.Gain})
		if len(values[k]) < len(p.Members) {
			continue
		}
		chosen := grouping.Pool{Members: p.Members}
		for _, j := range p.Members {
			chosen.Gain = append(chosen.Gain, values[k][j])
		}
		byScore.Pools = append(byScore.Pools, chosen)
	}
	best, err := grouping.Best(measured)
	if err != nil {
		return Regret{}, fmt.Errorf("affinity: regret: %w", err)
	}
	choice, err := grouping.Best(byScore)
	if err != nil {
		return Regret{}, fmt.Errorf("affinity: regret: %w", err)
	}
	chosen := 0.0
	for _, g := range choice.Groups {
		members, err := byScore.Indices(g.Names())
		if err != nil {
			return Regret{}, fmt.Errorf("affinity: regret: %w", err)
		}
		chosen += known.value(members)
	}
	return newRegret(best.Total, chosen), nil
}

func newRegret(best, chosen float64) Regret {
	r := Regret{effect.Number(best), effect.Number(chosen), effect.NaN}
	if best > 0 {
		r.Share = effect.Number((best - chosen) / best)
	}
	return r
}

func newProblem(domains int) *grouping.Problem {
	p := &grouping.Problem{Domains: make([]string, domains)}
	for i := range p.Domains {
		p.Domains[i] = fmt.Sprint(i)
	}
	return p
}
