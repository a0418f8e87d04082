// Package artifacts writes what programs in any language need to train a model,
// or to differentiate it, with a stock ONNX Runtime: graphs, the tensors that
// training starts with, and a manifest that says what is what.
//
// [Open] reads a model, [Make] makes a [Bundle] of it, and Bundle.WriteFolder writes
// that into a folder.
//
// # Files
//
// To train, [Make], or [Training] of a compiled program, makes these:
//
//	train.onnx      one training step: batch, targets, tensors in; losses, next tensors out
//	eval.onnx       losses and predictions of any number of samples
//	model.onnx      the model to deploy; its weights are external data in parameters.bin
//	parameters.bin  parameters, and running statistics of batch normalisations
//	optimizer.bin   what the optimizer remembers
//	manifest.json   a Manifest: every input and output by role
//
// To differentiate, [Make] and [Gradient] make gradient.onnx, which computes a model's outputs and
// derivatives, and manifest.json. Its weights stay inside.
//
// # Tensors
//
// Elements are little-endian float32 in row-major order, as ONNX has them in
// raw data and external data: typed arrays in JavaScript, fread in C and
// numpy.fromfile read them as they are, and no language needs a parser. Each
// tensor begins at a multiple of 64 bytes, where the manifest says; in a file
// they stand in the order of the inputs of train.onnx.
//
// model.onnx refers to the same bytes. So a program that has trained writes
// parameters.bin again, and model.onnx is the trained model; with
// optimizer.bin it is a checkpoint from which training goes on. Write to
// another name and rename: a session may have mapped the file. To put weights
// into the model that training began with, the manifest names the initializer
// that each parameter comes from. Some exporters keep one initializer of several
// parameters that start alike, all ones say, and write Identity nodes for the
// others. These are trained apart, and the manifest says so: where is identity.
//
// # A training loop
//
//  1. Read manifest.json, and the tensors that it lists.
//  2. Open train.onnx. Feed every input by its role: a minibatch of exactly
//     Batch rows to data and target, 1 to loss_weights, the learning rate, the
//     number of the step from 1 up, and every tensor by its name.
//  3. Every output with a member feeds replaces the tensor of that name. No
//     buffer may be input and output of one run: the runtime may write a
//     parameter before another node has read it.
//
// # Limits
//
// Parameters are float32, also where those of the model were float16. One
// domain is trained; train.onnx has a fixed batch. Dropout in training mode draws
// its masks from a seed in the graph and the number of runs of the session: a
// program that opens train.onnx again to go on gets the first masks again.
package artifacts
