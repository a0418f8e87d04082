// Package analysis turns tables of sample losses into transfer, interference,
// seed floors and gains, with intervals that allow for few runs.
//
// It needs no training and no ONNX Runtime: tables from anywhere will do. The
// statistics of two sets of runs are those of package effect, whose
// documentation defines every measure, with a worked example, and says how well
// its intervals hold. This package reads tables, brings their samples side by
// side, and judges what a study found.
//
//  1. [Compare] holds two tables against each other, domain by domain.
//  2. [Analyze] does it for all runs of a study and adds scores, gains for the
//     matrix of domains, a placebo, baselines and doubts; [AnalyzeFolder] does it
//     for a study's output folder.
//  3. [Results] is what was found; [Results.WriteTables] stores it as tables, and
//     [ReadResults] reads it.
//  4. What cannot be said is NaN (null in JSON), and a warning says why.
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
package analysis
