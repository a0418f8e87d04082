// Package forget takes a domain out of a study and of everything that was made of its
// data.
//
//  1. [Look] compares the study without the domain with the output folder: which runs
//     have learned the domain, which others the study would have come to by itself and
//     may stay, what must be trained again and what it costs. It writes nothing.
//  2. [Apply] writes the study file without the domain, and removes runs, models, loss
//     tables, baseline, results, report and whatever else was made of them, promises
//     with the runs that they were held to among it. Training then goes on to the same
//     bytes as if the domain had never been there.
//
// # What stays
//
// A run stays where the study without the domain has the very same one, by the hash of
// its exact inputs. That is less than all runs that the domain has no part in: how many
// rows of a domain a minibatch takes, and how many steps a run has, follow from the
// sizes of all domains, and words and missing columns of one table give inputs to all.
// Where domains are of equal size, and have no words, runs without the domain stay.
//
// # Links
//
// Links in the folder are followed, since people lay them to larger disks: what sharewise
// wrote behind them is removed, and then the link. What nothing shows to be sharewise's stays,
// and an error at the end names it: a link in a folder from elsewhere may lead anywhere.
//
// # Interruption
//
// Apply first writes down in the folder what it is going to do, then does it in steps
// that may be repeated. Stopped at any moment it goes on when it is called again;
// until then nothing else reads or trains in the folder, see layout.ErrForgetting.
//
// # Limits
//
// The data of the domain themselves stay where they are, as do copies of models and
// reports that were put elsewhere. What other files of the folder hold, nobody here
// knows: Change.Others lists them. Disks may keep what was removed.
package forget
