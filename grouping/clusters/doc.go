// Package clusters looks for groups of domains that are alike, in a matrix of
// gains or affinities whose entries may be negative and need not be symmetric.
//
// The recommendation of package grouping maximises what pools gain. Clusters
// answer another question: do the relations between domains fall into groups at
// all, whatever the number of models? Where several views of the same matrix
// agree with the recommendation, it rests on a pattern; where no view finds any,
// it rests on single figures.
//
//  1. [Symmetrise] makes one number of a pair: A(i,j) = ½(M(i,j) + M(j,i)), and
//     says how much of the matrix is lost by it.
//
//  2. [Agglomerate] joins domains to a [Tree], by average, complete, single or
//     Ward's linkage; [Spectral] cuts the graph of a normalised Laplacian;
//     [Relax] solves the semidefinite relaxation of the clustering that Grad-TAG
//     uses, with a bound that its solution is proved by.
//
//  3. [Look] does all of these, and gives for each the number of clusters with the
//     largest mean [Silhouette]; the gap statistic; a p-value against a null; and
//     how much of the clusters is left in draws of the matrix's errors.
//
// # When there are clusters
//
// A view has clusters where its contrast, the sum of squares of the pairs'
// entries that "within a cluster or not" explains, exceeds that of 95 % of
// reference matrices of a null, on each of which the same method chooses its
// number of clusters by the same rule. Otherwise the answer is that there are
// none. The null is one of two, and [Views] says which:
//
//   - Where errors are known ([Config].Errors), references are the mean of all
//     pairs plus a draw of the errors: pairs differ by error alone.
//   - Where they are not, references keep the effects of rows, A(i,j) ≈ m + r(i) +
//     r(j), and draw what is left anew, of the same sum of squares in a random
//     direction; contrast is measured on what is left. A domain that is good or bad company for all alike makes no cluster,
//     and with three or four domains nothing can be found.
//
// How often a view has clusters in tables without any stands in testdata/null.md.
//
// # Limits
//
// Silhouettes and dispersions need distances, for which max A - A(i,j) stands (see
// [Matrix.Distances]): a shift, so that zero, which means something for gains, means
// nothing here. A single pair that gains among many that do not is a small silhouette.
// Missing pairs are skipped by linkages, and count as the mean of the others
// elsewhere.
package clusters
