// Package engine divides the runs of a plan among workers, for whatever starts these: a
// batch system, a container system, or hands.
//
//  1. [WorkOf] says how long each run takes, in numbers that can be compared.
//  2. [Divide] makes as many parts as there are workers; [Pack] makes parts of a given
//     length of many short runs.
//  3. [WritePacks] and [ReadPacks] hand them over as a file, a line for each worker.
//
// Nothing here says whether a run has ended: that is done.json of package layout.
package engine
