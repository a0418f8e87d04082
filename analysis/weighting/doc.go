// Package weighting decides how much each domain's loss counts in a joint
// training.
//
// The trunk follows Σ_d w_d·L_d, where L_d is the mean loss of domain d over its rows
// of the minibatch; the head of a domain follows L_d, whatever the method: published
// code weighs heads with some methods and not with others. A [Method] gives the weights w:
//
//  1. Before a step, [Method.Weights] fills in w for that step. If the method is
//     [FromGradients], [FromGradients.WeightsFromGram] does, from the gradients of the
//     step itself.
//  2. After it, [Method.Observe] hears the losses L that the step reported.
//  3. After an epoch, [Method.EpochEnd] hears the mean losses of the epoch.
//  4. A checkpoint keeps [Method.MarshalState]; a method restored from it
//     continues exactly as if it had never stopped.
//
// [Methods] lists what there is, with formula, source and class of cost; [New] makes a
// method by the name that a study gives it. The absolute values of weights sum to the
// number of domains, so that the learning rate keeps its meaning whatever the method
// and no weight is beyond that number; with one domain its weight is 1. The exception
// is uncertainty weighting, whose weights are what the losses make them.
//
// Weights go into a step before its losses are known. Methods from losses therefore
// take those of the step before, of another minibatch than the one that they weigh:
// their weights do not favour the samples that happen to be hard. Methods from
// gradients get the losses of the step itself. A [Looks] hears the losses of the step's
// minibatch once more, after the step.
//
// Methods that need more than inner products of gradients ([FromJacobian]: DB-MTL and
// ExcessMTL) get the gradients themselves. What these remember is n·P numbers, for n
// domains and P parameters of the trunk: 4·n·P bytes in memory, and a third more in
// every checkpoint. Four domains and a trunk of ten million parameters take 160 MB.
package weighting
