// Package study reads study files and plans their runs.
//
//  1. [Parse] reads a study.yaml. It is strict: unknown keys, wrong types,
//     values out of bounds and contradictions are errors with file, line and
//     column, all in one go. Every default is filled in.
//  2. [Study.Plan] expands the study, given the sizes of its data and models,
//     to runs: one training each, with an identity and an estimated cost.
//     [Study.Alone] plans the training of one domain.
//  3. A run's Hash covers everything that decides its result and nothing else,
//     so that after an edit of the study only the runs that it touches are
//     trained again.
//
// A program makes a study without a file by [New], [NewDomain] and
// [Study.Validate], which fill in the same defaults and find the same mistakes.
// The same study has the same runs, wherever it comes from.
//
// One table of fields (table.go) says which keys there are, what they mean and
// what they default to. The parser, [Study.Validate], [Schema], [Reference] and
// [Draft] all read it.
//
// # The file
//
// A file needs version, name, domains, and for images the common size:
//
//	version: 1
//	name: digits
//	input: {image: [28, 28]}
//	domains:
//	  - name: mnist
//	    data: {images: train-images.gz, labels: train-labels.gz}
//	    test: {images: t10k-images.gz, labels: t10k-labels.gz}
//	  - name: usps
//	    data: {images: usps-images.gz, labels: usps-labels.gz}
//
// Where a mapping has one key that matters most, its value can stand alone:
// "data: plant.csv" is "data: {path: plant.csv}", "optimizer: sgd" is
// "optimizer: {name: sgd}". Settings under defaults apply to every domain that
// does not have its own. "domains: {by: COLUMN}" makes a domain of every value of a
// column of the table under defaults. ${NAME} in paths is an environment variable; relative
// paths start in the folder of the file. Keys that begin with x- are ignored
// and can hold YAML anchors.
//
// # Words
//
// Domain, arm, capacity rung, weighting and run are those of the README. The
// study's order is the order of its domains in the file; it decides the names
// of arms and the order of everything listed.
package study
