// Package remedies proposes what may help where sharing harms, and tries it.
//
//  1. [Propose] reads the results of a study. A domain is harmed in a pool where its
//     gain is surely below zero; that is established where it is so among all gains of
//     the study, and else likely. For every pool that harms a domain it lists remedies
//     ([Remedy]), each with its reason from what was measured, what it takes, and what is
//     known of it beforehand: other weights, adapters and normalisation of each domain,
//     a pool without its most suspect source, without doubtful samples, a larger model,
//     and always a model of one's own.
//
//  2. [Try] trains them, with the seeds of the study, in a folder of its own inside the
//     study's. Of several settings of a kind, and of more kinds than the budget holds,
//     validation samples choose by one seed. That seed then has no part in the test
//     where there are others enough.
//
//  3. Test samples judge ([Outcome]): every harmed domain under the remedy against the
//     same domain in the pool as it was, seed by seed. A remedy helps where it is better
//     by more than chance makes of all remedies and harmed domains that were tried
//     (Holm: A Simple Sequentially Rejective Multiple Test Procedure, Scandinavian
//     Journal of Statistics 6, 1979), harms where it is worse so, and else makes no
//     difference that these runs show. Beside it stand the gains against a model of the
//     domain's own, before and after. Whoever trains a larger model or on other samples is
//     held against a model of its own that is so too.
//
// # Limits
//
// Remedies are tried one by one and not together. Other domains of the pool pay for some
// of them, which is said. What no training was spent on is judged by nothing: its
// expected sign is a rule of thumb, with its source. In studies that test all samples in
// turns, the validation samples of one seed are the test samples of others: there every
// setting is tested, the first of every kind before the second of any, and Holm's
// procedure counts them all.
package remedies
