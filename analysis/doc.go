// Package analysis turns tables of sample losses into transfer, interference,
// seed floors and gains, with intervals that allow for few runs.
//
// It needs no training and no ONNX Runtime: tables from anywhere will do. The
// statistics of two sets of runs are those of package effect, whose
// documentation defines every measure, with a worked example, and says how well
// its intervals hold. This package reads tables, brings their samples side by
// side, and judges what a study found.
//
//  1. [Compare] holds two tables against each other, domain by domain; what it
//     returns has the types of [Results], and the same names in JSON.
//  2. [Analyze] does it for all runs of a study and adds scores, gains for the
//     matrix of domains, a placebo, baselines and doubts; [AnalyzeFolder] does it
//     for a study's output folder.
//  3. [Results] is what was found. A [Key] of arm, rung, weighting and domain is
//     in every score, effect and gain, and [Results.Score], [Results.Effect] and
//     [Results.Gain] find what stands under one. [Results.WriteTables] stores
//     results as tables, and [ReadResults] reads them.
//  4. Of several sizes of model, [Capacity] says how errors fall with size, what the
//     next size would measure, what twice the parameters take off an error at
//     most, and at which size sharing turns from harm to help (package laws).
//     Gains at several sizes share their test samples ([effect.AcrossSizes]).
//  5. What cannot be said is NaN (null in JSON, see [effect.Number]), and a
//     warning says why.
//
// # What a domain is measured by
//
// Gains of a domain reduce an error of its own, which [DomainInfo.Measure] names.
// What a study leaves open follows from the task (see DomainInfo.measure): two
// classes of which the rarer one has less than a fifth of the test samples are
// measured by AUC, several classes of which one has more than four fifths by
// the balanced error, and so are domains whose training balances its classes by
// weights; a warning says so, and warns where gains count what training does
// not reduce.
//
// Losses are unbounded. Where a few samples decide a gain in losses
// ([effect.Gain].Carriers), results are doubted. Nothing is cut unless
// [Options].LossCap asks for it: losses of all arms then count at most as much as
// that quantile of the independent models' losses, and gains and effects name
// the cap.
//
// # Baselines
//
// Gains over weak models mean little. Independent networks are therefore held
// against a simple model of their domain ([Study].Baselines), by accuracy, AUC
// or R²: they are weaker where it leads by more than 0.01, of R² 0.02, and by
// more than chance. The limits of its lead allow for test samples, which both
// sides have in common, by leaving out each of twenty blocks of them (groups
// stay together), and for the seeds of the networks; simulated, they hold the
// truth in 95 to 97 % (150 to 2000 samples, one to five runs; of AUC down to
// four positive samples). Since some of many domains lead by chance, weaker ones
// are told with the procedure of Benjamini and Hochberg at half of what limits
// leave out. Where baselines lead on so many domains that a sign test excludes
// chance at the same level, results are doubted for all that are led by more than
// the tolerance.
//
// Where data have folds, scores of both are means over the same ones. R² of a fold holds
// its mean squared error against the variance of the targets of all folds, since those
// of one may vary little, as in the order of time: the mean over folds is R² of all
// samples, where folds are as large.
//
// # results.json 2
//
// What programs that read version 1 find changed in results.json, and, but for
// the version, in the figures of summary.json:
//
//	gains      target is domain; runs [3, 4] is seeds {"independent": 3, "arm": 4}
//	effects    seeds_a, seeds_b are seeds {"independent", "arm"}, and likewise
//	           accuracy and loss; the change of the mean loss is loss_reduction.
//	           Sides have relative_lo and relative_hi, the bounds relative to the
//	           independent mean loss
//	calls      helped, harmed count the calls, which were helped_total and
//	           harmed_total; the lists are helped_samples and harmed_samples
//	scores     every figure is there, null where it is not known
//	intervals  null where the value is not known, instead of three nulls
//
// 'sharewise compare --json' has a version since then, and prints effects and
// gains by these names: a list effects, and a list gains of the same domains in
// the same order, where there was a list domains with gain in it; value where
// it said mean; raw.lo where it said raw_lo, and likewise floor, excess and
// crossfit; needed where it said power. Conditions of --fail-if use the same
// names. Parquet tables are as before.
package analysis
