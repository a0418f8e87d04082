// Package linear fits linear models: ridge regression and logistic regression
// of two or more classes, with a penalty that held-out rows choose.
//
//  1. [Collect] takes the rows of a table into memory, dense, or sparse where
//     most numbers of a column are the same.
//  2. [Problem.Choose] fits along a path of penalties, from strong to weak, and
//     keeps the one whose loss on rows that it was not fitted to is least:
//     rows set aside for it, or folds of the training rows in turn.
//  3. [Model.Scores] predicts.
//
// # What is minimised
//
// With weights w_i of rows, columns x̃ less their mean, outputs K and the factor
// q_j of column j,
//
//	F(W, b) = 1/S [Σ w_i ℓ(y_i, Wᵀx̃_i + b) + α/2 Σ_jk q_j W_jk²],  S = Σ w_i
//
// so that α is one over the C of other programs, and b is free. The losses ℓ
// are half the squared error, the logarithmic loss of one output in {0, 1} and
// that of K classes with a softmax. All are convex, so that there is one
// minimum. With α > 0 it is finite for separable classes too; a class without a
// row has an intercept that falls until its probability counts no more.
//
// # How
//
// By Newton's method: the system of each step is solved by conjugate gradients
// with products of the Hessian and a vector, so that nothing is stored beyond
// the rows and wide sparse problems cost what their numbers cost (R. S. Dembo
// and T. Steihaug: Truncated-Newton algorithms for large-scale unconstrained
// optimization, 1983). For squared errors that is one step, the normal
// equations.
//
// Where dense rows are fewer than half their columns, or little more, as those of a few images are, they are fitted
// in an orthonormal basis of what they span: row i of the Cholesky factor of their inner
// products has at most i numbers, and objective, penalty and minimum stay as they are.
//
// Sums run over fixed pieces of the rows in a fixed order, however many
// processors there are: equal rows give equal bytes on one machine.
package linear
