// Package training turns a forward model into graphs that train it, evaluate
// it and measure it, made of ordinary ONNX operators that any ONNX Runtime
// executes.
//
// [Compile] goes through these steps:
//
//  1. Lower the trunk (package lower) and read it: its one data input, or all
//     of them with Config.OwnInputs, its one output (the features) and its
//     parameters, which are inputs with an initialisation rule or float32
//     initializers, or Constants that hold weights. Everything else stays as it
//     is.
//  2. Lay the trunk once over the joined minibatch of all domains, split the
//     features by domain and give every domain a linear head and a loss. With
//     Config.KeepHead the features are the scores.
//  3. Seed reverse-mode differentiation (package autodiff) with the
//     derivative of every domain's mean loss with respect to its
//     scores, which is known in closed form, times the domain's weight for the
//     trunk, and obtain one gradient per parameter.
//  4. Append the update of the optimizer. This is the graph Step.
//  5. Build Eval and Predict, forward only, for any number of rows, and Gradients,
//     Gram and Update, which are a step with one gradient of the trunk per domain.
//
// [Program] says what goes into each graph and what comes out. Learning rate,
// loss weights and the number of the step are inputs, so that [Schedule]s and
// weightings are plain Go and never need another compilation. Every emitted
// graph has passed [onnxio.Check].
//
// [Differentiate] goes without all this: it adds to any model the derivatives
// of its outputs, or of a loss, by whatever is asked for.
//
// # Vocabulary
//
// The trunk is what domains share; a head is the linear layer of one domain:
// scores = features·Wᵀ + b, with parameters named HeadWeight and HeadBias.
// Scores are logits under [CrossEntropy] and [BinaryCrossEntropy] and values
// under [SquaredError] and [Huber].
// State is what an optimizer remembers between steps (velocities, moments); it
// starts at zero. Buffers are the running statistics of batch normalisations,
// which a step moves without a gradient.
//
// A whole model may also give scores for every token or pixel: see
// Domain.ClassAxis.
//
// # Batch normalisation
//
// Every BatchNormalization of the trunk is trained, whatever mode it was
// exported in: see [BatchNorm] for whose statistics it uses. Scale and bias are
// parameters. Running statistics start from what is stored and follow the
// minibatches at the node's momentum, with the unbiased variance, as PyTorch
// does and ONNX does not; nodes that start from one tensor keep statistics of
// their own. A node whose mean has the rule "frozen" goes on normalising with
// what is stored.
//
// # Adapters
//
// [Config].DomainAdapters gives every domain a scale and a shift of its own for the
// channels of every layer, so that domains whose inputs differ in kind share weights
// all the same. They are few: two numbers a channel and domain.
//
// # Dropout
//
// A Dropout that was exported in training mode drops elements in Step and Gradients,
// with a seed of its own, so that a training repeats from its start; [Reseed]
// makes it go on from elsewhere. Eval, Predict and Differentiate hand everything
// on. Nodes that draw numbers in every mode, such as RandomNormalLike, have seeds
// in all graphs; gradients end at them.
//
// # Frozen parameters
//
// What Config.Freeze matches, or the trunk marks under FreezeProperty, stays as
// it starts. It is an input of the graphs all the same, so that a run can draw
// it, or the weights of a model file fill it. Gradients are computed above the
// lowest parameter that trains only; with a wholly frozen trunk a step goes
// through the trunk forwards. [Preview] says what patterns match and what a step
// then costs.
//
// # Trunks
//
// Rules for parameters stand in the model's metadata under
// "sharewise.init/<parameter>": see [Init]. An initializer without a rule
// starts at its value, as an exported, trained model wants it. Initializers
// are constants, and stay in the graph as they are, if they are scalars, are
// not float32, have the rule "frozen", or feed an input that is a setting rather than a weight
// (Resize scales, Pad values, bounds of Clip and the like).
//
// A trunk may import version 6 of the standard operators or any later one that
// package autodiff knows. One older than 17 is upgraded first; emitted models
// import the version that results and have IR version 8 to 10.
//
// A trunk exported for a batch of one size is freed of it (package rebatch); so
// is one that declares any size and has one written down inside.
//
// # Limits
//
// Training is in float32. Control flow that package lower cannot unroll is not
// supported, nor are operators without a rule in package autodiff where a
// parameter lies above them; errors say why package lower left a node.
package training
