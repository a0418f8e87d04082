// Package merging makes one trunk of several that were trained apart from the same
// start, and finds what it is worth for each of their domains. Nothing is trained.
//
//  1. [Average], [Arithmetic] and [TIES] merge vectors of weights, the trunks of the
//     independent models of one seed.
//
//  2. [Try] does so for pools of a study's domains. Every domain keeps its own head;
//     the running statistics of batch normalisations are measured again on the
//     domain's training data (train.Point.Recalibrate); what counts is the loss on
//     its validation data, beside that of its own model there.
//
//  3. Pools that were trained are also merged and tested ([Judgement]): heads are
//     fitted again on training samples, loss tables are written as runs write them,
//     and package analysis measures the merged models as arms. Merged is held against
//     trained with its heads fitted again, since fitting a head again helps by itself
//     where models have become too sure of what they learned. A pool is as good
//     merged where it surely gains no less than the trained one minus a margin.
//
// The trials in merge.json are an estimate of what pooling would do, for package
// grouping/affinity to audit, and no gain; what is judged are gains.
//
// # Words
//
// With θ0 the start and θ_i the trunk that domain i was trained to, τ_i = θ_i − θ0
// is its task vector (Ilharco et al., Editing Models with Task Arithmetic, ICLR
// 2023).
//
// # Limits
//
// Averages of models mean something only while these lie in one valley of the loss:
// trainings that begin together, as runs of one seed do, and are not long, may stay
// in one. A model with one start is required; there is no search for permutations
// of channels. Low-rank adapters, which are merged into the weights of trained
// models, are refused. What a merged model is worth says less about a pool the more
// its members' own trainings went apart.
package merging
