package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/onnxio/benchtest"

	"github.com/sharewise/sharewise/analysis/atomicfile"
)

// The lines between which a file has the table.
const (
	tableBegins = "<!-- measured by make bench-peers -->"
	tableEnds   = "<!-- end of what was measured -->"
)

// markdown writes the table: a line for each row, with its figures at one and more
// threads beside each other.
func (r report) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s. Ratios are ours / theirs, below 1 we are faster: the median over rounds in which both work in turns, and in parentheses the quartiles.\n", r.Machine)
	if peers := r.versions(); len(peers) > 0 {
		fmt.Fprintf(&b, "Measured with %s.\n", strings.Join(peers, ", "))
	}
	b.WriteString("\n| work | threads | ours | theirs | ratio | target | the peer's best settings |\n|---|---|---|---|---|---|---|\n")
	marked := false
	for _, o := range r.Outcomes {
		b.WriteString(o.row())
		marked = marked || o.disturbed()
		if o.Memory && o.Failed == "" {
			b.WriteString(o.memoryRow())
		}
	}
	if r.Stopped {
		b.WriteString("\nThe run was stopped before all rows were measured.\n")
	}
	if marked {
		fmt.Fprintf(&b, "\n\\* Disturbed: meanwhile other processes had more than %.0f %% of the cores' time, or the host took more than %.0f %% of it.\n", 100*benchtest.MostOther, 100*benchtest.MostSteal)
	}
	return b.String()
}

// versions names what took part, once each.
func (r report) versions() []string {
	var v []string
	for _, o := range r.Outcomes {
		for _, about := range []string{o.Ours, o.Theirs} {
			if name := versionOf(about); name != "" && name != "sharewise" && !slices.Contains(v, name) {
				v = append(v, name)
			}
		}
	}
	return v
}

func (o outcome) threads() string {
	if o.Threads == 0 {
		return ""
	}
	return fmt.Sprint(o.Threads)
}

// row is a line of the table.
func (o outcome) row() string {
	mark := ""
	if o.disturbed() {
		mark = " \\*"
	}
	if o.Failed != "" {
		return fmt.Sprintf("| %s | %s | failed: %s | | | | |\n", o.Title, o.threads(), cell(o.Failed))
	}
	ours := benchtest.QuartilesOf(o.series(oursSeconds))
	if o.Theirs == "" {
		return fmt.Sprintf("| %s%s | %s | %s | | | ≤ %s | |\n", o.Title, mark, o.threads(), spread(ours, benchtest.Duration), benchtest.Duration(o.Target))
	}
	theirs := benchtest.QuartilesOf(o.series(theirsSeconds))
	_, setting, _ := strings.Cut(o.Theirs, ", ")
	return fmt.Sprintf("| %s%s | %s | %s | %s | %s | %s | %s |\n", o.Title, mark, o.threads(),
		benchtest.Duration(ours.Median), benchtest.Duration(theirs.Median), spread(benchtest.QuartilesOf(o.series(ratio)), plain), target(o.Target), cell(setting))
}

// memoryRow is the line about peak memory.
func (o outcome) memoryRow() string {
	ours := benchtest.QuartilesOf(o.series(func(r round) float64 { return r.Ours.Memory }))
	theirs := benchtest.QuartilesOf(o.series(func(r round) float64 { return r.Theirs.Memory }))
	return fmt.Sprintf("| peak memory of the former | | %s | %s | %s | %s | |\n",
		memorySize(ours.Median), memorySize(theirs.Median), spread(benchtest.QuartilesOf(o.series(memoryRatio)), plain), target(o.MemoryTarget))
}

// line is what is said of a row as soon as it is measured.
func (o outcome) line() string {
	if o.Failed != "" {
		return fmt.Sprintf("%s: failed: %s", o.Name, o.Failed)
	}
	s := fmt.Sprintf("%-16s %2s  %s", o.Name, o.threads(), benchtest.Duration(benchtest.QuartilesOf(o.series(oursSeconds)).Median))
	if o.Theirs != "" {
		s += fmt.Sprintf(" : %s = %s", benchtest.Duration(benchtest.QuartilesOf(o.series(theirsSeconds)).Median), spread(benchtest.QuartilesOf(o.series(ratio)), plain))
	}
	if o.Memory {
		s += fmt.Sprintf(", memory %s", spread(benchtest.QuartilesOf(o.series(memoryRatio)), plain))
	}
	if o.disturbed() {
		s += " (disturbed)"
	}
	return s
}

// cell makes text fit a table.
func cell(s string) string {
	return strings.NewReplacer("|", "/", "\n", " ").Replace(s)
}

// spread writes a median with its quartiles, which say nothing where there was
// only one round.
func spread(q benchtest.Quartiles, write func(float64) string) string {
	if q.Low == q.High {
		return write(q.Median)
	}
	return fmt.Sprintf("%s (%s–%s)", write(q.Median), write(q.Low), write(q.High))
}

func plain(v float64) string { return fmt.Sprintf("%.2f", v) }

// target writes what was to be reached.
func target(v float64) string {
	if v == 0 {
		return ""
	}
	return "≤ " + plain(v)
}

// memorySize writes an amount of memory.
func memorySize(v float64) string {
	if v >= 1<<30 {
		return benchtest.Digits(v/(1<<30)) + " GiB"
	}
	return benchtest.Digits(v/(1<<20)) + " MiB"
}

// into puts a text between the marks of a file.
func into(file, text string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(data), tableBegins+"\n")
	_, after, ends := strings.Cut(rest, tableEnds)
	if !ok || !ends {
		return fmt.Errorf("%s lacks the lines %q and %q, between which the table is written", file, tableBegins, tableEnds)
	}
	return atomicfile.WriteBytes(file, []byte(before+tableBegins+"\n\n"+text+"\n"+tableEnds+after))
}
