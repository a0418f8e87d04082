// Package exec says what it takes to run an ONNX model, and leaves the running
// to others.
//
// A [Backend] opens a model and gives a [Session]. There are two of them:
// package ort runs models in ONNX Runtime and is the one that trains; package
// reference evaluates them in plain Go, slowly, in double precision, for
// constants and for tests. Code that takes a Backend runs on either, needs no C
// compiler and can be tested without ONNX Runtime.
//
// There are two ways to run a session:
//
//  1. [Session.Run] takes inputs by name and allocates the outputs. It fits
//     work that is done once, and models whose output shapes are not known
//     beforehand.
//  2. [Session.Bind] fixes the memory of inputs and outputs once; each
//     [Binding.Run] then computes from and into the same slices, without
//     allocation. It fits training: two sets of parameters and two bindings,
//     one from A to B and one from B to A, used in turn. One set does not do,
//     because a backend may write an output before the last read of an input;
//     tensors that are both are refused.
//
// # Vocabulary
//
// A [Tensor] is dense and in row-major order. Its shape is a list of sizes; an
// empty list is a scalar with one element, and a size of 0 makes a tensor with
// none. Element types are the Go types of [Element], which stand for ONNX's
// float, double, int64, int32, uint8 and bool. Other types (strings, half
// precision, sequences) are not supported and give errors that match
// [ErrTensor].
//
// # Ownership
//
// Tensors belong to whoever made them. A session keeps no reference to the
// inputs of Run; a binding keeps its tensors reachable until it is closed.
// Bindings are closed before their session.
package exec
