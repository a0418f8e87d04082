// Package dataset reads the samples of a study's domains, splits them and
// hands them out in minibatches.
//
// [Open] takes a domain through these steps:
//
//  1. Read its files: IDX, folders of images, tables as text or Parquet, sparse samples, signals, arrays. Images
//     become bytes in the common shape of the study, tables and signals become
//     float32 numbers. A table of which several domains take rows (columns.where)
//     is read once for all of them. Signals are resampled to a common rate and cut into
//     windows. Bad samples are errors with file, line or member, and value; with
//     skip_bad they are counted in [Domain].Dropped instead.
//  2. Number the classes.
//  3. Split what the files do not split: at random, stratified by class; by
//     group, so that no group falls on both sides; or by time. Windows that
//     overlap a window of another split are left out. Then apply the caps of
//     the study. Both draw from streams of the study's seed and the domain's
//     name, so that every run sees the same splits.
//  4. Fit the normalisation of inputs and of regression targets on the
//     training split, and on nothing else.
//  5. Take the SHA-256 of what training and testing see.
//
// [Split.Gather] writes normalised inputs, [Split.Labels] and [Split.Targets]
// what is to be predicted, and [Stream] gives an endless seeded order of
// samples that can be entered at any position.
//
// Data that a program holds already are [Samples], which [FromMemory] hands over in
// place of files.
//
// # Regression
//
// Targets are standardised with mean and standard deviation of the training
// split, so that squared losses of domains with different units can be added
// and compared; losses are recorded in these units. Predictions are mapped back
// with [Domain].TargetNorm for errors in the targets' own units.
//
// # Images
//
// The class of an image is the folder that it is in, or what a table says that
// lists the images (data.index). Symbolic links are followed; links that lead back
// to a folder that they are in are not. [Domain].Notes say which files of a
// folder were not read.
//
// # Series
//
// A window is a view of its recording: however much windows overlap, each
// sample is stored once. Windows are numbered through all recordings of a
// domain, at multiples of the stride, those left out too. What a window sees is
// more than its samples: the reach of the filter that resampled them, and the
// moments up to its target. No two splits see the same moment.
//
// # Arrays
//
// A file of arrays that is not compressed is mapped, and its rows are read when
// they are needed. It must not change or shrink while the program runs. Pictures
// of bytes, in one or three channels, are treated as images; other numbers are
// normalised per channel, or per feature where samples have one dimension.
//
// # Sparse samples
//
// Of lines as svmlight and libsvm have them the numbers that are not 0 are
// stored, eight bytes each. Samples are dense when they are gathered, and as
// wide as the largest index that any domain of the study has: [OpenAll] looks at
// all its domains, [Open] at one. T. Joachims: Making large-scale SVM learning
// practical, 1999; C.-C. Chang and C.-J. Lin: LIBSVM, 2011.
//
// # Tables
//
// How a table of text is written, package delimited finds out: encoding,
// delimiter, decimal commas, lines before the header, comments, units. What was
// passed over is in [Domain].Notes, and keys under columns settle what the first
// lines leave open. Columns without a name, what pandas says is an index, and
// columns without values are no inputs unless the study names them. Domains may
// have their columns in different orders. [NumberingOf] tells columns that
// follow the numbers of the rows. Files of another kind are named as what they
// are by package filekind.
//
// # Columns of words
//
// Columns under columns.categorical, texts or whole numbers, become codes: the
// number of the word among those that any domain of the study has in training,
// in one order for all domains, so that they share embeddings. Code 0 is a
// missing or unknown word. Codes follow the numbers of a sample and are not
// normalised. [OpenAll] numbers the words of all its domains, [Open] those of
// one.
//
// # Dates
//
// A column under columns.dates becomes its position in the year, the week and the
// day, as sine and cosine, and the years since 1970 where the trend is asked for.
// Where the study does not say in which order day and month stand, all rows of
// the column decide. columns.time orders rows for a split by time; rows of one
// time stay on one side.
//
// # Missing inputs
//
// Where columns.impute is not none, a missing number of a table is replaced by
// the median or mean that the domain's training data have in its column. Each
// column that lacks values in the training data of any domain of the study gets
// one more input in all domains, 1 where its value is missing and else 0, after
// the numbers; it is not normalised. A column without any value in a domain's
// training data is 0 there. Columns without values in any domain are left out.
//
// # Inputs that do not vary
//
// A column, or channel, that is the same in all training samples is 0 in every
// split, since a model cannot learn what another value means; [Domain].Notes say
// where testing has other values.
//
// # Large numbers
//
// Numbers are stored in 32 bits. Where that would round away more than 1e-4 of
// the range of a column, a channel or a target, as with Unix seconds of a day, it
// is stored less an offset of 64 bits ([Norm]). The first 4096 rows decide, of
// arrays all of them.
//
// # Memory
//
// Inputs take a byte per pixel and four bytes per number of a table. They stay
// in memory up to a budget for all domains of a study, [Memory], by default
// half of the machine's; what is more goes to temporary files in the folder
// TMPDIR, which are mapped and which the system removes when the process ends,
// however it ends. Where inputs lie changes neither results nor identities.
// Labels, targets, groups and numbers of samples are always in memory, about
// 50 bytes per row of a table, and so is one recording of a series while it is
// read.
//
// # Missing labels and shared rows
//
// With columns.missing_labels: drop, rows of a table without any label or
// target of the domain are left out and counted in [Domain].Dropped; where some
// of several are missing, the others count ([Domain].Masked).
//
// Domains that may use the same rows of a file (same data, not kept apart by
// columns.where) divide them alike: the split is drawn from the study's seed,
// the name of the file and all of its rows, whatever their labels, and so is
// not stratified by class. A row that one domain is tested on is then never a
// training row of another in a shared model.
//
// # Images
//
// Package imagefile reads them. They are turned upright, converted to sRGB where
// the file has another colour profile, and set before input.background where
// they are transparent. Images of bytes stay bytes; if one of a domain has 16
// bits, all of the domain count from 0 to 65535; those of numbers, such as
// degrees, are taken as they are ([Domain].Depth). [Domain].Notes says how many images are concerned.
//
// # Limits
//
// Of animations and files of several pages the first is read. Columns of text are
// inputs where they are named as columns of words.
package dataset
