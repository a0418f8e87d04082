// Package custody says whether what a study's folder holds is what was written there,
// and whether it was made of what is there now.
//
// Every step leaves SHA-256 sums: plan.json has those of data, models and the study
// file, done.json those of what a run left and of itself, and the ledger custody.json
// (package layout) those of each derived file with what it was made of. So there is a
// chain from data and models over runs, results and groups to the report.
//
//  1. [Examine] compares derived files with the ledger. That reads no data and no large
//     files of runs, and can be done while runs are trained.
//  2. [Check] verifies all sums, those of runs and, where they are at hand, of data too,
//     and lists temporary files and runs of other plans.
//  3. [SetAside] takes damaged files and runs out of the way, so that they are made
//     again, and never removes what cannot be.
//
// A file is damaged where its bytes are others than those written, stale where what it
// was made of has changed since, and unrecorded where nobody vouches for it: files of
// versions that kept no ledger, or of somebody whose work was interrupted.
//
// # Limits
//
// The sums tell of accidents, of edits and of files from elsewhere. Nothing is signed:
// whoever can write the folder can write the ledger.
package custody
