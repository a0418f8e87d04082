// Package evaluate judges samples by models, trained here or anywhere: the
// loss, correctness, prediction and confidence of every sample, as rows of a
// loss table.
//
//  1. A [Form] says how a model is used: how its inputs are scaled and laid out,
//     what its outputs mean. [FormOf] reads it from the metadata of a model
//     trained here ([Describe] writes it there); for others [Guess] goes by the
//     graph and the data, and what the caller says comes first.
//  2. [Open] prepares a model for a form, [OpenAll] for those of several domains
//     in one session.
//  3. [Model.Judge] runs it over a split of a domain and appends to a loss table
//     rows like those of a run.
//
// [Panel.JudgeFiles] does all that for models in files and several domains, and
// [OpenFor] reads the data that a model is to judge.
//
// [OpenFaster] lets kernels compute convolutions, channels last and with batch
// normalisations folded into them. Before they judge a split they must agree with the
// model as it is, on its first samples, to a thousandth of the largest output.
//
// # Matching
//
// Classes, labels and targets are matched by name: a model may know more of
// them than a domain has, and in another order. That order is what the caller
// says, or the model itself (classifiers of ai.onnx.ml, a ZipMap, metadata such as
// "names"), or the study; else the domain's, which is a guess where numbers are
// sorted otherwise than text: [Model.Order] then says what each would give. Inputs are scaled as the model
// learned them, not as the domain at hand would be, for that is what happens
// when a model meets a plant that it has not seen.
//
// # Losses
//
// They are those of training without weights and smoothing, in double
// precision: cross entropy of classes, mean over the known labels of the binary
// cross entropy, and mean over the known targets of the squared (or Huber's)
// loss in standard units of the domain at hand, so that they compare with those
// of the domain's own models. A probability of 0 counts as the least positive
// float32, 1.4e-45: models that give probabilities have no larger loss than 103.
// Of quantized models, which give probabilities in steps, 0 counts as half a step,
// for it stands for all that is less: the loss is 6.2 with the steps of 1/256 that
// quantizers choose.
package evaluate
