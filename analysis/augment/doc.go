// Package augment changes training samples at random, so that a model sees more
// than the samples that there are.
//
// [Settings] says how much of what; [New] makes an [Augmenter] for the shape of
// a sample, which [Augmenter.Apply] puts to work on a minibatch. Evaluation
// never sees augmented samples.
//
// # The methods
//
// They are one table (table.go) and are applied in its order. Samples are what a
// model takes: images [channels, height, width], series [channels, length],
// tables [features], normalised as the study says. With the usual normalisation
// elements have mean 0 and deviation 1 over the domain's training data, per
// channel or column; amounts are in these units, and 0, which fills what comes
// in from outside, is the mean.
//
//	flip        images          mirrors left and right, every second time
//	crop        images          moves by up to so many pixels each way, uniformly; 0 comes in
//	shift       series          moves by up to this part of the length each way, uniformly
//	contrast    images          scales differences from the channel's mean by 1−c … 1+c, uniformly
//	brightness  images          adds −b … b, uniformly, one number for all pixels
//	scaling     series, tables  multiplies the sample by exp(s·z), z standard normal
//	noise       all             adds s·z to every element, each with a z of its own
//
// # Randomness
//
// What happens to a row is a function of the seed, the number of the step and
// the row's place in the minibatch, and for every method of no other method's
// settings. A run that goes on from a checkpoint sees the same samples as one
// that never stopped.
//
// # Limits
//
// Labels and targets stay as they are: whether a mirrored 2 is a 2, or a
// shifted window has the same target, is for the author of a study to know.
// Columns of a table are all treated as measured numbers, codes of categories
// too.
package augment
