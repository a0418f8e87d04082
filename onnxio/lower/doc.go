// Package lower rewrites models in the operators that package autodiff has
// rules for: what exporters and optimisers write as one large node becomes the
// standard operators that it stands for.
//
// # How a model is lowered
//
// [Model] takes these steps:
//
//  1. Calls of model-local functions are replaced by the functions' nodes.
//  2. Half-precision models become float32: initializers, constants, casts,
//     inputs and outputs. Gradients and optimizers need the range. Models that
//     take samples of float64 become float32, too, which training is done in.
//  3. Operator sets before 17 are upgraded ([onnxio.Upgrade]).
//  4. Weights that stand in Constant nodes become initializers, those in the
//     bodies of If and Loop too. Parameters that an exporter merged because
//     they start alike, all ones or all zeros, become several again. [Merged]
//     names them; [Tied] leaves them as they are, for derivatives of a model that
//     is not trained.
//  5. Round by round, until nothing changes: shapes and constants are inferred,
//     and every node of the table in table.go is rewritten. If with a known
//     condition becomes the branch taken; Loop and Scan with a known number of
//     steps are unrolled, and so are RNN, GRU and LSTM; fused operators of
//     com.microsoft, the attention operators and rotary embeddings become what
//     they fuse. Tensors that go through sequences or optional values are taken
//     from where they were put in.
//  6. Arithmetic on constants, most of it about shapes, is replaced by its
//     result, and what nobody uses any more goes.
//
// Inputs, outputs and initializers keep their names, so that trained weights
// can be put back into the model as it was.
//
// # Quantized models
//
// Weights that stand in the model as integers, in front of a DequantizeLinear,
// become floating-point initializers named after what that computes: four times
// the size of int8. QLinearConv, MatMulInteger and their like become products
// of such weights and of dequantized values. What is quantized while the model
// runs stays so, by QuantizeLinear and DequantizeLinear: a model computes what
// it did before, and package autodiff goes straight through the rounding.
//
// # What is left alone
//
// A node that cannot be rewritten stays as it is, and [Model] says why: it does
// no harm unless something to be trained lies above it, which is for package
// autodiff to find out. Caches of past keys and values are left alone, and
// sequences of which the places or lengths depend on data.
//
// # Unrolling
//
// Unrolled graphs hold a copy of a body for every step. That is exact and fast
// for the lengths at which recurrent networks are trained, and it keeps
// differentiation free of loops, but it costs memory of the order of the
// number of steps: at most [MaxSteps] are written. The number must be known
// from the shapes; a symbolic batch is no obstacle. Initial states that are
// known to be zero are left out.
package lower
