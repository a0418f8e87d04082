// Package retrain goes on training an exported model, from whatever program, on
// one data set, and writes what comes of it as an ONNX file.
//
//  1. [Open] reads model and data, and plans the one run. The model's last linear
//     layer, or what follows another value, is replaced by a new head; or its
//     outputs are kept, see [Config].
//  2. [Training.Order] tells of a kept head when the order of its classes is a
//     guess; [Training.Compile] says what cannot be trained. Both may be left out.
//  3. [Training.Run] trains, with the engine that studies use, and writes the
//     trained model, or the given one with the trained weights in it.
//
// A run that is stopped, also by force, goes on from its last checkpoint when
// Run is called again with the same configuration and work folder, and gives the
// same bytes.
//
// The trained model says in its metadata how it is used, so that package evaluate
// judges by it. A model into which weights were put back says nothing: it has the
// nodes, names and types of the file that was given.
package retrain
