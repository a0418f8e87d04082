package reports

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping/imbalance"
)

// unequal shows what unequal numbers of training samples have to do with sharing.
type unequal struct {
	Lead  text
	Chart *rangeChart
	Notes []text
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
		item := rangeItem{label: wording.Name(d.Name), value: d.Part, note: some(f.Levels[0].Samples[i], "training sample")}
		if len(d.Gains) > 0 && d.Gains[0].Known() {
			item.note = say("%s, gains %s as they are", item.note, signed(d.Gains[0].Value))
		}
		if d.Part.Limited() && d.Part.Lo > 0 {
			item.mark = say("imbalance costs it")
			harmed = append(harmed, d.Name)
		}
		if d.Part.Known() {
			items = append(items, item)
		}
		if r := &d.Rate; r.Own.Known() && r.Lo.Known() && r.Hi.Known() {
			out.Notes = append(out.Notes, say("%s would need %.0f more samples of its own (%.0f to %.0f) to do as well alone.", d.Name, float64(r.Own), float64(r.Lo), float64(r.Hi)))
		}
	}
	out.Lead = imbalanceLead(f, harmed)
	if len(items) > 0 {
		out.Chart = newRangeChart(items, say("gain at equal numbers of training samples less that at the numbers given"), signed)
	}
	return out
}

func imbalanceLead(f *imbalance.File, harmed []string) text {
	lead := say("The largest domain has %s times the training samples of the smallest.", fmt.Sprintf("%.3g", f.Ratio)) + " "
	switch {
	case f.Why != "":
		return lead + asSentence(f.Why)
	case len(harmed) > 0:
		return lead + say("Trained on equal numbers, %s would gain more beyond doubt: imbalance has a part in what sharing does to it.", few(harmed))
	}
	return lead + say("Trained on equal numbers, no domain gains more beyond doubt.")
}
