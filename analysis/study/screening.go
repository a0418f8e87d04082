package study

import (
	"fmt"
	"slices"
)

// ScreeningAudit is the number of random pairs among a number of pairs that
// screening trains, to hold estimates against: a fifth, and eight at least.
func ScreeningAudit(pairs int) int { return max(8, pairs/5) }

// ScreeningPairs is the number of pairs that screening n domains starts from: two
// partners of every domain, and those of the audit. It is never more than all pairs.
func ScreeningPairs(n int) int {
	return min(n*(n-1)/2, 2*n+ScreeningAudit(2*n))
}

// screening says, of many domains of which no sets are listed, what it takes to
// train the pairs that cheap estimates speak for instead of all.
func (s *Study) screening(domains []DomainSize) string {
	n := len(s.Domains)
	if n <= pairsByDefault || len(s.Arms.Pools) > 0 {
		return ""
	}
	all, some := n*(n-1)/2, ScreeningPairs(n)
	alone, each := n*len(s.Model.Rungs)*s.Seeds, s.pairRuns()/all
	differs := func(d DomainSize) bool { return d.Task != domains[0].Task || d.Outputs != domains[0].Outputs }
	if slices.ContainsFunc(domains, differs) {
		// Models of one domain do not fit the others.
		return fmt.Sprintf("all %d pairs of %d domains take %d runs; screening by the gradients of the joint model takes %d: %d independent ones, %d joint ones and %d pairs. With arms: {joint: true, pairs: false} and training.conflict: true, 'sharewise linearise OUT' and 'sharewise affinity OUT --pools %d' propose pairs after training, some at random first to audit the estimates by",
			all, n, s.pairRuns(), alone+(some+1)*each, alone, each, some, some)
	}
	return fmt.Sprintf("all %d pairs of %d domains take %d runs; screening by cross-evaluation takes %d: %d independent ones and %d pairs. With arms.pairs: false, 'sharewise cross OUT', 'sharewise merge OUT' and 'sharewise affinity OUT --pools %d' propose pairs after training, some at random first to audit the estimates by",
		all, n, s.pairRuns(), alone+some*each, alone, some, some)
}
