package benchtest

import (
	"fmt"
	"os"
	"strings"
)

// Table gathers rows of Markdown, and watches the machine meanwhile.
type Table struct {
	rows   strings.Builder
	watch  func() Noise
	marked bool
}

// Begin starts a table.
func Begin() *Table { return &Table{watch: own()} }

func own() func() Noise { return Watch(func() float64 { return ProcessorTime(os.Getpid()) }) }

// Row adds a row. Its first cell is marked if the machine was disturbed since the
// row before.
func (t *Table) Row(cells ...string) {
	if t.watch().Disturbed() {
		cells[0] += ` \*`
		t.marked = true
	}
	t.rows.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	t.watch = own()
}

// Markdown is the table under a text, which says what it shows, the command that made
// it, and a line about the machine.
func (t *Table) Markdown(text, command string, header []string) string {
	s := fmt.Sprintf("%s\n\nMade by `%s` on %s.\n\n| %s |\n|%s\n%s", strings.TrimSpace(text), command, This(),
		strings.Join(header, " | "), strings.Repeat("---|", len(header)), t.rows.String())
	if t.marked {
		s += fmt.Sprintf("\n\\* Disturbed: meanwhile other processes had more than %.0f %% of the cores' time, or the host took more than %.0f %% of it.\n", 100*MostOther, 100*MostSteal)
	}
	return s
}
