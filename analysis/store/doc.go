// Package store keeps the output folder of a study, and its data, in an object store. A
// folder of this machine is the working copy of s3://bucket/prefix, gs:// or azblob://.
//
//  1. [Start] starts the program sharewise-store, which speaks with the stores; it is a
//     module of its own, so that nothing here, and nobody who imports this, carries the
//     clients of three clouds.
//  2. [Open] makes a [Mirror], and [Mirror.Pull] brings what is in the store and not, or not
//     so, in the folder. What is gone from the store goes from the folder.
//  3. Whoever works uses the folder. Runs are claimed in the store, by [Mirror.Claims];
//     [Mirror.Fetch], [Mirror.Checkpoint] and [Mirror.Publish] are called around each run, by
//     package train.
//  4. [Mirror.Push] brings what was changed, added and removed to the store.
//  5. Commands that choose runs by what came of others have their part of the folder for
//     themselves, by [Mirror.Alone].
//  6. [Data] brings data that a study names by URL to this machine, once.
//
// # What holds
//
// The store is the truth. A run has ended when its done.json is in the store, which is
// written last, after its files, and only if there is none: a second one is compared with the
// first, and where it says that other bytes came out, the first stays and the second fails
// ([ErrTwice]). What is partly uploaded is no run, and the next worker writes over it.
// A run that ended here and could not be uploaded stays here, and is uploaded by whoever
// takes it up on this machine, without being trained again.
//
// Claims follow the protocol of package claim, with objects in the place of files. They
// need of a store that it creates an object only if there is none (If-None-Match: *), for one of
// several that try; and that whoever reads or lists after a write sees it. S3 has the latter since
// December 2020 and the former since August 2024; Google's and Azure's stores have both, and so do
// MinIO, Ceph and others of late. No claim is ever replaced by another process
// than its creator, so that If-Match, which gocloud.dev does not have, is not needed. The clock of
// the store and its times are not looked at, but for whether an object is still the same.
//
// Other files than those of runs are pushed in one go, under a claim of the whole folder, and
// only if nobody has changed them since they were pulled ([ErrChanged]). The plan is not
// changed, and no run removed, while workers live.
//
// A file:// URL is the folder that it names, where claims are files, made by link(2). The
// driver of gocloud.dev for it lets two processes create the same file.
//
// # Limit
//
// Between the last look at its claim and the write that follows a worker may be stopped for
// longer than the lease. Then it writes files of a run that another has ended: the same bytes on the
// same kind of machine, else bytes that done.json does not vouch for, which is found where they
// are read, by 'sharewise check' and 'sharewise verify'.
package store
