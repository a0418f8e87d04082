// Package losses stores the loss of every evaluated sample of a run as a table
// and reads such tables back, from here or from elsewhere.
//
// # A table
//
// One row is one sample of one domain under one run (one seed). A file written
// here holds one run and has these columns, sorted by domain, seed, sample:
//
//	domain      string, dictionary
//	seed        int64, delta
//	sample      int64, delta (a string column where samples have names)
//	loss        float32, byte stream split
//	correct     bool                               where the source has it
//	label       int32, delta                       likewise
//	prediction  float32, byte stream split         likewise
//	confidence  float32, byte stream split         likewise
//	target      float32, byte stream split         likewise
//	group       string, dictionary                 where samples belong together
//	prediction_2, target_2, prediction_3, …        likewise: further outputs
//
// What the columns hold depends on the task of the sample's domain:
//
//	task                       label         prediction      confidence  target
//	classification, binary     class number  class number    of it       NaN
//	several labels             -2            probabilities   NaN         0 or 1
//	regression                 -1            values          NaN         values
//
// confidence is the probability of the predicted class; correct says whether
// the class, or every known label at a threshold of 0.5, is right, and nothing
// for regression. Domains with several labels or targets have one prediction
// and one target per output, in the columns with numbers; values are in the
// targets' own units. NaN is an unknown target, or an output that the domain
// does not have.
//
// The identity of the run (study, run, hash, arm, domains, rung, weighting,
// seed, split, and fold such as 2/5 where each seed is tested on another part of
// the data) is stored as key-value metadata under keys that begin with
// "sharewise.". Equal tables give equal bytes, in whatever order their rows
// come: nothing that is written depends on the clock, the machine or the path. A row
// group has at most a million rows, and ends where another domain begins unless it
// has fewer than 65 536, so that one domain can be read without the others.
//
// # Reading
//
//  1. [Read] merges all files that match some patterns; [ReadFile] reads one;
//     [Batches] hands one file out piece by piece. [Open] looks at files and hands
//     out what they hold of one domain after another, from several files at once:
//     a hundred million rows in the memory of one domain.
//  2. Parquet files are read column by column and page by page. From elsewhere
//     any order of columns, integer or floating-point width, encoding and
//     compression will do, and optional columns as long as they hold no null.
//     Columns of other names are ignored.
//  3. Text files, in any dialect of package delimited, need a header line with the names
//     above; correct is 0, 1, true or false; an empty prediction, confidence or
//     target is NaN.
//  4. A sample is identified by its number or its name. A name that is the
//     canonical decimal form of an int64 is that number, so tables of
//     different origin agree.
//  5. What cannot be used is an error that says where: a loss that is not
//     finite, a null, a row that occurs twice.
package losses
