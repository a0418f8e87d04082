// Package gram turns the inner products of the domains' gradients into weights of
// their losses.
//
// Row i of a Jacobian J is the gradient g_i of domain i's mean loss, G = J·Jᵀ holds
// the inner products. A step along Σ w_i·g_i needs only the weights w, and all that
// the methods here want to know of gradients stands in G:
//
//  1. [New] checks a matrix and sets domains without a gradient aside: they have no
//     say in the direction, whatever their weight.
//  2. A method solves for the weights of the others. The functions return what the
//     papers define, in their scale.
//  3. [Matrix.Normalize] brings weights to the convention of package weighting: their
//     absolute values sum to the number of domains.
//
// Scales of gradients may differ by many powers of ten. Where a method's weights are
// equivariant to scales (Nash, IMTL-G) they are found on unit gradients; where a
// problem is a quadratic one it is solved with unit diagonal.
//
// Matrices of rank below n stand for linearly dependent gradients. Methods whose
// papers leave these open take the limit of G + ε·diag(G) as ε goes to zero, up to
// rounding.
package gram
