package appraisal

import (
	"errors"
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/grouping"
)

// candidate is a grouping that is worth a look.
type candidate struct {
	name   string
	groups [][]int
}

// mostByNumber is the largest number of models for which the best grouping of just
// so many is looked for.
const mostByNumber = 8

// Recommended is the name of the option that the recommendation of groups.json is.
const Recommended = "recommended"

// candidates lists groupings of a problem whose values are money a month for a unit
// of relative gain. groups, where it is not nil, is the recommendation made from
// the same gains.
func candidates(p *grouping.Problem, groups *grouping.Recommendation) ([]candidate, error) {
	var out []candidate
	seen := map[string]bool{}
	add := func(name string, partition [][]int) {
		for _, members := range partition {
			if len(members) == 1 {
				continue
			}
			if _, _, ok := p.Terms(members); !ok {
				return
			}
		}
		if key := fmt.Sprint(partition); !seen[key] {
			seen[key] = true
			out = append(out, candidate{name, partition})
		}
	}
	named := func(name string, partition [][]string) {
		var groups [][]int
		for _, names := range partition {
			members, err := p.Indices(names)
			if err != nil {
				return // of other results
			}
			groups = append(groups, members)
		}
		add(name, groups)
	}
	n := len(p.Domains)
	var alone [][]int
	all := make([]int, n)
	for i := range n {
		alone = append(alone, []int{i})
		all[i] = i
	}
	add("apart", alone)
	if groups != nil {
		named(Recommended, groups.Names())
	}
	add("all together", [][]int{all})
	if groups != nil {
		for _, a := range groups.Alternatives {
			named(a.Name, a.Groups)
		}
		if groups.Stability != nil {
			for _, s := range groups.Stability.Partitions {
				named("best in some draws", s.Groups)
			}
		}
	}
	limits := []int{0}
	for k := 1; k < n && k <= mostByNumber && n <= grouping.ExactLimit; k++ {
		limits = append(limits, k)
	}
	for _, k := range limits {
		at := *p
		at.MaxGroups = k
		best, err := grouping.Best(&at)
		if errors.Is(err, grouping.ErrNoPartition) {
			continue
		}
		if err != nil {
			return nil, err
		}
		name := fmt.Sprintf("best of at most %d", k)
		if k == 0 {
			name = "best by value"
		}
		var partition [][]int
		for _, g := range best.Names() {
			members, err := p.Indices(g)
			if err != nil {
				return nil, err
			}
			partition = append(partition, members)
		}
		add(name, partition)
	}
	return out, nil
}

// needed says which pools of a problem some candidate rests on.
func needed(p *grouping.Problem, list []candidate) []bool {
	cells := map[int]bool{}
	for _, c := range list {
		for _, members := range c.groups {
			if len(members) == 1 {
				continue
			}
			terms, _, _ := p.Terms(members)
			for _, t := range terms {
				cells[t.Cell] = true
			}
		}
	}
	out := make([]bool, len(p.Pools))
	at := 0
	for k, pool := range p.Pools {
		for range pool.Members {
			out[k] = out[k] || cells[at]
			at++
		}
	}
	return out
}

// names of members.
func names(p *grouping.Problem, members []int) []string {
	out := make([]string, len(members))
	for i, m := range members {
		out[i] = p.Domains[m]
	}
	return slices.Clip(out)
}
