// Package filelimit says how much one file may ask of the program, and opens files
// so that none can make it wait or grow for ever.
//
// A file that comes from elsewhere states sizes: pixels, rows, bytes of what is
// packed. Readers compare them with the bytes that are there, and with the limits
// of this package where these tell nothing, before they make anything of that
// size. Memory therefore grows with what is read and not with what is claimed.
//
//   - [Table] lists the limits with their defaults. [Limits] are those of one
//     study or call; zero stands for the default, which [SetDefault] changes for
//     the whole process, as a command does for its user.
//   - [Open] and [ReadFile] take regular files only: a pipe without a writer, or
//     a device that never ends, is refused by name.
//   - [Glob] leaves nothing out where a folder cannot be read.
//   - [JSON] looks at a file of a study's folder before a decoder does.
//
// # Limits of the limits
//
// What a file honestly holds takes memory in proportion: a table of a hundred
// million rows has a hundred million labels. Limits are for single items, and one
// may be raised as far as the machine allows.
package filelimit
