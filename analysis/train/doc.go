// Package train executes the runs of a study's plan.
//
// A [Job] is one run with everything it needs: its domains' data, its compiled
// graphs and its settings. [Execute] takes a job through these steps:
//
//  1. Initialise the parameters from random streams of the run, or restore the
//     last checkpoint.
//  2. Per step, gather one minibatch per domain, set learning rate and loss
//     weights, and run the training-step graph. Where weights follow from gradients,
//     and once per epoch where conflict is measured, a step is three runs: the domains'
//     gradients, their inner products, and the update. Parameters live in two sets of
//     buffers with two fixed bindings, A→B and B→A, because a backend may
//     write a new parameter before the old one was read for the last time.
//  3. Per epoch, evaluate the validation data, record the learning curves and what
//     the gradients said of conflict, write a checkpoint.
//  4. Evaluate the test data once, with the parameters that the study's
//     selection rule picked, and write losses, history, specification and the
//     trained model, which has low-rank adapters merged into its weights.
//  5. Write done.json by rename. Whatever has no done.json is not finished.
//
// Steps that have too little to do for the threads of a training, less than four
// million multiply-adds for each, are taken by fewer.
//
// [Schedule] runs many jobs side by side, one session each.
//
// What chance decides follows from streams by purpose, layer or domain, and seed
// (study.Run.Stream): initial weights, the order of a domain's rows, augmentation,
// masks of dropout. By default no stream depends on the arm, so that an independent
// and a shared run of one seed start from the same trunk and the same head, and see
// the same rows of a domain in every step, since a domain has the same number of rows
// in the minibatches of every arm. A mask of dropout is drawn row by row through
// the joined minibatch: only the rows of the domain that comes first lose the same
// elements in both.
//
// A run's files depend on its specification and on nothing else: minibatches
// come from streams that are a function of seed and position, so that a run
// resumed from a checkpoint continues to the same bytes; so do masks of dropout,
// but not the numbers that a model draws by nodes such as RandomNormalLike (see
// training.Reseed). Timings stand in done.json alone. This holds on one machine
// with one ONNX Runtime; other machines order sums differently.
//
// A run whose loss stops being finite is recorded as diverged, which is a
// result: it is not repeated, and analysis leaves it out of means.
package train
