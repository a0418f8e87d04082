// Package subgroups divides the test samples of domains by what is known of them, so
// that analysis.MeasureSubgroups can say where help and harm of sharing sit.
//
//   - [Columns] divides by the inputs of tables: numbers into quarters, words by word.
//   - [Clusters] divides inputs of any kind into groups that lie together, by k-means.
//   - [Metadata] divides by the columns of a table that names samples, which need be no
//     inputs: camera, shift, operator, batch.
//
// Divisions by class and by group follow from loss tables alone and are always made.
//
// # Limits
//
// Subgroups are looked at, and not made at random: that one is harmed more than another
// says where, and not why. Of confidential domains nothing is divided by the values of
// columns, which would then stand in names.
package subgroups
