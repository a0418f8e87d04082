// Package grouping turns measured gains into a recommendation: which domains
// should share one model and which should have their own.
//
// # From gains to groups
//
//  1. A [Problem] lists the domains and the pools that were trained, with the
//     gain of every member: g(j,S), the loss or error of domain j alone minus
//     its loss when pooled in S. [FromResults] reads it from a study's results,
//     where gains are relative to the domain's own independent error, so that
//     domains with different metrics add up. One that does next to nothing wrong
//     has gains relative to a floor (see package effect), said in a warning, and no
//     draw of a relative gain exceeds 1: no domain can decide a study by being
//     nearly perfect alone.
//
//  2. Pools that were not trained are valued where all their pairs were: a
//     member's gain is the mean of its pair gains,
//
//     g(j,S) = mean over i in S, i ≠ j, of g(j,{i,j}),
//
//     and the pool is labelled [FromPairs]: an estimate, to be confirmed by a
//     run. A pool with an unmeasured pair, not itself measured, is not
//     considered.
//
//  3. [Best] finds the partition of the domains that maximises the total,
//
//     Σ over domains j of value(j) · g(j, pool of j),
//
//     into at most MaxGroups pools. A domain alone has gain zero. Up to
//     [ExactLimit] domains all partitions are compared, by dynamic programming
//     over subsets: the best partition of a set is a pool that holds the set's
//     first domain plus the best partition of the rest, 3ⁿ/2 steps in all.
//
//     Beyond that package solve chooses among the measured and the estimated pools,
//     by column generation and branch and bound; it proves its choice, or bounds
//     every partition's total (Bound). What it leaves open is improved by merging,
//     moving, exchanging, and putting measured pools in the place of what they meet.
//     Without a bound on the number of groups it is mostly proved, since an
//     estimated pool of four or more is worth no more than its best split into pairs
//     and a pool of three. With one, or where domains must be together, larger pools
//     are listed as far as they are 20,000; beyond that the linear program looks for
//     the pools that it lacks by steps, and the bound comes from what a domain's
//     share of any pool can be beyond prices.
//
//  4. [Resample] asks how firmly the gains point to this partition, by draws of
//     their errors, together where they share runs or test samples
//     ([Covariance], and [Across] for those of different domains); and how much better another could be ([Decision]). Its
//     searches start from the partition, the runner-up and each draw's own
//     choice.
//
//  5. [PromiseOf] says what the partition is expected to deliver with fresh
//     seeds: gains that were not chosen for having been lucky (see [Shrink]).
//
//  6. [Linkage] draws the domains as a tree. [ViewsOf] asks package clusters
//     whether the gains of pairs fall into clusters at all, and how far these are
//     the recommended groups.
//
//  7. [Recommend] puts the above into one [Recommendation], which
//     Recommendation.WriteFile stores as groups.json. Gains may come from
//     anywhere.
//
//  8. [RecommendResults] does all this for a study's results, and adds what only
//     they can tell: reasons for doubt, and whether small models interfere and
//     larger ones transfer ([AnswerCapacity]). [RecommendFolder] does it for
//     a folder, by the settings of its study.
//
// # Rules
//
// [Problem].Rules say which pools may not be trained, by a name that reports show
// and a predicate, and which domains one group must hold: [solve.Rule], of which
// [solve.CannotLink], [solve.MustLink], [solve.Largest] and [solve.AtSite] make the
// usual ones. Recommendation.Constraints says what each costs. Domains that one
// group must hold are one to every search. Up to 20 domains, where listed pools leave
// a gap, package solve decides among all sets of domains.
//
// # Ties
//
// Totals are compared as integers, in units of 2⁻⁴⁰ of the largest value of a gain,
// so that rounding decides nothing. Of partitions with the same total the one
// with more groups wins: no domain is pooled for nothing. A search keeps to this
// where its steps get there; what is proved of it is the total.
//
// # Verdicts
//
// The partition with the largest total is the best guess. Whether the data
// support a relation is a separate question, answered from the limits of each
// gain: [Share] where the lower limit exceeds the least gain worth having,
// [Apart] where the upper limit is below zero, [Undecided] otherwise. A group of
// the recommendation is judged by draws too: a domain that is alone in at least
// 95 % of them is better apart, and a pool that is together in as many pays.
//
// Where gains count errors and leave the decision open, losses are asked, and the
// decision rests on them where both agree ([Second], simulated in
// testdata/second.md). Recommendation.RestsOn always names the measure.
//
// # Limits
//
// The best total of many partitions, chosen from noisy gains, leans high;
// Stability.Optimism estimates by how much. Gains in no Covariance are drawn
// independently in Stability. They share runs, so that it is then a guide and no
// probability that the partition is right.
package grouping
