// Package zoo builds the trunks that sharewise brings along, at any width and
// for any shape of sample.
//
// A trunk is a model with one data input "x", float32 [N, sample shape...],
// and one output "features", float32 [N, F]. Its parameters are graph inputs
// without data: the file says how to start them, not what they are. The rule
// for parameter p is the metadata value under "sharewise.init/p", in the text
// form that package training reads, for instance "he_uniform fan_in=784".
//
// The trunks, at width 1:
//
//	mlp  flatten, then two fully connected layers of 256 with ReLU; any sample
//	cnn  two 3×3 convolutions (16 and 32 channels), each with ReLU and 2×2 max
//	     pooling, then one fully connected layer of 128 with ReLU; samples
//	     [channels, height, width] of 8×8 or more
//
// At 28×28 and one channel the cnn takes 1.2 million multiply-adds per sample.
// Width multiplies the channels, and the units of fully connected layers,
// rounded to a multiple of 4 and at least 4, so that cost grows about with its
// square: a ladder of widths is a capacity ladder. Layers are named and laid
// out as PyTorch does ("fc1.weight" [out, in], "conv1.weight" [out, in, 3, 3]).
//
// The same configuration always gives the same bytes.
package zoo
