// Package linearise estimates what pools of domains would be worth from one joint
// model and a linear model of its neighbourhood. Nothing is trained but regressions.
//
//  1. At the joint model θ*, [Try] takes the loss ℓ_i of some training samples of
//     every domain and its gradient by the parameters of the trunk, sample by sample:
//     a minibatch of one. (The other way, derivatives of all samples at once along
//     every one of d directions, takes d passes forwards for the samples, where this
//     takes the work of three, at the price of small batches.)
//
//  2. A loss is read as a function of one number that is about linear in the
//     parameters, ℓ = h(f): see [Link]. ∇f = ∇ℓ/h'(f).
//
//  3. Gradients are projected to d numbers, x_i = Pᵀ∇f_i, with P of signs ±1/√d by
//     chance (Rademacher), which keeps their products up to an error of order 1/√d.
//     P is never held: its rows are made again from a seed, block by block.
//
//  4. For a subset S of domains, coefficients w minimise the regularised loss of the
//     linear model,
//
//     Σ_{j∈S} mean over i of j of h(f_i + x_i·w) / |S|  +  ½λ|w|²,
//
//     by Newton's method. The parameters are then θ_S = θ* + P·w.
//
//  5. One true evaluation: the loss L_j(θ_S) of every member on validation data, with
//     the joint model's heads and statistics.
//
//  6. The affinity of source i for target j is the mean over random subsets that hold
//     both of −log(L_j(θ_S)/L_j(θ_{j})).
//
// This is Grad-TAG (Li, Sharma, Zhang: Scalable Multitask Learning Using
// Gradient-based Estimation of Task Affinity, KDD 2024), with these choices of ours:
// the logarithm of the losses' ratio, the penalty λ, which is the one of a few that
// serves domains alone best on validation data, and pairs that no random subset holds
// as subsets of their own.
//
// # Limits
//
// It tells how domains pull at a model that has seen all of them, and no gain. It
// needs the arm of all domains, and holds one projection of each sample that it
// uses, and gradients of a few.
package linearise
