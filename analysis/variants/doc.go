// Package variants trains the model of all domains of a study again and again, each
// time with another weighting, learning rate, number of epochs or seed, and reads what
// became of the test samples.
//
//  1. [Open] says whether a study has such a model at a size, and what stands against it.
//  2. [Trainer.Task] plans one training, [Trainer.Train] does many; what has been trained
//     in the folder before is not trained again.
//  3. [Trainer.Tested] reads the losses and errors of a run by test sample, [Trainer.Validation]
//     those of validation samples.
//
// Runs of one seed start from the same trunk and see the same order of samples, whatever
// else differs.
package variants
