// Package autodiff differentiates ONNX graphs in reverse mode: it appends the
// nodes that compute gradients to the graph that they are gradients of.
//
// # How it works
//
// [Gradient] is given seeds, the cotangents of some values, and the values
// with respect to which gradients are wanted (wrt).
//
//  1. A pass over the nodes in order marks the active values: those of a
//     floating-point type that depend on a value of wrt.
//  2. One loop over the nodes in reverse order visits every node that has a
//     cotangent for an output and an active input. It looks the operator up in
//     the table of rules and calls the rule's VJP of every active input, and
//     of no other: nothing is computed for data, labels or frozen parameters,
//     and no dead node is emitted.
//  3. The loop, not the rule, undoes broadcasting: a rule hands back a
//     cotangent in the shape of the output (rule.spread says which shape that
//     is) and the loop sums it down to the shape of the input.
//  4. The loop collects the cotangents of every value from all of its
//     consumers and adds them up when it comes to the node that computes it.
//
// Nodes that are equal in operator, inputs and attributes are emitted once per
// call, so that rules may say the same thing twice: the VJPs of a node's
// inputs share their common terms without knowing of each other.
//
// # Vocabulary
//
//   - cotangent of a value v: the derivative of the objective, or of whatever
//     the seeds are derivatives of, with respect to v; it has v's shape.
//   - VJP (vector-Jacobian product): what turns the cotangent of a node's
//     output into that of one of its inputs.
//   - rule: the VJPs of one operator as its operator set defines it from one
//     version on. The table in table.go holds all of them.
//   - active: depending on a value of wrt. trainable: active for wrt = all
//     parameters, see [Trainability].
//
// # What is emitted
//
// Rules emit standard ai.onnx operators only, as versions 13 to 26 of the
// operator set define them (versions below 16 lack the scattering that the
// rules of Gather and its relatives emit; these say so). Shapes must be
// static wherever a rule needs one. The forms are those that ONNX Runtime runs
// fast on a CPU:
//
//   - Transposes are folded into Gemm's transA and transB.
//   - A convolution's weight gradient is a convolution with one group per
//     sample, its input gradient at stride 1 a convolution with the flipped,
//     transposed weight (conv.go). In one dimension the weight gradient is one
//     matrix product over samples and positions (convtaps.go).
//   - Pooling windows that tile their input are undone by comparing and
//     broadcasting, not by scattering (pool.go).
//   - Sums over several runs of axes go run by run, innermost first.
//   - A batch normalisation's input gradient is put together by two further
//     batch normalisations, each of which is one pass (norm.go).
//   - Relu's mask is a HardSigmoid of the largest slope (activation.go).
//
// # Where a derivative does not exist
//
// At a kink the rules take the slope that PyTorch takes: Relu has slope 0 at 0
// (and, in float32, less than 1 where it gives less than 3e-39), LeakyRelu
// alpha, Abs 0; Clip passes its cotangent on at its bounds. Where several
// operands of Max or Min, or several elements of ReduceMax or ReduceMin, are the
// largest, they share the cotangent equally. So do those of a MaxPool or
// GlobalMaxPool window whose windows tile the input; where windows overlap the
// first of them gets all of it. PyTorch always picks the first in a window.
// Ties are common after Relu, but only at 0, where Relu stops the gradient
// anyway.
// Sign, Floor, Ceil and Round have slope 0 everywhere. QuantizeLinear passes its
// cotangent on as if it did not round, where the number is within the range of
// the integers: a straight-through estimator (quantize.go).
//
// # Limits
//
// testdata/docs/operators.md lists the operators with their limits. Control
// flow, recurrent networks, fused operators and model-local functions are for
// package lower to take apart first, and so are sequences.
package autodiff
