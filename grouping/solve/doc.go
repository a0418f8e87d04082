// Package solve chooses which pools of domains to train, so that what the domains
// gain is largest within a budget, and proves how good its choice is.
//
// It knows no statistics: a pool is a set of domains with a gain for each domain
// that it can serve, and a cost.
//
// # The two problems
//
//  1. Partition: pools are disjoint, and each serves the domains that it trains.
//
//  2. Cover with helpers (Problem.Helpers): pools may overlap, each domain is
//     served by one chosen pool that contains it, the one where it gains most, and
//     may help in others. This is the form of Standley et al., Which Tasks Should Be
//     Learned Together in Multi-task Learning? (2020).
//
// In both at most MaxPools pools are chosen, whose costs are at most the Budget,
// and every domain is served.
//
// # Method
//
// Both are one problem. A column is a pool together with the domains that it
// serves; the columns chosen must serve each domain exactly once. A partition has
// one column for each pool, a cover one for each pool and each set of domains that
// it can serve. As a linear program,
//
//	maximise  Σ value(c)·x(c)
//	such that Σ over c that serve j of x(c) = 1   for every domain j  (price π_j)
//	          Σ x(c) ≤ MaxPools                                       (price σ ≥ 0)
//	          Σ cost(c)·x(c) ≤ Budget                                 (price β ≥ 0)
//
// it is solved by column generation: columns are never listed, a pool's best one
// for given prices serves the domains whose value exceeds their price. For any
// prices,
//
//	Σ π_j + MaxPools·σ + Budget·β + (most pools) · max(0, largest reduced value),
//
// bounds every choice, where a column's reduced value is value - Σ π_j - σ - cost·β.
// That is the bound that is reported, and it does not rest on the program having
// been solved exactly.
//
// A choice found by local search leaves a gap to that bound. Only columns whose
// reduced value is at least minus the gap can be in a better choice. These are
// listed, those that another dominates (the same domains for no more cost and no
// less value) are dropped, and branch and bound decides among the rest: depth first
// where they are few, else by linear programs in its nodes, which branch on whether
// two domains are served by one pool (Ryan and Foster 1981). Where it ends within a
// fixed number of steps the choice is proved optimal; else the bound is what its
// open nodes leave. No clock is read: equal problems have equal answers.
//
// The worst domain's gain (Objective Worst) is the largest threshold for which a
// choice exists that uses no smaller gain, found by bisection over the gains; of
// such choices the one with the largest sum is taken.
//
// # Pools that are not listed
//
// Of a partition [Problem].Unlisted may know more pools than can be listed. It is
// asked for those that are worth more than prices, and for a bound that holds for
// them too; where a gap is left, for all that are within it.
//
// # Rules
//
// A [Rule] says which pools may not be trained, and why: a limit on their size, two
// domains that may not meet, a policy. Or which domains a pool may not serve, since
// its model does not fit their site. Or it says which domains
// must be served by one pool. [Price] tells what each rule costs. Rules that
// contradict each other are an error that names both, and constraints that leave
// no choice are one that names such of them as cannot be kept together, none of which
// can be left out.
//
// # Limits
//
// Sums are compared with a tolerance of 1e-9 of the largest value. Of choices with
// equal sums the cheaper is preferred in a cover, the one with more pools in a
// partition, as far as the search tells them apart.
package solve
