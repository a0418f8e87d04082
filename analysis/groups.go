package analysis

import "github.com/sharewise/sharewise/analysis/losses"

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
