// Package nextruns says which runs to train next, so that it is settled soonest
// which domains should share a model.
//
//  1. A [Belief] has the estimated gains of a study and by how much they may be
//     wrong, as a function of how many runs every arm has: what runs of the same
//     arm differ by falls with their number, what the test samples leave open
//     stays.
//  2. [NewOutlook] draws gains from it, jointly normal, and keeps the contenders:
//     the partitions that are the best in some draw. The regret of the
//     recommended partition is how much better the best contender is; the
//     grouping is settled when the regret is at most the tolerance with the
//     probability that the [Rule] asks for.
//  3. [Outlook.Options] gives every possible run its value: by how much the bound
//     of the regret is expected to fall for each unit of cost. An independent run
//     improves all gains of its domain, a pool's run the gains of its members.
//     [Outlook.Choose] takes several.
//  4. [Outlook.Hopeless] names the pools that cannot win any more,
//     [Outlook.CouldSettle] says how likely all runs within the limits would
//     settle it, [Outlook.Samples] how many times the test samples would, and
//     [Foresee] how many runs it will take.
//
// # Value of a run
//
// Further runs take away from the covariance of the estimates: C now, C' then.
// Before they are trained, the estimates are expected to stay in the mean and to
// move with covariance C - C'. The value is
//
//	bound(estimates, C) - E bound(moved estimates, C')
//
// over such moves: the expected value of sample information (Raiffa and
// Schlaifer, Applied Statistical Decision Theory, 1961), with the bound of the
// regret as the loss. It is looked at for one, two and four runs, of which the
// best ratio to the cost counts, since the value of one run alone may be nothing
// where that of several is not (Frazier and Powell, Paradoxes in learning and the
// marginal value of information, Decision Analysis 7, 2010).
//
// # Limits
//
// What is wrong with the gains of two targets is taken as having nothing in
// common, although a pool's run moves all its members. That variances of runs are
// estimated counts for the bound of the regret, and not for how far further runs
// may move estimates.
package nextruns
