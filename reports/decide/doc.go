// Package decide goes from data to a decision in one call.
//
//  1. [Decide] drafts a study of a folder or file of data, as init does, and makes
//     it small enough for a pilot of all its models to fit into half of the time.
//     What it assumed stands in the study file that it writes. A study file is
//     taken as it is.
//  2. It trains the study step by step until it is settled which domains should
//     share a model, or the budget is spent, see package adaptive. Where domains have
//     few test samples and the budget has room for it, the data are divided into folds
//     instead, so that every sample is tested, and all that is planned is trained. Of many
//     domains, whose pairs are not trained, pools that seem alike are proposed after that
//     and trained as often; the study is made small enough for these, too.
//  3. It writes results, groups and the report, and returns the verdict.
//
// All goes into one folder: study.yaml, and out/ with what every study has. Called
// again for the same folder it goes on where it stopped.
package decide
