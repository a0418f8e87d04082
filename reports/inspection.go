package reports

import (
	"fmt"
	"io"
	"strings"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/inspection"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/reports/language"
)

// Inspection is what the page about a study's data is made from.
type Inspection struct {
	Report *inspection.Report
	Sheets []*inspection.Sheet // of the report's domains, in their order
}

// inspectionPage is what the template shows.
type inspectionPage struct {
	look
	Title, Study string
	Headline     string
	Facts        []string
	Warnings     []warningList
	Domains      []inspectedDomain
	Pairs        []pairRow
}

type warningList struct {
	Title, Class string
	Items        []inspection.Warning
}

// pairRow is two domains side by side.
type pairRow struct {
	A, B, Inputs, Classes, Distance, Equal, Leaks string
	Strong                                        bool
}

// InspectionHTML writes the page as one self-contained HTML document. The same
// input gives the same bytes.
func InspectionHTML(w io.Writer, in *Inspection) error {
	p := newInspectionPage(in)
	var err error
	if p.look, err = newLook("style.css", "inspection.css"); err != nil {
		return err
	}
	return execute(w, language.English, "inspection.tmpl", p)
}

// WriteInspection writes the page to a file.
func WriteInspection(path string, in *Inspection) error {
	return atomicfile.Output(path, func(w io.Writer) error { return InspectionHTML(w, in) })
}

func newInspectionPage(in *Inspection) *inspectionPage {
	r := in.Report
	p := &inspectionPage{Title: r.Title, Study: r.Study}
	if p.Title == "" {
		p.Title = r.Study
	}
	samples := 0
	for i := range r.Domains {
		for _, s := range r.Domains[i].Splits {
			samples += s.Samples
		}
		p.Domains = append(p.Domains, newInspectedDomain(&r.Domains[i], in.Sheets[i], fmt.Sprintf("d%d", i+1)))
	}
	p.Facts = []string{wording.Plural(len(r.Domains), "domain"), wording.Plural(samples, "sample")}
	p.sortWarnings(inspection.Gather(r.Warnings))
	for i := range r.Pairs {
		p.Pairs = append(p.Pairs, newPairRow(&r.Pairs[i]))
	}
	return p
}

// sortWarnings puts warnings under titles and writes the headline.
func (p *inspectionPage) sortWarnings(all []inspection.Warning) {
	var parts []string
	for _, k := range []struct {
		kind                    inspection.Kind
		title, class, one, many string
	}{
		{inspection.Leak, "Suspected leaks", "t-apart", "suspected leak", "suspected leaks"},
		{inspection.Stop, "Stops a run", "t-apart", "thing that stops a run", "things that stop a run"},
		{inspection.Caution, "Worth knowing", "t-open", "thing worth knowing", "things worth knowing"},
	} {
		l := warningList{Title: k.title, Class: k.class}
		for _, w := range all {
			if w.Kind == k.kind {
				l.Items = append(l.Items, w)
			}
		}
		if len(l.Items) > 0 {
			p.Warnings = append(p.Warnings, l)
			parts = append(parts, countOf(len(l.Items), k.one, k.many))
		}
	}
	p.Headline = "Nothing odd was found."
	if len(parts) > 0 {
		p.Headline = capital(list(parts)).String() + "."
	}
}

// countOf is [wording.PluralAs] with small numbers as words.
func countOf(n int, one, many string) string {
	if n == 1 {
		return "one " + one
	}
	return count(n).String() + " " + many
}

func newPairRow(p *inspection.Pair) pairRow {
	row := pairRow{A: p.A, B: p.B, Inputs: "the same", Classes: noData, Distance: noData, Equal: noData, Leaks: noData}
	if !p.SameInputs {
		row.Inputs = "differ"
	}
	if n := len(p.SharedClasses); n > 0 {
		row.Classes = fmt.Sprintf("%d: %s", n, shortList(p.SharedClasses, 6))
	}
	if p.Distance != nil {
		row.Distance = significant(*p.Distance)
	}
	if p.Equal.A > 0 {
		row.Equal = fmt.Sprintf("%d / %d", p.Equal.A, p.Equal.B)
	}
	if p.Likely.A+p.Likely.B > 0 {
		row.Leaks, row.Strong = fmt.Sprintf("%d / %d", p.Likely.A, p.Likely.B), true
	}
	return row
}

// shortList joins the first names and counts the others.
func shortList(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
