// Package imbalance says what unequal numbers of training samples have to do with
// interference, and how many samples of its own a domain would need to do without
// sharing, from the same study trained on other numbers of samples.
//
//  1. [Judge] takes the results of a study, and of the same study with other limits on
//     training samples. [Level] is one of them.
//  2. A domain's gain in the study that gives all domains as many samples, less its gain
//     at the numbers given, is what imbalance takes from it ([Domain].Part). Equal
//     numbers also mean fewer samples for most domains: the part holds that too, and
//     gains at other levels, in proportion, tell how much of it.
//  3. How the error of a domain's own models falls with its own samples (economics.
//     FitLearning), and its gain from sharing, tell how many own samples are worth what
//     the others' are: where errors fall as n^-p, a gain g is worth n·((1-g)^(-1/p) - 1)
//     samples, and one of the others' m by the m-th part of it ([Rate]). What lies beyond
//     the numbers measured is not said.
//
// Limits take runs of different studies as independent; they share test samples, so
// that limits of differences are wide rather than narrow.
package imbalance
