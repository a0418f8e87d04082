// Package benchtest measures alternatives beside each other, says on which machine
// and beside what other work, and writes tables of what came out.
//
//	table := benchtest.Begin()
//	seconds := benchtest.Turns(5, 50*time.Millisecond, one, other)
//	table.Row("one", benchtest.Duration(benchtest.QuartilesOf(seconds[0]).Median))
//	text := table.Markdown("# Title", "go test …", []string{"form", "time"})
//
// Limits: what else went on is known on Linux alone.
package benchtest
