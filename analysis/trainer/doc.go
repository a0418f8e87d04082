// Package trainer has the runs of a study trained by a program that the user
// brings along, in any language, and takes back what sharewise measures by: the loss
// of every test sample.
//
//  1. [Find] looks up the program that a study names and the files that it consists
//     of, whose SHA-256 are part of every run's identity.
//  2. [Execute] makes a folder for a run with [Spec], spec.json, the numbers of the
//     samples of each part and, if asked to, the samples themselves; calls the program
//     with that folder; and takes from it losses.parquet or losses.csv and, where they
//     are there, history.csv or history.json and a file model.*.
//  3. What comes back is held against what is due: every test sample of every domain
//     once, and nothing else, with finite losses. Labels, targets and groups are those
//     of the data, whatever the program says.
//  4. The run's folder then has the files of any other run, and whatever reads it
//     cannot tell the difference, but that the model is the program's own.
//
// Where the runs exist already (trainer.import), 2 and 3 take them from tables. One table may
// hold many runs and one run may stand in several tables: columns say which domains the model
// learned, its size, weighting and seed. [Program.Compare] holds them against the plan.
//
// # The program
//
// Its working folder is the run's, called SHAREWISE_RUN_FOLDER too; the study file's
// is SHAREWISE_STUDY_FOLDER. SHAREWISE_SEED is random_seed of spec.json; libraries
// that read them are told the number of threads (OMP_NUM_THREADS, OPENBLAS_NUM_THREADS,
// MKL_NUM_THREADS, NUMEXPR_NUM_THREADS, VECLIB_MAXIMUM_THREADS) and Python a seed for its
// hashes. Several runs go on side by side, each in a folder of its own. What lies in
// the folder "checkpoint" is there again when a run is repeated that was stopped.
//
// To stop it, SIGTERM is sent to the program and what it started; what has not ended
// ten seconds later is killed. When the program has ended, so has all that it left
// running: its process group and, on Linux, processes with its SHAREWISE_RUN_FOLDER.
// When sharewise is killed by force on Linux, the program is too.
//
// # What goes wrong
//
// An [*Error] tells apart a program that is not there, one that may not be executed,
// that ended with an exit code, by a signal or not in time, that left no losses or such
// as cannot be used, and one whose files have changed. It has the last lines that the
// program wrote, which are also kept in trainer.log, unless a domain of the run is
// confidential. A run all of whose losses of a domain are no numbers has diverged, which
// is a result.
//
// # Limits
//
// The program is trusted as far as the study file is: it runs with all rights of who
// runs sharewise. It may write where it likes, fill the disk, use the network and look at
// test labels. Nothing here keeps a program from cheating or from other files; a
// container or another account does.
package trainer
