package adaptive

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/sharewise/sharewise/analysis/cross"
	"github.com/sharewise/sharewise/analysis/similarity"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/grouping/affinity"
	"github.com/sharewise/sharewise/grouping/decisions"
)

const (
	// leastProposed is the number of domains from which on pools are proposed: of three
	// the pairs are all that there is.
	leastProposed = 4
	// byChance is the number of pools that are drawn by chance.
	byChance = 2
)

// ProposedWork is about how many times the work of a pilot the pilot of proposed pools
// takes: a pilot trains every domain twice, by itself and with all others, and proposed
// pools have it once at each of three levels, and in pools by chance.
const ProposedWork = 1.7

// Proposes says whether pools of a study are proposed, once it has a pilot: where it
// asks for none of its own, neither pairs nor listed ones, so that only all together and
// every domain by itself would be trained. A trainer of the user's own leaves no models
// that could be held against other domains.
func Proposes(s *study.Study) bool {
	return len(s.Domains) >= leastProposed && len(s.Arms.Pools) == 0 && !s.Pairs() && s.Trainer == nil
}

// proposes says whether pools are to be proposed now.
func (d *driver) proposes() bool {
	return d.record.Settings.Propose && !d.asked && !d.proposed()
}

// proposed says whether they were.
func (d *driver) proposed() bool {
	return slices.ContainsFunc(d.record.Decisions, func(x decisions.Decision) bool { return x.Kind == decisions.Propose })
}

// propose chooses a pilot of pools of domains that seem to be alike, the pools of the
// likeliest level first. What they gain is measured on test samples, which had no part in
// their choice, and judged as that of any other pool.
func (d *driver) propose(ctx context.Context, next *decisions.Decision) error {
	d.asked = true
	p, err := d.proposal(ctx)
	if err != nil || p == nil {
		return err
	}
	var batches [][][]string
	for _, l := range p.Levels {
		batches = append(batches, l.Pools)
	}
	batches = append(batches, p.Chance)
	next.Kind, next.Proposal = decisions.Propose, p
	for _, pool := range slices.Concat(batches...) {
		if d.candidates.pool(pool) == nil && !among(next.Pools, pool) {
			next.Pools = append(next.Pools, pool)
		}
	}
	if err := d.extendBy(next); err != nil {
		return err
	}
	// What the study's rules forbid is no candidate.
	next.Pools = slices.DeleteFunc(next.Pools, func(pool []string) bool { return d.candidates.pool(pool) == nil })
	for _, b := range batches {
		for k := range d.record.Settings.Pilot {
			for _, pool := range b {
				if !among(next.Pools, pool) {
					continue
				}
				if id := d.candidates.pool(pool).runs[k].ID; !slices.Contains(next.Runs, id) {
					next.Runs = append(next.Runs, id)
				}
			}
		}
	}
	return nil
}

func among(pools [][]string, pool []string) bool {
	return slices.ContainsFunc(pools, func(x []string) bool { return slices.Equal(x, pool) })
}

// proposal is what an estimate makes of the domains; nil where nothing can be said.
func (d *driver) proposal(ctx context.Context) (*decisions.Proposal, error) {
	e, err := d.lab.alike(ctx)
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("%w: %w", train.ErrInterrupted, ctx.Err())
	case err != nil:
		return nil, fmt.Errorf("adaptive: proposing pools: %w", err)
	case e == nil:
		return nil, nil
	}
	domains := d.project.Study.Domains
	levels, err := affinity.Levels(e, len(domains))
	if err != nil || len(levels) == 0 {
		return nil, err
	}
	named := func(pools [][]int) [][]string {
		out := [][]string{}
		for _, pool := range pools {
			var names []string
			for _, m := range pool {
				names = append(names, domains[m].Name)
			}
			if len(names) > 1 {
				out = append(out, names)
			}
		}
		return out
	}
	p := &decisions.Proposal{By: e.Method().Name, Chance: named(drawnPools(levels, len(domains), d.record.Settings.Seed))}
	for _, l := range levels {
		p.Levels = append(p.Levels, decisions.Level{Groups: len(l.Groups), Silhouette: l.Silhouette, Pools: named(l.Groups)})
	}
	return p, nil
}

// drawnPools are pools drawn by chance, of as many members as the groups of the first
// level have in the median, which are none of those of the levels.
func drawnPools(levels []affinity.Level, domains int, seed uint64) [][]int {
	var sizes []int
	known := map[string]bool{}
	for _, l := range levels {
		for _, g := range l.Groups {
			known[fmt.Sprint(g)] = true
		}
	}
	for _, g := range levels[0].Groups {
		if len(g) > 1 {
			sizes = append(sizes, len(g))
		}
	}
	slices.Sort(sizes)
	size := max(2, min(sizes[len(sizes)/2], domains/2))
	random := rand.New(rand.NewPCG(seed, 0x6368616e6365)) // "chance"
	var out [][]int
	for range 10 * byChance {
		pool := random.Perm(domains)[:size]
		slices.Sort(pool)
		if key := fmt.Sprint(pool); len(out) < byChance && !known[key] {
			known[key] = true
			out = append(out, pool)
		}
	}
	return out
}

// alike holds the independent models against each other on validation samples, or, where
// they do not fit other domains, as where classes differ, compares their representations.
func (t *trainer) alike(ctx context.Context) (affinity.Estimator, error) {
	p := t.project
	loss, err := cross.Validation(ctx, t.backend, t.folder, p.Plan, t.rung, p.Tested(), p.Study.Training.Threads)
	if err != nil {
		return nil, err
	}
	known, pairs := 0, 0
	for i := range loss {
		for j := range i {
			pairs++
			if loss[i][j] >= 0 && loss[j][i] >= 0 {
				known++
			}
		}
	}
	if 2*known >= pairs {
		return affinity.NewCross(loss, false)
	}
	like, err := similarity.Representations(ctx, t.backend, p, t.folder, similarity.Config{Rung: t.rung, Seed: p.Study.Seed})
	if err != nil || like == nil {
		return nil, err
	}
	var names []string
	for _, d := range p.Study.Domains {
		names = append(names, d.Name)
	}
	return affinity.NewSimilarity(names, *like), nil
}
