package grouping

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/measures"
)

// Errors are coarse: a model's loss on a sample varies less between runs than
// whether it is right. Where errors leave a decision open, losses may settle it; but
// losses can fall while errors rise, as where sharing makes models less sure of
// themselves. The decision rests on losses only where
//
//  1. by losses the recommended partition, which errors chose, is Settled, all of its
//     pools were trained, and no few samples decide the gains of their members;
//  2. gains of every member of its pools have one sign by both;
//  3. no gain is above zero with all of its limits by one and below by the other;
//  4. over all gains, at least four, errors and losses correlate by agreeing or more;
//  5. by errors alone, every domain alone, all domains together and the partition
//     that comes second by losses is better by more than the tolerance in at most
//     doubted of the draws. Losses choose what errors are asked, so that no
//     noise of errors did.
//
// Errors so have to say the same, only not as firmly. Recommendation.Second says
// which of this failed.
const (
	agreeing = 0.5
	doubted  = 0.1
	fewCells = 4
)

// Second is what losses say about a decision that errors leave open.
type Second struct {
	Measure string `json:"measure"` // measures.Loss
	// Kind, Regret and Within are those of the decision by that measure about the
	// recommended partition.
	Kind   Kind    `json:"kind"`
	Regret float64 `json:"regret"`
	Within float64 `json:"within"`
	// Correlation is that of gains by both measures; null below two gains.
	Correlation effect.Number `json:"correlation"`
	// Rests says that the decision rests on this measure, since both agree.
	Rests bool `json:"rests"`
	// Why says why it does, or not.
	Why string `json:"why"`
}

// second asks losses where errors leave the decision open.
func (r *Recommendation) second(results *analysis.Results, p *Problem, o Options) error {
	r.RestsOn = measureOf(results)
	losses := results.InLosses()
	if losses == nil || r.Stability == nil || r.Stability.Decision == nil || r.Stability.Decision.Kind != Unsettled {
		return nil
	}
	q, _, _, err := FromResults(losses, Selection{r.Rung, r.Weighting})
	if err != nil {
		return nil // losses tell nothing
	}
	if err := o.apply(q, Selection{r.Rung, r.Weighting}); err != nil {
		return err
	}
	q.Value, q.Tolerance = p.Value, p.Tolerance
	if q.Policy != nil {
		if q, err = q.Governed(q.Policy); err != nil {
			return err
		}
	}
	if p.Policy != nil {
		if p, err = p.Governed(p.Policy); err != nil {
			return err
		}
	}
	if r.Second, err = secondOf(p, q, &r.Grouping, o.Draws, o.Seed); err != nil || r.Second == nil {
		return err
	}
	if r.Second.Rests && carried(losses, r) {
		r.Second.Rests, r.Second.Why = false, "a few samples decide its gains in losses"
	}
	if r.Second.Rests {
		r.RestsOn = r.Second.Measure
		r.Decide()
	}
	return nil
}

