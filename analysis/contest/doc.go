// Package contest compares ways of weighting domains at equal tuning and equal time.
//
// Published comparisons often tune the new method and leave the old ones as they are.
// Here every method of package weighting gets the same:
//
//  1. Time. The time of a step is measured for each method on the study's own model and
//     machine ([Cost]); who takes r times as long for a step trains 1/r of the study's
//     epochs.
//  2. Tuning. Each method has the same number of candidates: its defaults at the
//     study's learning rate, and random settings with learning rates around that.
//     Successive halving trains all of them for a ninth of the time, the best third for
//     a third, and the best of these for all of it; they are ranked by validation
//     samples ([Better]) with one seed. Methods without settings spend theirs on
//     learning rates, static weights on weights.
//  3. Test. The best candidate of each method is trained anew with fresh seeds, and
//     tested on samples that chose nothing.
//
// Controls are random weights (rlw) and static ones, twice. Once they are tuned like all
// others, with as many draws as each method, the first of them equal weights at the study's
// rate. Since they have more numbers to find than most methods, one for each domain, and
// since whoever tries many methods has searched more than one, they are also tuned with the
// budget of all M methods together (static-long): M times as many candidates in every
// round, which in the last are M/3 with three seeds each, so that a lucky seed does not
// choose, and the one that the small budget ended with beside them. What beats only the first was perhaps just searched for harder. What is compared is the mean over domains of the logarithm of the test loss:
// a difference of −0.1 is a loss lower by a tenth of each domain. Runs of one seed start from the
// same trunk with the same order of samples, so that differences are taken seed by
// seed. Their variance has a part of seeds and one of test samples:
//
//	V = s²/K + Σ_d var_i(ā_i/A − b̄_i/B) / (n_d·D²)
//
// with the losses a_i, b_i of sample i of domain d, averaged over seeds, and their
// means A, B. The variances s² of all methods against static weights are shrunk to each
// other (Smyth 2004), since K is small. The second part holds noise of seeds too, so
// that V is somewhat too large. Limits against static weights hold together for all
// methods; so do ranks: a method's rank is at best one behind those that are surely
// better, at worst one before those that are surely worse (Mogstad et al. 2024).
package contest
