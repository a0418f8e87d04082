package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/sharewise/sharewise/analysis/inspection"
	"github.com/sharewise/sharewise/analysis/wording"
)

// printInspection writes warnings first, then a line per domain.
func printInspection(out io.Writer, r *inspection.Report, page string) error {
	name := r.Title
	if name == "" {
		name = r.Study
	}
	fmt.Fprintf(out, "%s: %s\n", name, wording.Plural(len(r.Domains), "domain"))
	if r.Folds > 0 {
		fmt.Fprintf(out, "Seeds are tested on %d folds in turns; what follows is of the first. 'sharewise plan' looks for leaks in all of them.\n", r.Folds)
	}
	titles := map[inspection.Kind]string{
		inspection.Leak: "Suspected leaks:", inspection.Stop: "Stops a run:", inspection.Caution: "Worth knowing:",
	}
	last := inspection.Kind("")
	for _, w := range inspection.Gather(r.Warnings) {
		if w.Kind != last {
			fmt.Fprintf(out, "\n%s\n", titles[w.Kind])
			last = w.Kind
		}
		fmt.Fprintf(out, "  %s: %s.\n", w.Domain, w.Text)
	}
	if !r.Leaks() {
		fmt.Fprintln(out, "\nNo leak between splits was found.")
	}
	fmt.Fprintln(out)
	g := newGrid(out, "domain", "data", "task", "train", "validation", "test", "classes or targets")
	for i := range r.Domains {
		d := &r.Domains[i]
		g.row(d.Name, d.Kind+" "+shapeText(d.Shape), d.Task, d.Splits[0].Samples, d.Splits[1].Samples, d.Splits[2].Samples, answersText(d))
	}
	if err := g.close(); err != nil {
		return err
	}
	if err := printTexts(out, r); err != nil {
		return err
	}
	var notes []inspection.Note
	for i := range r.Domains {
		for _, n := range r.Domains[i].Notes {
			notes = append(notes, inspection.Note{Domain: r.Domains[i].Name, Text: n})
		}
	}
	for _, n := range inspection.GatherNotes(notes) {
		fmt.Fprintf(out, "Note: %s\n", n)
	}
	if page != "" {
		fmt.Fprintf(out, "\nPage: %s\n", page)
	}
	return nil
}

// printTexts writes a line per domain of texts.
func printTexts(out io.Writer, r *inspection.Report) error {
	var texts []*inspection.Domain
	for i := range r.Domains {
		if r.Domains[i].Texts != nil {
			texts = append(texts, &r.Domains[i])
		}
	}
	if len(texts) == 0 {
		return nil
	}
	fmt.Fprintln(out)
	g := newGrid(out, "domain", "words of a text", "words in training", "different", "unknown in test", "cut", "without words")
	for _, d := range texts {
		t := d.Texts
		each := "–"
		if f := d.Features[1]; !f.Withheld {
			each = fmt.Sprintf("%.4g (%.4g to %.4g)", f.Median, f.Min, f.Max)
		}
		g.row(d.Name, each, t.Words, t.Vocabulary, fmt.Sprintf("%.2g %%", 100*t.Unknown), fmt.Sprintf("%.3g %%", 100*t.Cut), t.Empty)
	}
	return g.close()
}

func shapeText(shape []int) string {
	parts := make([]string, len(shape))
	for i, n := range shape {
		parts[i] = fmt.Sprint(n)
	}
	return strings.Join(parts, "×")
}

// answersText is what is predicted, in a cell.
func answersText(d *inspection.Domain) string {
	if b := d.Balance; b != nil {
		return fmt.Sprintf("%d classes (%.1f effective), largest %.3g × smallest", len(b.Classes), b.Effective, b.Ratio)
	}
	var parts []string
	for _, t := range d.Targets {
		parts = append(parts, fmt.Sprintf("%s %.4g ± %.3g", t.Name, t.Mean, t.SD))
	}
	return strings.Join(parts, ", ")
}
