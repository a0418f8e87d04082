// Package inspection looks at the data of a study before a training is spent
// on them, as a careful analyst would.
//
// [Inspect] takes the domains that package dataset has opened and split, in
// steps that each stream over the samples:
//
//  1. Classes and targets: counts by split, imbalance, quartiles (classes.go,
//     features.go).
//  2. Features: constants, tails, and how training and test differ, by a
//     Kolmogorov-Smirnov statistic per feature whose p-values are adjusted for
//     their number (features.go, drift.go). A table's features are its columns;
//     of images and series, mean and deviation of each channel within a sample
//     stand for the sample.
//  3. Leaks: samples with equal inputs in two splits or in two domains
//     (contents.go, duplicates.go), groups in two splits (groups.go), and, on
//     request, images that nearly look the same (near.go). Inputs that tell the
//     answer without error are no leak between splits, and told beside them: a number
//     along which each class has a range of its own, a word that stands for one class, and
//     columns of which the target is a weighted sum, to a millionth of its variance by
//     least squares (telling.go).
//  4. Pairs of domains: what they share (pairs.go).
//  5. Warnings, the gravest first (warnings.go).
//
// [Sheet] picks samples to look at.
//
// # Vocabulary
//
// A leak lets a model see in training what it is tested on, so that its score
// is too good. Leaks are suspected, not proven: two samples with the same
// inputs may be two measurements. Where inputs hold so few values that chance
// brings equal ones about, coarse.go estimates how many are copies, and these
// alone are leaks. A conflict is two samples with equal inputs
// and different labels, which no model can both get right.
//
// # Limits
//
// Inputs are compared after the transforms of the study: images as they are
// scaled for the model. Means, deviations and extremes are exact; quartiles,
// tails and drift come from at most [MostSampled] samples of a split, evenly
// spaced. Memory is bounded by 16 bytes per sample, besides what dataset holds.
package inspection
