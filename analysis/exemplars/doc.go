// Package exemplars shows the samples that sharing helped or harmed most, as
// people look at them: pictures, or features with their names.
//
// [Write] takes them from the results of an analysis and looks them up in the
// study's data, [Read] reads what it wrote for a report.
package exemplars
