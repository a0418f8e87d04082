// Package mixtures says what other shares of the domains would make of a model of all of
// them: it trains a study's joint model with several mixtures and fits laws to the losses.
//
// A mixture is a share for each domain, its weight in what the trunk learns from over the
// sum of all: static weights, as a study file gives them. Every mixture sees all training
// data equally often; shares of the loss stand for shares of the data here.
//
//  1. [Draw] chooses mixtures: equal shares, four times as much of one domain after the
//     other, and random ones. The last are kept from the fits.
//  2. [Run] trains all of them with a few seeds at one size or more, through package
//     variants, and goes on where it was stopped.
//  3. For each domain and size, [laws.FitMixing] fits the exponential law of mixtures to the
//     means over seeds, and predicts with limits what the mixtures that were kept back
//     measured. It is refused under laws.LeastBlends mixtures.
//  4. With three sizes or more, [laws.FitCompetition] and [laws.FitApart] are fitted to all
//     sizes together, once with competition for the room of the model and once without:
//     whichever predicts better says whether domains compete in that way. With four, the
//     largest size is predicted from the others.
//
// Standard errors are those between seeds. Seeds are the same for all mixtures, so that
// what they have in common is no noise of comparisons between mixtures: limits are rather
// too wide for it.
package mixtures
