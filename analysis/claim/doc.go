// Package claim lets processes on several machines divide work among them by files in
// a folder that all of them see: whoever holds the claim of a piece of work is the
// only one to write it, also where workers die, hang, or have wrong clocks.
//
// # Protocol
//
// A piece of work has a folder. In it, claims are numbered files, claim.1.json,
// claim.2.json and so on, of which the highest counts. It is taken so:
//
//  1. List the folder and read the highest claim, n; 0 where there is none.
//  2. If its holder has not given it back and is not known to be dead, the work is
//     held: [HeldError].
//  3. Create claim n+1, complete with its content, which fails if it exists: whoever
//     is second begins again at 1.
//  4. List again. If n is not as it was read, or n+1 is not the highest, withdraw and
//     begin again.
//
// A number is used once, and the highest claim is never removed before the work is
// done: two processes that take a claim over at the same time create the same file,
// and one of them fails. Nothing is ever moved out of the way, so there is no moment
// in which work that is held looks free.
//
// The holder replaces its file every [Options.Beat], with a number that grows, and
// looks whether a higher claim has appeared. A holder is dead
//
//   - on the same machine, where that runs Linux: if its process is gone;
//   - on any: if its file stays as it is for the lease that stands in it, measured by
//     the clock of who waits.
//
// A holder counts its claim as lost, for good, if its last beat began longer ago
// than half the lease, by a clock that counts suspension too, and writes nothing any
// more. [Claim.Confirm] beats at once, and stands before everything that a holder
// writes. No two clocks are ever compared and no time of a file is looked at: they may be
// wrong by hours.
//
// # What the file system must do
//
// Creating by link(2), or by open(2) with O_EXCL where it has no links, must succeed
// for one of several machines; rename(2) must replace at once; and a file that was
// created or replaced before must be seen by a machine that then changes the same
// folder and lists it. Local disks, NFS from version 3 on (exported with sync), Lustre,
// GPFS, BeeGFS and CephFS do. A reply that was lost, after which the client of NFS
// asks again and is told that the file exists or is gone, is recognised by the content.
// Object stores mounted as folders, without links or exclusive creation, do not.
//
// # Limit
//
// Between Confirm and the write that follows there are microseconds. A machine that
// is stopped just then for longer than the lease, and goes on, writes once into
// work that another has taken over. Runs are written by renaming, sums of their files
// stand in what is written last, and the same run has the same bytes on the same kind
// of machine, so that this is found where it matters.
package claim
