// Package baseline fits a linear model to each domain of a study, which its
// networks are held against: who loses to a linear model on the same inputs has
// not been trained well enough for its gains to mean much.
//
//  1. [Fit] takes the training rows of a domain as networks see them, fits a
//     ridge regression for every target, a logistic regression for two classes
//     and for every label, a multinomial one for more classes, and judges the
//     test rows.
//  2. [Run] does so for the domains of a plan and keeps what it found in
//     OUT/baseline/DOMAIN: losses.parquet as runs have it, fit.json, spec.json
//     and done.json. What is there for the same data is left alone.
//
// # Inputs
//
// The numbers that networks get, normalised as the study says. Columns of words
// become a column per word, of 0 and 1. Pictures and windows are taken number by
// number; those of more than 4096 are averaged over blocks first. Where it does
// better on rows that are not fitted, the penalty of a column of a table is
// weighed by its variance, as if columns had been standardised, and that of a
// sparse column as if it had not been.
//
// # Penalty
//
// It is chosen by the loss of the validation rows where there are 200 or more;
// 2000 of them will do. Else folds of the training rows are left out in turn,
// by group where there are groups and in pieces of the file where the split is
// by time: five; ten of fewer than 500 rows where there are few weights; three
// where there are 2000 weights or more. Of more than 20 000 training rows, one
// fold is left out once. Test rows choose nothing, and validation rows are never
// fitted. Class weights of the task count; smoothing of labels does not, and
// Huber's loss is fitted as the squared error.
//
// # Limits
//
// The work is bounded by numbers, not by time, so that results stay the same to
// the byte: at most 2^25 stored numbers (128 MB, or half as many sparse ones) and as
// many products in a pass over the rows. Of domains with more, some rows are drawn at random, which
// fit.json and results say. A domain whose weights alone would be more than
// 2^25 numbers has no baseline, with the reason.
package baseline