// measureOf is what gains of a study count: measures.Correct, measures.Loss, or both
// where domains differ.
func measureOf(r *analysis.Results) string {
	var names []string
	for _, d := range r.Domains {
		if name := cmp.Or(d.Measure, measures.Correct); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// carried reports whether a few samples decide a gain in losses of the recommended
// pools.
func carried(losses *analysis.Results, r *Recommendation) bool {
	for g := range losses.PoolGains(r.Rung, r.Weighting) {
		if g.Carriers != nil && g.Carriers.Decisive && slices.ContainsFunc(r.Groups, func(group Group) bool { return slices.Equal(group.Names(), g.Pool) }) {
			return true
		}
	}
	return false
}

// secondOf is what the gains of q, in losses, say about the best partition of p.
func secondOf(p, q *Problem, best *Grouping, draws int, seed uint64) (*Second, error) {
	errors, losses := newGains(p), newGains(q)
	partition, err := losses.setsOf(best.Names())
	if err != nil {
		return nil, err
	}
	if !losses.trained(partition) || !errors.trained(partition) {
		return nil, nil
	}
	chosen, err := Best(q)
	if err != nil {
		return nil, err
	}
	other := losses.grouping(partition)
	if other.RunnerUp = chosen; chosen.Same(best.Names()) {
		other.RunnerUp = chosen.RunnerUp
	}
	stability, err := Resample(q, other, draws, seed)
	if err != nil || stability == nil {
		return nil, err
	}
	d := stability.Decision
	out := &Second{Measure: measures.Loss, Kind: d.Kind, Regret: d.Regret, Within: d.Within, Correlation: effect.NaN}
	var rivals [][]set
	if other.RunnerUp != nil {
		rival, err := losses.setsOf(other.RunnerUp.Names())
		if err != nil {
			return nil, err
		}
		rivals = append(rivals, rival)
	}
	out.Why, err = out.against(errors, losses, partition, errors.considered(rivals), seed)
	return out, err
}

// trained reports whether every pool of a partition was.
func (g *gains) trained(partition []set) bool {
	return !slices.ContainsFunc(partition, func(s set) bool { return s.Count() > 1 && g.source(s) != Measured })
}

// against judges whether errors agree with what losses settle, and says why not.
func (s *Second) against(errors, losses *gains, partition []set, rivals [][]set, seed uint64) (string, error) {
	if s.Kind != Settled {
		return "losses leave it open, too", nil
	}
	var x, y []float64
	for k, pool := range errors.problem.Pools {
		at := slices.IndexFunc(losses.problem.Pools, func(other Pool) bool { return slices.Equal(other.Members, pool.Members) })
		if at < 0 {
			continue
		}
		loss := losses.problem.Pools[at]
		for i, m := range pool.Members {
			x, y = append(x, pool.Gain[i]), append(y, loss.Gain[i])
			name := errors.problem.Domains[m]
			if pool.Hi[i] < 0 && loss.Lo[i] > 0 || pool.Lo[i] > 0 && loss.Hi[i] < 0 {
				return fmt.Sprintf("errors and losses of %s in the pool of %s contradict each other with all of their limits", name, pooled(errors.problem.names(pool.Members))), nil
			}
			recommended := slices.ContainsFunc(partition, func(set set) bool { return slices.Equal(set.Members(), pool.Members) })
			if recommended && math.Signbit(errors.problem.Pools[k].Gain[i]) != math.Signbit(loss.Gain[i]) {
				return fmt.Sprintf("%s gains by one and loses by the other", name), nil
			}
		}
	}
	if len(x) > 1 {
		s.Correlation = effect.Number(stat.Correlation(x, y, nil))
	}
	if len(x) < fewCells || !(s.Correlation >= agreeing) {
		return fmt.Sprintf("gains in errors and in losses do not go together enough over %d gains", len(x)), nil
	}
	share, err := errors.better(partition, rivals, seed)
	if err != nil {
		return "", err
	}
	if share > doubted {
		return fmt.Sprintf("errors alone say with %.0f%% probability that another grouping is better by more than the tolerance", 100*share), nil
	}
	s.Rests = true
	return "gains in errors agree and are noisier", nil
}

// better is the largest share of draws, over some rivals, in which a rival is better
// than a partition by more than the tolerance.
func (g *gains) better(partition []set, rivals [][]set, seed uint64) (float64, error) {
	model, err := newErrorModel(g)
	if err != nil {
		return 0, err
	}
	const draws = 2000
	values := 0.0
	for i := range g.n {
		values += g.problem.value(i)
	}
	counts := make([]int, len(rivals))
	random := rand.New(rand.NewPCG(seed, 0x7365636f6e64)) // "second"
	cell := make([]float64, len(g.cell))
	for range draws {
		model.draw(random, g.cell, cell)
		own := g.total(partition, cell)
		for k, rival := range rivals {
			if g.total(rival, cell)-own > g.problem.tolerance()*values {
				counts[k]++
			}
		}
	}
	if len(counts) == 0 {
		return 0, nil
	}
	return float64(slices.Max(counts)) / draws, nil
}
