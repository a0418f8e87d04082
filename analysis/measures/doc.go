// Package measures lists what a domain can be measured by: the error that gains
// reduce, in words and by what it needs to know.
//
//  1. [All] is the table of measures. A study names one of them under
//     task.measure, commands take one under --measure, and results name it.
//  2. [Measure.Metric] is the error itself: what it is called, and in which words
//     a change of it is told.
//  3. [Measure.Needs] is what loss tables must tell about samples.
//  4. [Measure.Effects] is what transfer and interference rest on.
//
// The package holds words alone and computes nothing. A new measure is one entry
// here and one in the table of errors of package effect, which computes them; a
// study's key, flags, warnings and reports read this table.
package measures
