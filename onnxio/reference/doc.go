// Package reference evaluates ONNX models slowly, in double precision, in plain
// Go.
//
// # What it is for, and what vouches for it
//
// Production computes constants with it: shapes and folded arithmetic (packages
// lower and rebatch, shape inference). Tests compare with it what runs in single
// precision, and take central differences of it to check gradients. It is no
// oracle: a mistake in its reading of an operator would be made in a folded
// constant and in the test of it alike. A second evaluator for tests would not
// help, for those who misread a specification once do so twice; witnesses from
// outside do. Every operator agrees with the ONNX project's own cases
// (TestConformance, which fails for one that is in none) or with ONNX Runtime, and
// most with both; what package lower folds and rewrites is run by ONNX Runtime
// before and after (TestLowering, TestRandomUses).
//
// # How a model is evaluated
//
//  1. [Eval] (and [Backend], which wraps it for callers of package exec) looks
//     every node up in one table, keyed by operator domain, name and the
//     operator set version that gave the operator its present meaning. A node
//     without an entry is an [ErrUnsupported] located by an
//     [onnxio.NodeError], reported before anything is computed.
//  2. Nodes run in the order of the graph. Every element type is computed in
//     one of three kinds: all floating-point types in float64, all integer
//     types in int64 (wrapped to their width after arithmetic), and bool.
//     Floating-point values are never rounded to their declared type in
//     between; Cast to a floating-point type does not round either.
//     QuantizeLinear divides in float32, for what it rounds to depends on that.
//  3. Outputs are handed back in their declared element type, so a float32
//     output is rounded once, at the end. With [Float64] even that rounding is
//     left out, which is what central differences need.
//
// # Vocabulary
//
// Movement of data is described by position lists: for every element of the
// result, where it lies in the source (see strided). Sliding windows are
// described by taps: for every position of the window and every element of
// the kernel, the element of the input under it (see window). Convolution,
// its transpose and pooling share taps, so they cannot disagree on padding.
//
// # Limits
//
// Strings, sequences, optional values, sparse tensors, model-local functions
// and control flow are not supported. Dropout in training mode needs random
// numbers that no two implementations share and is refused unless its ratio
// is zero. uint64 values above the range of int64 are not represented.
package reference
