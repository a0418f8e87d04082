// Package affinity estimates cheaply what pooling would do to domains, says how
// far such estimates can be trusted, and proposes which pools to train.
//
// A gain is measured: a pool was trained and its members were tested. An affinity
// is not a gain. It orders pools that nobody has trained, by something cheaper,
// and it is used only where an audit in the same study has shown that it orders
// them rightly.
//
//  1. An [Estimator] scores every member of a pool. What each needs, what it
//     costs and how it is defined is told by its [Method]:
//
//     cross-evaluation ([NewCross]) needs the independent models alone. With
//     L(i,j) the mean loss of the models of domain i on the test data of j,
//
//     d(i→j) = log L(i,j) − log L(j,j),   D(i,j) = ½(d(i→j) + d(j→i)),
//
//     and the score of a member is −mean D over its partners. [Linkage] draws a
//     tree of the domains by it.
//
//     gradient cosine and look-ahead ([Gradients]) need one joint training
//     that records the Gram matrix of the trunk gradients. With g_i the
//     gradient of domain i's loss L_i,
//
//     cos(i,j) = g_i·g_j/(|g_i||g_j|),   Z(i→j) = g_i·g_j/L_j,
//
//     means over epochs. Z is the first-order form of the affinity of TAG
//     (Fifty et al., Efficiently Identifying Task Groupings for Multi-Task
//     Learning, NeurIPS 2021), 1 − L_j(θ−ηg_i)/L_j(θ), at η = 1, as ETAP
//     (Ayman, Mukhopadhyay and Laszka, Ensemble Prediction of Task Affinity for
//     Efficient Multi-Task Learning, ICLR 2026) takes it.
//
//     merged and linearised models ([NewTrial]) need losses on validation data that
//     pools would have, without training them: of trunks merged of those of
//     independent models (package merging), or of regressions in the neighbourhood
//     of the joint model (package linearise).
//
//     higher-order approximation ([NewPairMean]) needs the gains of pairs:
//     a member's score is the mean of its gains in pairs with the others
//     (HOA; Standley et al., Which Tasks Should Be Learned Together in
//     Multi-task Learning?, ICML 2020).
//
//     surrogates ([NewSurrogate]) need gains of some pools, drawn at random:
//     a regression of a member's gains on who else was in the pool, see
//     [Kernel].
//
//  2. [Audit] holds scores against the measured gains of pools that no estimate
//     rests on: rank correlation with limits, a permutation test, signs, errors,
//     and the regret of the grouping that the scores would choose. Passed says
//     that the estimator may be used, by the rule that [AuditOptions] state.
//
//  3. [Screen] proposes, within a number of pools, pairs drawn at random for the
//     audit and the best partners of every domain. [Levels] parts all domains into groups
//     that score well with each other, coarser and finer ones, to be trained as pools.
//
// [Folder] does this for the output folder of a study.
//
// # Units
//
// Scores order gains and have no zero of their own; those of NewPairMean and
// NewSurrogate are in the units of the gains that they rest on. Signs and errors
// are judged after calibration, gain = a + b·score with b ≥ 0, fitted on the
// other held-out pools.
//
// # Limits
//
// Gains are measured with noise, and a correlation with noisy gains is below that
// with the true ones. Few domains allow few orders of their names: six in two
// clusters of three can be parted in ten ways, so that even the truth does as well
// as a tenth of all orders. An audit on pairs says little about pools of many.
package affinity
