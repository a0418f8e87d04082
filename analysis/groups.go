package analysis

import (
	"slices"

	"github.com/sharewise/sharewise/analysis/losses"
)

// groupNames remembers which group samples belong to, as tables name them.
type groupNames map[groupKey]string

type groupKey struct {
	domain string
	sample losses.SampleID
}

// add takes in a table's groups; a table without any adds nothing.
func (g groupNames) add(t *losses.Table) {
	for i, name := range t.Group {
		if name != "" {
			g[groupKey{t.Domain[i], t.Sample[i]}] = name
		}
	}
}

// of names the group of a sample. A sample without a group is one by itself;
// the line break keeps its name from being that of a group.
func (g groupNames) of(domain string, sample losses.SampleID) string {
	if name, ok := g[groupKey{domain, sample}]; ok {
		return name
	}
	return "\n" + sample.String()
}

// has reports whether any sample of a domain belongs to a group.
func (g groupNames) has(domain string) bool {
	for k := range g {
		if k.domain == domain {
			return true
		}
	}
	return false
}

// grouper returns how samples of a domain are grouped: as the options say, or
// as the tables do, or nil where they stand alone.
func (g groupNames) grouper(domain string, o Options) func(string, losses.SampleID) string {
	if o.Group == nil && g.has(domain) {
		return g.of
	}
	return o.Group
}

// namedGroups numbers the groups that tables name, by sample in the order in which
// they come; nil where they name none. A sample of which none is named is a group by
// itself. Where runs disagree, the arm's run of the largest seed is believed.
func namedGroups(ids samples, sides ...side) []int32 {
	number := map[string]int32{} // of names
	var of []int32               // by sample; -1: by itself
	for _, s := range sides {
		known := map[int32]int32{} // by the numbers that the set gives
		for _, c := range s.all {
			if c.group == nil {
				continue
			}
			aligned := c.ids.equal(&ids)
			for row, g := range c.group {
				n, ok := known[g]
				if !ok {
					n = -1
					if name := s.set.Group(g); name != "" {
						if n, ok = number[name]; !ok {
							n = int32(len(number))
							number[name] = n
						}
					}
					known[g] = n
				}
				if n < 0 {
					continue
				}
				if of == nil {
					of = slices.Repeat([]int32{-1}, ids.len())
				}
				at := row
				if !aligned {
					if at, ok = ids.find(c.ids.at(row)); !ok {
						continue
					}
				}
				of[at] = n
			}
		}
	}
	if of == nil {
		return nil
	}
	// Numbers in the order of the samples.
	again, next := make([]int32, len(number)), int32(0)
	for i := range again {
		again[i] = -1
	}
	for i, n := range of {
		if n < 0 {
			of[i] = next
			next++
			continue
		}
		if again[n] < 0 {
			again[n] = next
			next++
		}
		of[i] = again[n]
	}
	return of
}
