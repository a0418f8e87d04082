// Package drafting guesses a study from a folder of data, for init.
//
// [Scan] looks through files and folders and drafts a study of the domains that
// it finds: which files belong together, which part of the data they hold, what
// the columns of a table are for. [Settle] then reads the data as a plan does
// and changes the draft until they can be used. A draft says what was guessed
// and what was passed over.
//
// Each form of data has a file here that recognises it: tables (with roles, of
// their columns), svmlight, images, index (tables of images), series, arrays,
// hive (folders called COLUMN=VALUE), sequence (tables in a file for each day or
// recording). What they find is gathered by scan; parts, pool, agree, dates and
// split settle what holds for several, domains makes domains of a column's
// values, write puts all into the draft.
package drafting
