// Package onnxio holds ONNX models in memory: it reads, checks, edits, prints
// and writes them.
//
// The usual way through:
//
//  1. [Load] reads a file and the external data beside it; [Parse] reads bytes.
//     What the file says and these types do not model is carried along unseen,
//     so that [Save] and [Model.Marshal] write it back.
//  2. [Mend] sets right what other programs write against the rules and runtimes
//     put up with. [Check] says whether the model is valid, and if not, at which
//     node or value.
//  3. [InferShapes] gives the element type and shape of every value. Symbolic
//     dimensions such as the batch "N" are followed, also through the
//     arithmetic on shapes that exporters leave in graphs.
//  4. A [Builder] appends nodes to a graph and keeps names unique.
//  5. [Upgrade] rewrites a model for a newer operator set, [Specialise] settles
//     sizes and inputs that it leaves open.
//  6. [FloatOutputs] tells scores from labels and maps beside them.
//  7. [Print] lists a model for people, [Costs] counts parameters and
//     floating-point operations.
//
// # Vocabulary
//
// The words are ONNX's: a graph is a list of nodes, a node calls an operator
// on named values, an initializer is a constant of the graph, an operator set
// (opset) is a version of a domain's operators. The standard domain has the
// names "" and "ai.onnx".
//
// # The operator table
//
// What is known about operators stands in one table, a row per operator and
// version of its operator set that changed its signature:
//
//	{"", "Gemm", 11, "A B C? -> Y", "alpha:float beta:float transA:int transB:int", gemm}
//
// The signature and the attributes serve Check, the rule at the end serves
// InferShapes. Rows and rules of one family share a file, op_<family>.go. The
// table covers all standard operators up to operator set 26; sequences, maps
// and optional values have rows but no types in Go, and outputs of operators
// without a rule stay unknown.
//
// # Limits
//
// Files are not trusted. Malformed ones give errors, never panics; external
// data are read from the model's own folder only, and not through symbolic
// links; inference is bounded in time and memory. One file holds up to 2 GiB,
// see [SaveOptions].
//
// A model is plain data: functions here do not lock, and tensors may share
// memory with the file they come from. Nothing writes to [Tensor.Data].
package onnxio
