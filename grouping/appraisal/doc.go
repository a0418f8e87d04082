// Package appraisal puts money on a study: what its groupings and sizes are worth,
// by its prices and what it measured.
//
//  1. [Folder] reads the results of a study's output folder and its prices, from the
//     study or from a file of their own, and writes economics.json and a table.
//
//  2. What wrong answers cost is measured like a loss: with prices by class
//     (study.ErrorCost) the loss of a test sample is what its answer costs, weighted
//     where classes have other shares in use, and gains of that loss have limits and
//     covariances as all gains have.
//
//  3. Options are, at every rung with gains of pools: all domains apart, all
//     together, the recommended grouping and its runner-up, those that were best in
//     draws, and the best by money for every number of models, since what models
//     cost by the month hangs on their number. The reference is all apart at the
//     rung of the recommendation.
//
//  4. What is not known are gains of pools, relative to the domain's own error at
//     their rung, drawn jointly by grouping.DrawGains, in units of the domain's
//     metric; and, at other rungs, what the size alone does to the domain's own
//     error, with the limits of a comparison on the same test samples. Package
//     economics does the sums.
//
//  5. Costs are measured: seconds of trainings, of which the mean counts; size and
//     operations of trained models. Where a pool was not trained, they are estimated
//     from models that were, and that is said.
//
//  6. Of four sizes or more, [NextSize] puts money on the next doubling of the largest
//     models: by the law of size (package laws) of every error, what it is worth a month
//     at most. Where that is less than larger models cost, stop; a limit never says go.
//
//  7. [Appraisal] is all that; [ReadFile] reads it, [Schema] describes it.
//
// # Limits
//
// What is not known of a domain's own error at two rungs is drawn by itself and not
// with the gains of pools at these rungs, with which it has the independent models
// in common: limits of differences between rungs are rather too wide. Of larger
// sizes than those that were trained nothing is said beyond the limit of one doubling,
// and of more training samples nothing beyond what they would have to bring and what
// learning curves say.
package appraisal
