// Package refit trains the models of a recommendation once more, for use: on all
// samples that their domains have.
//
// Where a study tests its data in folds, every one of its models was trained without
// a part of them, so that all samples could be tested, and none is the one to deploy.
// [Run] trains one model for each recommended pool, with the settings of the study:
//
//  1. The domains are those of the first fold, with the training, test and
//     validation samples of it for training. Validation samples stay apart where they
//     choose the epoch (training.select). Inputs are mapped as in the first fold.
//
//  2. It checks that data and training are still those that the recommendation rests
//     on, and trains seed 1 of every pool in a folder of its own, OUT/refit.
//
// What such a model is worth is not measured: no sample is left that it has not seen.
// The scores of the folds' models, which learned from fewer samples, stand for it; more
// samples rarely make a model worse. Package deploy says so in its manifest.
package refit
