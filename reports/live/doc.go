// Package live shows a study while it is trained: how far its runs are, when they
// will have ended, who is next, and the learning curves as they come, as a page in a
// browser.
//
// It reads the folder of the study and writes nothing, so that it may look on from
// another process, or from another machine that sees the folder. What is known of a
// run under way is what its last checkpoint says, a few seconds late at most where
// epochs are short; training does nothing more for being watched.
//
//  1. [Watcher] looks at the folder, and remembers of runs that have ended what does
//     not change any more.
//  2. [View] is what it saw: figures for programs as JSON, and for the page.
//  3. [Watcher.Handler] serves both. The page is in the language that the browser asks for, or that
//     [Watcher.Language] says. It asks once a second, runs no script but its own and
//     fetches nothing from elsewhere.
//
// Limits: who trains is told by the process number that the folder's lock names, on
// this machine, and by files that were written within the last [fresh] elsewhere. The
// time that is left supposes that runs go on as fast as those that ended, as many at
// a time as are under way.
package live
