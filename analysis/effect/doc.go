// Package effect measures what an arm did to the test samples of one domain:
// transfer, interference, seed floors and gains of two sets of runs, with
// intervals that allow for few runs.
//
// It knows nothing of tables, studies or names of samples: it takes numbers of
// samples by runs, and needs only the standard library and gonum.
//
//  1. [Runs] holds what K runs did on n samples: which they had right, their
//     losses, their scores. One Runs is of the independent models, one of the
//     arm's; row i of both is the same sample.
//  2. [Compare] holds one against the other. [Comparison.Effect] and
//     [Comparison.Gain] are read off the same count table and moments, which are
//     computed once.
//  3. [Placebo] is the same for independent runs against each other.
//  4. What cannot be said is NaN (null in JSON), and a warning says why.
//
// # Statistics
//
// The seed paper (Zhang, Hayes and Kanan: Disentangling Transfer and
// Interference in Multi-Domain Learning, arXiv 2107.05445) proposes to look at
// transfer and interference sample by sample. Its exact formulas were not
// available to us: the definitions below are our own.
//
// For test sample i let p be the probability, over everything that a seed
// changes, that an independent model is right, and q that the arm's model is.
// There are K independent runs and K' of the arm, of which shares p̂ and q̂ are
// right. Means are over samples.
//
//	target        T = mean max(q-p, 0), I = mean max(p-q, 0); T - I = Δ, the
//	              change of accuracy. With few runs T and I are not identified
//	              by the data, only bounded.
//	raw flips     R_T = mean (1-p̂)q̂, R_I = mean p̂(1-q̂)
//	floor         F = ½ mean[K/(K-1) p̂(1-p̂) + K'/(K'-1) q̂(1-q̂)]: the mean of
//	              R_T and of R_I if sharing does nothing
//	excess        E_T = R_T - F, E_I = R_I - F: unbiased for
//	              ½ mean[(q-p)² ± (q-p)], and never above T, I in the mean;
//	              S = E_T + E_I is unbiased for mean (q-p)²
//	cross-fit     leave one run of each arm out; the others decide whether q or
//	              p is larger (a tie counts 0), the left-out pair measures the
//	              difference; mean over all pairs. Never above T, I in the mean
//	bounds        max(0, ±Δ, excess, cross-fit) ≤ T, I ≤ ½(±Δ + √S), with
//	              limits of confidence: bound_lo, bound_hi; and p, how likely
//	              such lower limits are where T or I is zero (see bounds.go)
//	estimate      EM for the joint distribution of p and q on a grid, cut to the
//	              bounds; indicative only (see em.go)
//	changed       the share of samples with p ≠ q is at least
//	              max(S, (crossfit_T + crossfit_I)²/S)
//	normalised    T / mean(1-p), I / mean p
//
// A raw count of flips must never be shown without its floor. For example, at
// an accuracy of 0.71 and a true T of 0.009 the raw count can read 0.133, of
// which 0.130 is floor.
//
// # A worked example
//
// Ten samples under two independent runs and two runs of an arm. The count
// table, samples by number of right runs:
//
//	                      arm: 0   1   2
//	independent   0            .   .   2     helped
//	              1            .   2   .     undecided
//	              2            1   .   5     harmed; always right
//
//	accuracy      mean p̂ = (2·½ + 1 + 5)/10 = 0.7, mean q̂ = (2·½ + 2 + 5)/10 = 0.8
//	Δ             0.8 - 0.7 = 0.1
//	R_T, R_I      (2·1 + 2·¼)/10 = 0.25, (1·1 + 2·¼)/10 = 0.15
//	F             ½(2·½ + 2·½)/10 = 0.1: only undecided samples, 2·½·½ each
//	E_T, E_I, S   0.15, 0.05, 0.2
//	cross-fit T   (2·1 - 2·¼)/10 = 0.15. A helped sample counts 1. Of the four
//	              pairs of an undecided one, one is (wrong, right) while the
//	              others say harmed, and one is (right, wrong) while they say
//	              helped: -¼ each for I and T
//	cross-fit I   (1·1 - 2·¼)/10 = 0.05
//	changed       max(0.2, 0.2²/0.2) = 0.2: at least two of ten samples
//
// # Losses
//
// The same measures exist for losses: of regression, of tables without
// correctness, and of any domain on request ([Options].Measure). Correctness is
// the special case of a loss of 1 where a run is wrong and 0 where it is right:
// every formula below then is the one above. Let a_k and b_k' be the losses of a
// sample under the independent runs and the arm's, and d = E a - E b the fall of
// its expected loss.
//
//	target        T = mean max(d, 0), I = mean max(-d, 0); T - I = Δ, the fall of
//	              the mean loss: positive is better, as for correctness
//	raw           R_T = mean of max(a_k - b_k', 0) over pairs of runs, R_I of
//	              max(b_k' - a_k, 0)
//	floor         F = ¼ mean(|a_k-a_l| + |b_k-b_l|) over k ≠ l
//	excess        E_T = R_T - F = ½Δ + ½ mean(E|a-b| - ½E|a-a'| - ½E|b-b'|) in the
//	              mean. The bracket is an energy distance (Székely and Rizzo):
//	              zero only if the losses of a sample have the same distribution
//	              in both arms. It so sees changes of spread too, and bounds
//	              nothing
//	S             mean[(ā-b̄)² - s_a²/K - s_b²/K'] with the variances s² over
//	              runs; unbiased for mean d²
//	cross-fit     as above: the other runs decide whether the loss fell
//	bounds        max(0, ±Δ, cross-fit) ≤ T, I ≤ ½(±Δ + √S). The grid of the upper
//	              bound is counted in mean(a_k-b_k')² / mean|a_k-b_k'|, a length
//	              that is 1 for losses of 0 and 1
//	estimate      the cross-fitted figure, cut to the bounds. There is no EM. It
//	              leans low, by as much as other runs err about the direction
//	normalised    T and I relative to the independent mean loss
//
// Everything is in the units of the losses. For example, four samples under two
// independent runs and two runs of an arm:
//
//	          independent   arm      d̂    R_T   R_I   F    S   cross-fit T, I
//	sample 0       4, 6     1, 3     3     3     0    1    7      3      0
//	sample 1       1, 3     2, 2     0     ½     ½    ½   -1     -½     -½
//	sample 2       1, 1     2, 4    -2     0     2    ½    3      0      2
//	sample 3       2, 2     2, 2     0     0     0    0    0      0      0
//	mean                             ¼     ⅞     ⅝    ½   2¼      ⅝      ⅜
//
// so that Δ = ¼, the excesses are ⅜ and ⅛, and T lies between ⅝ and
// ½(¼ + √2¼) = ⅞, leaving confidence aside.
//
// # Intervals
//
// A run moves many samples together. Intervals of Δ, F, R, E, S, cross-fit and
// gains come from a two-way jackknife over samples and runs (see jackknife.go),
// with Student's t. Where samples come in groups (track, board, patient), a
// group is one observation; few groups have few degrees of freedom. With two runs
// on a side, intervals hold for these very runs only and a warning says so, but for
// those of gains where other comparisons of the study tell how runs vary
// ([Gain].Told; at least six degrees of freedom in all: simulated with 3, 6 and 12
// domains, they hold the truth in 95 % and more). With one, comparison is refused.
//
// How much more than independent samples runs vary, three runs hardly tell.
// [Moderate] lets all comparisons of a study tell it together (dispersion.go):
// limits of three runs then come near those of many, and stay honest where they
// are narrow. Simulated in whole studies (BenchmarkStudyCoverage, table in
// testdata/coverage.md); a comparison by itself has wider limits, that hold the
// truth in up to 99.9 % where few runs hardly differ.
//
// Where fewer than twenty samples changed, limits allow for changes that a test
// set of this size would miss (fewchanges.go): nothing seen is no certainty.
//
// Among many gains some exclude zero by chance. [Discoveries] and [Simultaneous]
// say what holds of all together, [Together] how far those of one domain err
// together, and [AcrossDomains] those of different domains, since the runs of a pool
// serve all its members.
//
// Simulated by itself (BenchmarkCoverage; nominal 95 %, accuracy 0.71, 1000 samples,
// K = K' = 3, 5, 10, run effects that move accuracy by 0, 0.65 and 2.6 points,
// no, sparse and dense effects): Δ, F, R and E between 93 and 98 %, the bounds
// at least 97 %, the lower limit of the cross-fitted bound above T in at most
// 2 %, the test of no effect rejects in at most 5 % where there is none.
//
// Losses were simulated likewise (BenchmarkLossCoverage; 1000 samples, K = K' =
// 3, 5, 10; log-normal and gamma losses, run effects that move the mean loss by
// 0, 2 and 10 %, squared errors of runs that differ by functions of rank 3):
//
//	Δ and E         93 to 99 %, also for heavy tails, shared seeds and groups
//	F and R         92 to 99 %; 90 to 93 % where a few samples bear most of the
//	                loss (log-normal with a deviation of 1.5), and for 200 groups
//	                of five (91 to 94 %). A warning names such losses
//	S               86 to 99 %, 76 % for groups: no interval of it is shown
//	bounds          at least 97 %. With few groups less: 93 % for 16 groups and
//	                89 % for ten, both at ten runs; a warning from 19 down
//	cross-fit       its lower limit lies above T in at most 2.7 ± 0.5 %
//	estimate        a third to two thirds of T where most samples change a
//	                little, about T where a few change much
//	no effect       rejected in 4 to 6 % where there is none, nominal 5
//
// Where arms share seeds ([Options].SharedSeeds), cross-arm pairs of one seed are
// left out of raw, floor and S, the jackknife leaves a seed out of both arms, and
// the variance of the runs has K-1 degrees of freedom. The cross-fitted bound is
// measured by the two runs of one seed, whose difference has the mean q-p whatever
// they have in common, while the runs of all other seeds decide; so it has limits
// from three seeds on. The estimate by EM takes arms for independent nevertheless.
// [Pairing] says how far chance moves the runs of one seed alike. It is measured
// and never assumed: the jackknife sees the differences themselves.
//
// Simulated (500 repetitions of 500 samples; run effects that move accuracy by
// 0.65 and 2.6 points and correlate by 0, 0.7 and 0.9 within a seed, and in step
// with them the outcomes of samples; no, sparse and dense effects; nominal 95 %):
//
//	                        K = K' = 3     K = K' = 5     K = 8, K' = 3
//	Δ, correlation 0        90 to 97 %     94 to 96 %     92 to 97 %
//	Δ, 0.7 and 0.9          92 to 98 %     93 to 98 %     94 to 97 %
//	E, 0.7 and 0.9          91 to 97 %     93 to 98 %     94 to 97 %
//	bounds, 0.7 and 0.9     at least 96 %  at least 97 %  at least 97 %
//	cross-fit above T       at most 2.4 %  at most 2.2 %  at most 2.4 %
//
// The mean width of Δ for large run effects falls from .18 to .11 and .08 as the
// correlation rises at K = 3, and from .10 to .06 and .045 at K = 5. With
// independent runs beyond the common seeds (8 and 3) it is .11, .10 and .09: where
// runs of one seed move together closely, these only add noise of their own.
//
// Where seeds were tested on other samples each, as the folds of a cross-validation
// are, samples' part of the variance comes from within folds and the rest from
// between them (folds.go, simulated in testdata/folds.md).
//
// # Tests and calls
//
// The test of no effect permutes arm labels of runs with S as statistic, on
// losses too. Its smallest p is 0.10 at K = K' = 3, 0.029 at 4 and 0.008 at 5.
// Two runs of one seed that have streams in common can only change places, which
// is exact whatever they have in common: with K such seeds there are 2^K
// labellings, each as likely as its mirror image, so that the smallest p is 0.25 at
// K = 3, 0.063 at 5, 0.031 at 6 and 0.002 at 10. Intervals gain by such seeds
// what this test loses.
//
// Samples are called helped or harmed by Fisher's exact test on their counts,
// with the procedure of Benjamini and Hochberg among the m samples whose
// smallest attainable p is at most alpha. That needs r ≥ p_min·m/alpha samples
// at the smallest p, else calling is refused and the lists are exploratory:
// samples by their shrunk change. On losses the p of a sample is that of the
// exact permutation of its runs' labels; beyond 24 runs in all, labellings are
// drawn.
//
// Where samples come in groups, single samples are called all the same, and the
// groups that they are of are counted: the p of a sample rests on its own runs,
// and groups make samples move together, under which the procedure keeps its
// rate (Benjamini and Yekutieli 2001, positive dependence). Simulated with 60
// groups of 10 and 12 of 50 that move almost as one (K = 5 and 6; none, one and
// six of them helped): at most 1.3 % of calls were false on correctness, 3.8 %
// on losses, nominal 5.
//
// The placebo is the same table for independent runs against each other.
//
// # Gains
//
// The gain of a domain from a pool is the relative reduction of its own
// independent error (or loss, for regression), 1 - e_pool/e_independent, so
// that domains with different metrics add up; the absolute figure stands
// beside it. The measure says what error that is:
//
//	correct   the share of samples that are wrong
//	balanced  the mean over classes of that share: every class counts the same
//	auc       1-AUC, of two classes: the share of pairs of a positive and a
//	          negative sample that are ranked in the wrong order
//	loss      the mean loss
//
// Where the domain's own models do next to nothing wrong, a relative gain is
// relative to a floor (floor.go, Options.Floor), and [Gain].Floor says so: else one
// such domain would have gains of minus many thousand per cent and outweigh all
// others.
//
// 1-AUC and the balanced error are no means over samples, but have a linear form
// that is (class_errors.go), so that the same two-way jackknife gives their
// intervals: between samples the variance of DeLong, DeLong and Clarke-Pearson,
// or that of a stratified mean, in which groups count as one.
//
// Transfer and interference ask what became of single answers. Under auc and
// balanced they still count answers by correctness, each sample the same: what
// one answer is worth in such an error depends on the answers to others, and
// there is no AUC of a sample. They then say what changed at the division of
// classes that training chose, which with a rare class can be nothing while
// ranks change; gains say the rest.
//
// Simulated (BenchmarkClassCoverage; nominal 95 %; 200 and 1000 samples of which
// one in 20 or one in 5 is positive, K = K' = 3, 5, 10, run effects of 0, 0.1 and
// 0.3 in units of the spread of scores, no effect and one that saves a third of
// 1-AUC):
//
//	auc       relative gain 93 to 98 %, and 92 to 94 % for an effect with ten
//	          positive samples; a warning names classes of fewer than 20
//	          samples (groups). The rise of AUC 94 to 98 %
//	balanced  94 to 98 %, the rise of balanced accuracy too
//	width     50 positive samples and small run effects: the relative gain in
//	          AUC ± 25 points with 3 runs and ± 10 with 10; large run effects
//	          ± 60 and ± 25
//
// Losses are unbounded. Where one sample, or at most one in a hundred, bears
// more than two thirds of the variance of a gain in losses, or more than half of
// the mean loss that it is relative to, it is named with what the gain is without
// it ([Gain.Carriers]; on log-normal losses of
// deviation 1, whose largest of 200 is 15 times the median, in 7 % of gains),
// as [Carriers.Decisive] says where that is another answer. Nothing is cut unless
// the caller asks for it by [Runs.CapLosses]; gains and effects then name the cap.
//
// # Limits
//
// At most 64 runs per arm.
package effect
