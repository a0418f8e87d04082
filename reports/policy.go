package reports

import (
	"maps"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
)

// ruled shows what a policy forbade.
type ruled struct {
	Rules     []ruleRow
	Forbidden []forbiddenRow
	// More counts forbidden pools that are not listed.
	More    int
	Domains []labelRow
	SHA256  string
}

// ruleRow is a rule with what it costs.
type ruleRow struct {
	Because                          string
	Name, Rule, Pools, Cost, Instead text
}

type forbiddenRow struct {
	Pool    text
	Reasons []text
	Trained bool
}

// labelRow is a domain with its labels.
type labelRow struct{ Name, Labels string }

// newRuled is nil for a study without rules.
func newRuled(in *Input) *ruled {
	const most = 40
	if in.Groups == nil || in.Groups.Governance == nil {
		return nil
	}
	g := in.Groups.Governance
	out := &ruled{SHA256: g.SHA256, More: max(0, len(g.Forbidden)-most)}
	worth := in.Groups.WorthOfAll()
	for i := range g.Rules {
		r := &g.Rules[i]
		row := ruleRow{Name: wording.Name(r.Name), Rule: wording.Written(r.Rule), Because: r.Because, Pools: some(r.Pools, "pool"), Cost: wording.Written(r.Words(worth))}
		if r.Pools == 0 {
			row.Pools = say("none")
		}
		if r.Instead != nil {
			row.Instead = partitionText(r.Instead)
		}
		out.Rules = append(out.Rules, row)
	}
	for _, f := range g.Forbidden[:len(g.Forbidden)-out.More] {
		row := forbiddenRow{Pool: firstOf(f.Pool, 10), Trained: f.Trained}
		for _, b := range f.Because {
			row.Reasons = append(row.Reasons, wording.Written(b.Words()))
		}
		out.Forbidden = append(out.Forbidden, row)
	}
	for _, d := range g.Domains {
		var parts []string
		for _, label := range slices.Sorted(maps.Keys(d.Labels)) {
			parts = append(parts, label+": "+strings.Join(d.Labels[label], ", "))
		}
		out.Domains = append(out.Domains, labelRow{d.Name, strings.Join(parts, "; ")})
	}
	return out
}

// barred reports whether rules forbid every pair with a domain.
func (in *Input) barred(name string) bool {
	g := in.Groups.Governance
	if g == nil {
		return false
	}
	for _, d := range g.Domains {
		pair := func(f grouping.ForbiddenPool) bool {
			return len(f.Pool) == 2 && slices.Contains(f.Pool, name) && slices.Contains(f.Pool, d.Name)
		}
		if d.Name != name && !slices.ContainsFunc(g.Forbidden, pair) {
			return false
		}
	}
	return true
}
