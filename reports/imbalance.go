package reports

import (
	"fmt"

	"github.com/sharewise/sharewise/grouping/imbalance"
)

// unequal shows what unequal numbers of training samples have to do with sharing.
type unequal struct {
	Lead  string
	Chart *rangeChart
	Notes []string
}

// newUnequal is nil where nobody asked, or for another study.
func newUnequal(in *Input) *unequal {
	f := in.Imbalance
	if f == nil || f.Study != in.Results.Study || len(f.Domains) == 0 {
		return nil
	}
	out := &unequal{}
	var items []rangeItem
	var harmed []string
	for i := range f.Domains {
		d := &f.Domains[i]
		item := rangeItem{label: d.Name, value: d.Part, note: fmt.Sprintf("%d training samples", f.Levels[0].Samples[i])}
		if len(d.Gains) > 0 && d.Gains[0].Known() {
			item.note += fmt.Sprintf(", gains %s as they are", signed(d.Gains[0].Value))
		}
		if d.Part.Limited() && d.Part.Lo > 0 {
			item.mark = "imbalance costs it"
			harmed = append(harmed, d.Name)
		}
		if d.Part.Known() {
			items = append(items, item)
		}
		if r := &d.Rate; r.Own.Known() && r.Lo.Known() && r.Hi.Known() {
			out.Notes = append(out.Notes, fmt.Sprintf("%s would need %.0f more samples of its own (%.0f to %.0f) to do as well alone.", d.Name, float64(r.Own), float64(r.Lo), float64(r.Hi)))
		}
	}
	out.Lead = imbalanceLead(f, harmed)
	if len(items) > 0 {
		out.Chart = newRangeChart(items, "gain at equal numbers of training samples less that at the numbers given", signed)
	}
	return out
}

func imbalanceLead(f *imbalance.File, harmed []string) string {
	lead := fmt.Sprintf("The largest domain has %.3g times the training samples of the smallest. ", f.Ratio)
	switch {
	case f.Why != "":
		return lead + asSentence(f.Why)
	case len(harmed) > 0:
		return lead + fmt.Sprintf("Trained on equal numbers, %s would gain more beyond doubt: imbalance has a part in what sharing does to it.", few(harmed))
	}
	return lead + "Trained on equal numbers, no domain gains more beyond doubt."
}
