package merging

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/study"
)

// choose lists the pools of domains that have a model and validation data.
func (t *trial) choose(runs []study.PlannedRun) error {
	checker, err := t.project.Study.Checker()
	if err != nil {
		return err
	}
	usable := map[string]bool{}
	for _, r := range runs {
		name := r.Domains[0]
		if usable[name] = t.project.Domain(name).Val.Len() > 0; !usable[name] {
			t.note("domain %s has no validation samples, on which merged models are judged, and is in no merged pool", name)
		}
	}
	tried := map[string]bool{}
	forbidden := 0
	add := func(pool []string) {
		key := strings.Join(pool, "\x00")
		if tried[key] || slices.ContainsFunc(pool, func(name string) bool { return !usable[name] }) {
			return
		}
		tried[key] = true
		if checker.RefuseAct(policy.Pooling, pool) != nil {
			forbidden++
			return
		}
		t.pools = append(t.pools, pool)
	}
	most := t.Pools
	if most == 0 {
		most = 1000
	}
	for _, r := range t.project.Plan.Runs {
		if len(r.Domains) > 1 && len(t.pools) < most {
			add(r.Domains)
		}
	}
	pairs := pairsByChance(t.out.Domains, t.Seed)
	for _, pair := range pairs {
		if len(t.pools) < most {
			add(pair)
		}
	}
	if forbidden > 0 {
		t.note("the policy forbids %d of the pools", forbidden)
	}
	if len(t.pools) == 0 {
		return t.nothing()
	}
	t.sums = make([]sum, len(ways)*len(t.pools))
	return nil
}

// nothing says why there is nothing to merge: what was noted of the domains, or that they
// have no models.
func (t *trial) nothing() error {
	if len(t.out.Notes) == 0 {
		return fmt.Errorf("%w: fewer than two domains have an independent model that has finished", ErrNothing)
	}
	return fmt.Errorf("%w: %s", ErrNothing, strings.Join(t.out.Notes, "; "))
}

func (t *trial) note(format string, args ...any) {
	if n := fmt.Sprintf(format, args...); !slices.Contains(t.out.Notes, n) {
		t.out.Notes = append(t.out.Notes, n)
	}
}

// pairsByChance lists all pairs of domains in an order by chance. Members stand in
// the order of the domains.
func pairsByChance(domains []string, seed uint64) [][]string {
	var out [][]string
	for i, a := range domains {
		for _, b := range domains[i+1:] {
			out = append(out, []string{a, b})
		}
	}
	random := rand.New(rand.NewPCG(seed, 1))
	random.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}
