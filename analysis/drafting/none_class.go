package drafting

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/study"
)

// none is a word that programs write for a missing value, and people for a class, such as
// of products without a defect.
const none = "None"

// rareNone is one in how many rows must say none for it to be taken for a class.
const rareNone = 20

// takeNoneForClass takes none for a class where many rows of the predicted column say so, no other
// word for a missing value stands there, and no other column has it.
func (s *scanner) takeNoneForClass(found []*find) {
	rows, said := 0, 0
	column := ""
	for _, f := range found {
		if f.guess == nil || f.columns == nil || f.columns.Label == "" {
			return
		}
		g := f.guess
		for j, n := range g.names {
			predicted := n == f.columns.Label
			if predicted && g.column(j).numeric {
				return
			}
			for _, row := range g.rows {
				v := strings.TrimSpace(row[j])
				switch {
				case predicted && v == none:
					said++
				case predicted && g.Missing[v], v == none:
					return
				}
			}
		}
		rows, column = rows+len(g.rows), f.columns.Label
	}
	if said*rareNone < rows || said == 0 {
		return
	}
	for _, f := range found {
		columns := *f.columns
		columns.Missing = datafile.Without(columns.Missing, []string{none})
		f.columns = &columns
	}
	s.draft.Found = append(s.draft.Found, fmt.Sprintf("%s is taken for a class, since %d of the first %d rows say so in column %q: add it to columns.missing, with 'missing_labels: drop', if it means that nobody knows", none, said, rows, column))
}

// noneIsMissing takes none for a missing value again where rows that come later have it
// in another column than the predicted one. It reports whether that is what is wrong with the domain.
func noneIsMissing(d *study.Draft, dom *study.Domain, bad *dataset.BadSamples) bool {
	c := columnsOf(d, dom)
	if c == nil || slices.Contains(c.Missing, none) {
		return false
	}
	at := slices.IndexFunc(bad.First, func(e *dataset.Error) bool { return strings.TrimSpace(e.Value) == none && e.Column != c.Label })
	if at < 0 {
		return false
	}
	c.Missing = append(slices.Clone(c.Missing), none)
	d.Found = slices.DeleteFunc(d.Found, func(note string) bool { return strings.HasPrefix(note, none+" is taken for a class") })
	d.Found = append(d.Found, fmt.Sprintf("%s is taken for a missing value, also in column %q, since column %q has it, too: %s", none, c.Label, bad.First[at].Column, bad.First[at].Place()))
	return true
}
