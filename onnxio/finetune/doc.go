// Package finetune makes a trunk of a model that was trained for something
// else: one that takes the samples at hand, ends where heads can be put on it,
// and says with which weights training starts and which of them it leaves alone.
//
// [Apply] goes through these steps, each of which is left out where [Config]
// does not ask for it:
//
//  1. Cut: what comes after the features goes. They are a value of the model
//     that the user names, or (after step 3) what its last linear layer takes in.
//     Where a model keeps its head, it ends in scores instead: what makes
//     probabilities of them is left out, in quantized models with the rounding
//     of these. Labels beside the scores, and maps of them, go first.
//  2. Fit: the data input gets the shape of the samples. Sizes that the model
//     leaves open are filled in; where the model wants channels last, or rows
//     where the samples are pictures, nodes at the input turn or flatten them;
//     a batch in the second dimension comes first (package rebatch).
//  3. Lower (package lower), which also makes float32 of half precision and
//     initializers of weights in Constant nodes.
//  4. Initialise: rules for parameters (training.Init) replace the weights.
//  5. Freeze by depth: the parameters of the first layers are marked under
//     training.FreezeProperty.
//  6. Adapt: layers get low-rank adapters, and all else is marked as frozen.
//
// The result is a model like any other, whose metadata say the rest. [Merge]
// takes adapters back into the weights, and [PutBack] trained weights into the
// model that was given, as its file has it.
//
// # Vocabulary
//
// A linear layer is a Gemm, a MatMul with its bias, or a convolution that looks
// at a place at a time or at the whole map at once. A layer is a node with a
// weight: a product, convolution, recurrent network or embedding; layers are
// counted in the order of the nodes.
package finetune
