// Package adaptive trains a study step by step until it is settled which domains
// should share a model, where a plan of fixed seeds spends the same on every arm.
//
//  1. [Run] plans every arm with many seeds, the candidates, and trains a pilot:
//     two or three seeds of every domain by itself and of every pool ([PilotSeeds]).
//  2. It analyses what there is and groups the domains. If that is settled, or
//     nothing that could be trained would settle it, or the budget is spent, it
//     ends and says which of these it is.
//  3. Otherwise it chooses the next runs by what they are worth for the decision,
//     see package nextruns, trains them, and looks again.
//
// Every decision stands in decisions.json, see [decisions.Record], with what it rested on,
// before its runs are trained. Decisions follow from the study, its data and the
// results of the runs chosen before, and from nothing else: whoever stops it at any
// moment and calls it again gets the same decisions and the same bytes. A budget
// of runs or time only cuts the sequence off; a larger one goes on with it.
//
// plan.json has the runs that were chosen, so that those who read the folder miss
// none.
package adaptive
