package project

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/inspection"
	"github.com/sharewise/sharewise/analysis/wording"
)

// Notes are what reading the data brought to light, a sentence each, in this
// order: the first suspected leaks, columns that merely count rows, inputs that tell the answer, samples that
// were left out, and notes of the readers of the files. Errors are those of ctx.
func (p *Project) Notes(ctx context.Context) ([]string, error) {
	found, err := p.Leaks(ctx)
	if err != nil {
		return nil, err
	}
	const most = 3
	leaks := found.Warnings
	var out []string
	for _, w := range leaks[:min(len(leaks), most)] {
		out = append(out, "suspected leak: "+w.Domain+": "+w.Text)
	}
	if more := len(leaks) - most; more > 0 {
		out = append(out, wording.Plural(more, "more leak")+" suspected; 'sharewise dataset inspect' shows all")
	}
	var told []inspection.Note
	for i, d := range p.Domains {
		for _, c := range found.Domains[i].Numbered {
			if !c.Tells() {
				told = append(told, inspection.Note{Domain: d.Name, Text: fmt.Sprintf("%s; if it is no property of a sample, leave it out by columns.ignore", c)})
			}
		}
		for _, t := range found.Domains[i].Telling {
			told = append(told, inspection.Note{Domain: d.Name, Text: t.Note()})
		}
		if len(d.Dropped) > 0 {
			told = append(told, inspection.Note{Domain: d.Name, Text: leftOut(d.Dropped)})
		}
		for _, n := range d.Notes {
			told = append(told, inspection.Note{Domain: d.Name, Text: n})
		}
	}
	return append(out, inspection.GatherNotes(told)...), nil
}

// leftOut is a sentence on the samples that skip_bad left out of a domain: the
// most frequent reasons, with the first sample of each.
func leftOut(drops []dataset.Drop) string {
	const most = 3
	drops = slices.Clone(drops)
	slices.SortStableFunc(drops, func(a, b dataset.Drop) int { return cmp.Compare(b.Count, a.Count) })
	total := 0
	var reasons []string
	for i, d := range drops {
		total += d.Count
		if i < most {
			reasons = append(reasons, fmt.Sprintf("%s (%d, such as %s)", d.Reason, d.Count, d.Example))
		}
	}
	if more := len(drops) - most; more > 0 {
		reasons = append(reasons, fmt.Sprintf("%d more reasons", more))
	}
	return fmt.Sprintf("%d left out: %s", total, strings.Join(reasons, ", "))
}
