// Package rebatch frees a model from the number of samples that it was exported
// for. Most exporters write that number down, above all the batch of one of an
// example: in targets of Reshapes, shapes of Expands, initial states.
//
// [Model] follows the batch through the graph and writes the nodes anew that
// depend on its size:
//
//  1. Sizes of all values are worked out for the batch as it was exported.
//  2. Every value that depends on the data has a [place] where its batch is:
//     the dimension that contains it, and how many elements of this dimension
//     come before it. A batch of two as rows of three tokens, [2·3, 5], is in
//     dimension 0 with nothing before it.
//  3. For every node the table of rules says from which places it treats every
//     sample as the only one, and where the batch is afterwards. A sum over
//     the dimension of the batch is no such treatment.
//  4. Where the batch is not in such a place, another form of the value is made.
//     Often that is the same elements under another shape: the batch of [5,1,16]
//     as rows [5·4,4] may be inside of the first dimension or before the second.
//     A batch of one may also move by a transposition, or become a dimension
//     of its own before all others, and then nearly every operator can be
//     applied: to [N, …] with its dimensions counted from one further.
//  5. What results is inferred for other sizes and compared with what was
//     expected of every value.
//
// Nodes that treat any number of samples stay as they are, and so does the whole
// model where all do.
//
// # Vocabulary
//
// Size is the number of samples that the model was exported for. A value is
// the same for all samples if it depends on constants and parameters alone; it
// broadcasts, or is repeated as often as there are samples. One that has a row
// for every sample of the export must have equal rows, of which the first is
// taken. The form of a value is its name in the new graph with the place of its
// batch.
//
// # Limits
//
// Batch normalisation in training mode and quantization by the range of the data
// look at the whole minibatch, whatever its size: see [Mixes].
//
// All sizes but that of the batch must be known before the graph runs. A batch
// of more than one cannot be told from other dimensions by moving it, so what
// was exported for several samples must treat their dimension as one all the
// way. Operators without a rule, control flow among them, are refused where
// they depend on the data: lower the model first (package lower).
package rebatch
