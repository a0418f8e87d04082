// Package similarity says how alike the domains of a study are, pair by pair: their
// data, what an untrained trunk would have to learn from them, and what trained models
// make of them.
//
//  1. Data alone: [Sizes], the overlap of labels ([Shares], [Names]), the proxy
//     A-distance of inputs ([ProxyA]) and the optimal-transport distance of inputs with
//     their labels ([Transport]).
//  2. The trunk as training starts from it, a fresh one or that of an exported model,
//     with a linear head fitted to each domain's features: Fisher embedding ([Fisher])
//     and the cosine of mean gradients ([Cosine]) by the trunk's parameters, of single
//     samples.
//  3. Trained models: the same at one joint model, and the similarity of
//     representations of independent models ([CKA]).
//
// [Assess] takes what can be had of these, so that the first two are there before
// anything is trained. All scores are turned so that the larger is the more alike; they
// have units of their own.
//
// # Limits
//
// A similarity is no gain and no affinity: that alike domains help each other is a
// conjecture, which package affinity holds against the gains that were measured in the
// same study. Inputs are compared as models see them, each domain normalised by its own
// statistics: domains that differ by a shift or a scale are alike. They are reduced to
// 24 principal components. Scores rest on some hundred samples, drawn by a seed.
package similarity
