// Package layout is the output folder of a study: which file is where, what is
// in it, and what has become of each run.
//
//	plan.json                    every run of the study, see [Folder.ReadPlan]
//	runs/ID/spec.json            the exact inputs of a run, [Spec]
//	runs/ID/losses.parquet       its test losses, read by package losses
//	runs/ID/history.parquet      its learning curves, [HistoryRow]
//	runs/ID/model.onnx           the trained model
//	runs/ID/checkpoint.bin       where a run goes on that was stopped
//	runs/ID/work/                where a program of the user's own trains it, until it has ended
//	runs/ID/claim.N.json         who trains it, until it has ended
//	runs/ID/failure.json         why it failed, until it has ended, [Failure]
//	runs/ID/done.json            written last: how the run ended, [Done]
//	baseline/DOMAIN/             a linear model of a domain: spec.json, losses.parquet, fit.json, done.json
//	decisions.json               how runs were chosen, where they were chosen step by step
//	results.json, tables/        what the analysis found
//	cross.json, cross/           what independent models are worth on other domains
//	merge.json, linear.json      losses of pools that nobody trained, [Trials]
//	subgroups.json               what sharing does to parts of the test samples
//	remedies.json, remedies/     what may help where sharing harms, and its trial
//	similarity.json              how alike domains are, [Similarities]
//	affinity.json                cheap estimates of gains, audited
//	groups.json                  the recommendation for planners
//	provenance.json              what the recommendation rests on, with hashes
//	report.html, summary.json    the report and its figures
//
// Whoever trains writes plan and runs, whoever analyses reads them, and they
// meet nowhere else. A run without done.json has not ended, and one whose
// done.json has another hash than the plan belongs to an earlier version of the
// study: both are for training to repeat. Files are written under a temporary
// name and renamed, so that a reader sees a whole file or none.
//
// One process at a time plans, and changes what is not a run: it holds the [Lock].
// Runs are trained by as many as like to, on all machines that see the folder: they
// hold a shared lock, and each run is written by the holder of its claim, a file
// runs/ID/claim.N.json of package claim. The lock is one of flock(2). Where that does not
// reach other machines, claims keep runs apart all the same, and it is for people not to plan
// anew, forget or repair while workers on other machines train.
package layout
