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
//	bag  the mean of the vectors of 64 elements of a sample's tokens, then one
//	     fully connected layer of 256 with ReLU; tokens [length]
//	mlp  flatten, then two fully connected layers of 256 with ReLU; any sample
//	cnn  two 3×3 convolutions (16 and 32 channels), each with ReLU and 2×2 max
//	     pooling, then one fully connected layer of 128 with ReLU; samples
//	     [channels, height, width] of 8×8 or more
//	resnet20
//	     the residual network for small images: a 3×3 convolution, three stages
//	     of three blocks with 16, 32 and 64 channels, batch normalisation after
//	     every convolution, the mean of every map; samples as for cnn
//	tcn  one strided convolution to at most 64 positions of 32 channels, up to
//	     four residual blocks of dilated convolutions, mean and maximum over
//	     time; windows [channels, length] of length 8 or more
//	transformer
//	     patches of a window [channels, length], or tokens [length], as 32
//	     vectors of 64 or fewer, and two layers of attention between them;
//	     the mean over time
//
// At 28×28 and one channel the cnn takes 1.2 million multiply-adds per sample,
// and so does the tcn for one channel of 1024 elements; resnet20 takes 31 million.
//
// Running statistics of batch normalisations are inputs like parameters; they
// are what the inputs mean and variance of a BatchNormalization read.
//
// # The tcn
//
// The first convolution strides by the power of two, at most 8, that leaves 64
// positions or fewer, with a kernel of four strides, at least 5: wide first
// kernels suit raw vibration (Zhang, Peng, Li, Chen, Zhang: A New Deep Learning
// Model for Fault Diagnosis, Sensors 17(2), 2017). Windows longer than 512
// elements are brought to 64 positions or fewer by max pooling, so that the
// rest of the network costs the same for any length, and has the same
// parameters. Padding is of zeros, at both ends.
//
// Block i of n adds to its input a convolution of three elements at dilation
// 2^(i-1), with ReLU before it, and one of a single element, with ReLU before
// it (pre-activation: He, Zhang, Ren, Sun: Identity Mappings in Deep Residual
// Networks, ECCV 2016; dilation: Bai, Kolter, Koltun: An Empirical Evaluation of
// Generic Convolutional and Recurrent Networks for Sequence Modeling, 2018).
// Blocks whose dilation would reach beyond the window are left out. Nothing is
// causal: a position sees both past and future, since windows are judged whole.
// There is no normalisation; instead every block's last convolution starts with
// 1/n of the usual variance, so that all blocks together about double that of
// their input.
//
// # The transformer
//
// It is the encoder of Vaswani et al. (Attention Is All You Need, NeurIPS 2017)
// with normalisation before attention and feed-forward network and once more at
// the end (Xiong et al.: On Layer Normalization in the Transformer
// Architecture, ICML 2020), learned positions, GELU, twice as many hidden units
// as a token has elements, and no dropout. Heads have 16 elements at any width;
// it is their number that grows. Parameters are named and laid out as in
// PyTorch's TransformerEncoder.
//
// A window is cut into patches whose length is the power of two that leaves 32
// or fewer; one linear layer makes vectors of them. With Config.Vocabulary,
// samples are numbers of tokens as float32, and a table of vectors is looked up, as
// in the bag. Config.Padding says which token is padding: no token attends to it and
// the mean leaves it out. A number outside the vocabulary is an error when the model
// runs.
//
// Width multiplies the channels, and the units of fully connected layers,
// rounded to a multiple of 4 and at least 4, so that cost grows about with its
// square: a ladder of widths is a capacity ladder. Layers are named and laid
// out as PyTorch does ("fc1.weight" [out, in], "conv1.weight" [out, in, 3, 3]).
//
// Where samples end in codes of words, [Config].Categories, the mlp puts the
// embeddings of the words in their place, "embedding.NAME.weight" [codes, width].
//
// The same configuration always gives the same bytes.
package zoo
