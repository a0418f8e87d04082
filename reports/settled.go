package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/grouping"
)

// rival is the partition, other than the recommended one, that is best in most
// draws.
func rival(g *grouping.Recommendation) (grouping.PartitionShare, bool) {
	for _, p := range g.Stability.Partitions {
		if !samePartition(p.Groups, g) {
			return p, true
		}
	}
	return grouping.PartitionShare{}, false
}

// isGuess says whether the recommended partition may be called the best guess:
// no other is best in more draws, and it is in some.
func isGuess(g *grouping.Recommendation) bool {
	if g.Stability == nil {
		return true
	}
	other, ok := rival(g)
	return g.Stability.Share >= guessShare && (!ok || other.Share <= g.Stability.Share)
}

// lasting words the recommended pools all of whose members are together in most
// draws, whatever becomes of the other domains, and of which none is harmed.
func lasting(g *grouping.Recommendation) []string {
	type pair [2]string
	together := map[pair]float64{}
	for _, p := range g.Stability.Together {
		together[pair{p.A, p.B}], together[pair{p.B, p.A}] = p.Share, p.Share
	}
	var out []string
	more := 0
	for i := range g.Groups {
		names := g.Groups[i].Names()
		least := 1.0
		for k, a := range names {
			for _, b := range names[:k] {
				least = min(least, together[pair{a, b}])
			}
		}
		switch {
		case len(names) < 2 || least < likelyShare || g.Groups[i].Verdict == grouping.Apart:
		case len(out) == mostPools:
			more++
		default:
			out = append(out, "share "+few(names))
		}
	}
	if more > 0 {
		out = append(out, "share "+plural(more, "more pool", "more pools"))
	}
	return out
}

// Certificate says how much better another grouping could be than the
// recommended one, by the same gains; empty where that is not known.
func Certificate(g *grouping.Recommendation) string {
	switch {
	case g == nil || len(g.Domains) < 2:
		return ""
	case g.Optimal:
		return fmt.Sprintf("The recommended grouping has a total gain of %s over all domains; it is proved that no other has more, by these gains.", signed(g.Total))
	case g.Bound > g.Total:
		return fmt.Sprintf("The recommended grouping has a total gain of %s over all domains; another may have more by these gains, but at most %s.", signed(g.Total), signed(g.Bound))
	}
	return ""
}

func groupNames(g *grouping.Recommendation) [][]string {
	var out [][]string
	for i := range g.Groups {
		out = append(out, g.Groups[i].Names())
	}
	return out
}

func samePartition(groups [][]string, g *grouping.Recommendation) bool {
	return slices.EqualFunc(groups, g.Groups, func(a []string, b grouping.RecommendedGroup) bool { return slices.Equal(a, b.Names()) })
}

// Lengths of lists in sentences.
const (
	mostNames = 8 // domains
	mostPools = 6
)

// few lists names; of many, the first.
func few(names []string) string {
	if len(names) <= mostNames {
		return list(names)
	}
	const first = 3
	return fmt.Sprintf("%d domains (%s and %d others)", len(names), strings.Join(names[:first], ", "), len(names)-first)
}

// partitionText writes a partition as a + b | c. Of many domains it counts what
// it cannot name.
func partitionText(groups [][]string) string {
	domains, alone := 0, 0
	for _, g := range groups {
		domains += len(g)
		if len(g) == 1 {
			alone++
		}
	}
	var parts []string
	if domains <= 2*mostNames {
		for _, g := range groups {
			parts = append(parts, strings.Join(g, " + "))
		}
		return strings.Join(parts, " | ")
	}
	more := 0
	for _, g := range groups {
		switch {
		case len(g) == 1:
		case len(parts) == mostPools:
			more++
		case len(g) > 4:
			parts = append(parts, fmt.Sprintf("%s + %s + %d others", g[0], g[1], len(g)-2))
		default:
			parts = append(parts, strings.Join(g, " + "))
		}
	}
	if more > 0 {
		parts = append(parts, plural(more, "more pool", "more pools"))
	}
	if alone > 0 {
		parts = append(parts, count(alone)+" alone")
	}
	return strings.Join(parts, " | ")
}
