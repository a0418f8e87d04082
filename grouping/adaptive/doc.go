// Package adaptive trains a study step by step until it is settled which domains
// should share a model, where a plan of fixed seeds spends the same on every arm.
//
//  1. [Run] plans every arm with many seeds, the candidates, and trains a pilot:
//     two or three seeds of every domain by itself and of every pool ([PilotSeeds]).
//  2. Where the study asks for neither pairs nor pools, as with many domains, so that
//     only all together and every domain by itself have a pilot, it asks a cheap estimate
//     which domains are alike, and gives a pilot to the groups of three levels at most, the
//     likeliest first, and to a few pools by chance. The estimate is cross-evaluation of
//     the independent models, or where these do not fit other domains the likeness of their
//     representations (package similarity). It rests on training and validation samples; what
//     the pools gain is measured on test samples, as that of all others.
//  3. It analyses what there is and groups the domains. If that is settled, or
//     nothing that could be trained would settle it, or the budget is spent, it
//     ends and says which of these it is.
//  4. Otherwise it chooses the next runs by what they are worth for the decision,
//     see package nextruns, trains them, and looks again.
//
// Every decision stands in decisions.json, see [decisions.Record], with what it rested on,
// before its runs are trained. Decisions follow from the study, its data and the
// results of the runs chosen before, and from nothing else: whoever stops it at any
// moment and calls it again gets the same decisions and the same bytes. A budget
// of runs or time only cuts the sequence off; a larger one goes on with it.
//
// A study whose seeds are tested on other samples each (folds) is trained step by step
// only where the pilot has all seeds of every arm (Options.Pilot and Most alike): no arm
// is then tested on other samples than the others.
//
// plan.json has the runs that were chosen, so that those who read the folder miss
// none.
package adaptive
