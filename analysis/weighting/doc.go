// Package weighting decides how much each domain's loss counts in a joint
// training.
//
// The training objective is Σ_d w_d·L_d, where L_d is the mean loss of domain
// d over its rows of the minibatch. A [Method] gives the weights w:
//
//  1. Before a step, [Method.Weights] fills in w for that step. If the method is
//     [FromGradients], [FromGradients.WeightsFromGram] does, from the gradients of the
//     step itself.
//  2. After it, [Method.Observe] hears the losses L that the step reported.
//  3. After an epoch, [Method.EpochEnd] hears the mean losses of the epoch.
//  4. A checkpoint keeps [Method.MarshalState]; a method restored from it
//     continues exactly as if it had never stopped.
//
// [Methods] lists what there is, [New] makes a method by the name that a study
// gives it. Weights sum to the number of domains, so that the learning rate
// keeps its meaning whatever the method; with one domain its weight is 1. The
// exception is uncertainty weighting, whose weights are what the losses make
// them.
package weighting
