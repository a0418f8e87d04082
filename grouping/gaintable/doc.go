// Package gaintable chooses pools from a table of gains that may come from
// anywhere, without a study.
//
// # The table
//
// A row says what one domain gains in one pool:
//
//		pool,target,gain,cost
//		north+south,north,0.08,1.5
//		north+south,south,0.02,
//		north+west,north,0.05,
//
//	 1. Pool is the names of the domains that are trained together, joined by "+" in
//	    any order; target is the one of them that the row is about. Names hold no "+".
//
//	 2. Gain is what the target gains over being alone, positive where sharing helps.
//	    Instead of gain there may be loss: then every domain needs the row of itself
//	    alone, and its gain is the relative reduction, 1 - loss / loss alone, or the
//	    difference of both where differences are asked for.
//
//	 3. Lo and hi, together, are the limits of gain or loss, taken as those of 95 %.
//
//	 4. Memory and latency, where given, are what the pool's model takes, for [solve.Site]
//	    to limit. A pool without one serves no domain whose site limits it.
//
//	 5. Cost is that of training and serving the pool's model. It may stand in every
//	    row of a pool or in one; two that differ by more than a billionth are an error. A pool without one costs 1,
//	    whatever its size: one model.
//
// A domain alone is always a candidate: with a gain of 0 and a cost of 1 where the
// table does not say otherwise. A pool without a row for a target cannot serve it,
// and a pool that is not listed is no candidate, but see [Options].Extrapolate.
// Equal rows count once, rows that contradict each other are an error. Columns of
// other names are passed over, with a note.
//
// # A study's gains
//
// [OfStudy] takes what a study measured as such a table, where every pool costs 1
// unless the study says otherwise. Its gains are drawn together, as they share runs and
// test samples ([grouping.DrawGains]), for stability and for the objectives that rest
// on errors; these choose by depth-first search over the draws, which ends with a gap
// where there are too many choices to look at.
//
// # Rules of a policy
//
// [Table.Govern] fits the rules of a policy to the domains of the table. Pools that
// they forbid are no candidates, listed or extrapolated.
//
// # The answer
//
// [Table.Choose] solves the table by package solve: a partition, in which every pool
// serves the domains that it trains, or a cover with helpers. Its certificate is
// "optimal" where no other choice is better, and "gap" where the difference of bound
// and objective is what another could be better by. [Table.Answer] takes it for an answer
// that no choice keeps to the constraints, and [PlanFolder] stores it beside the groups
// of a study, so that no plan of before stays.
//
// # Objectives
//
//	mean     the mean gain of the domains
//	value    the mean weighted by their values
//	worst    the smallest gain of a domain; of choices alike in that the best mean
//	no-harm  the probability that no domain is harmed: the product of the
//	         probabilities that each gain is not negative; of choices that differ
//	         by less than a millionth in that, the best mean
//	risk     the mean, weighted by values, less aversion times its standard error
//
// The last two need limits. A table that is read from a file says nothing of errors
// that gains have in common, so that they are taken to err independently, normally, as
// widely as their limits, and the plan has a note that says so; gains without limits are
// taken as exact. The risk of a choice is not a sum
// over domains, and is maximised by branch and bound over intervals of the standard
// error, in which a chord in place of the root makes it one.
//
// # Limits
//
// Pools extrapolated from pairs are guesses: a member's gain is the mean of its pair
// gains. They are labelled so. Where there are too many to list, a partition by gains
// is searched for by package grouping, among all of them; else the smaller ones are
// candidates, and the bound holds for all.
package gaintable
