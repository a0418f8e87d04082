// Package replacement replaces the folders that a command wrote before, and no others.
//
//  1. [Kind.May] says what stands in the way of writing a folder: anything that is there,
//     unless it may be replaced, and then all that would be lost with it.
//  2. [Kind.Write] looks again once the new folder is complete, and puts it in the place of
//     the old one, which stays until then.
//
// # What may be replaced
//
// An empty folder, or one whose manifest is that of the same command and names every file
// in it. What people added, links in it, and files that another program wrote are refused by
// their names. So is a folder that is, holds or lies in what the command reads or what must be
// kept otherwise, however its path is written. A link to a folder stays, and the folder at its
// end is replaced.
//
// # Limits
//
// Files that a manifest names are not compared with what was written: an edit of one goes
// with the rest. Folders without files are no loss.
package replacement
