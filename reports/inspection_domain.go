package reports

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/inspection"
	"github.com/sharewise/sharewise/analysis/wording"
)

// inspectedDomain is one domain on the page.
type inspectedDomain struct {
	ID, Name   string
	Data, Task string // for the table of domains, as Sizes and Predicted
	Sizes      []int
	Predicted  string
	Grouped    bool
	Facts      []string
	Classes    []classRow
	More       int // classes that are not shown
	Pictures   bool
	ClassFacts string
	Counts     []fact
	Targets    []featureRow
	Features   []featureRow
	Hidden     int // features that are not shown
	Missing    bool
	Table      *sheetTable
	Matches    []inspection.Match
	Dropped    []dataset.Drop
	Notes      []string
	Sources    []dataset.Source
}

type fact struct {
	Name, Value string
	Strong      bool
}

// classRow is a class with its counts, as bars in percent of the largest, and
// samples of it.
type classRow struct {
	Class                      string
	Train, Validation, Test    int
	TrainX, ValidationX, TestX string // widths
	ValidationStart, TestStart string
	Samples                    []thumb
	HasSplits                  bool
}

// thumb is one sample of the contact sheet.
type thumb struct {
	Title   string
	Picture template.URL
	Lines   []string // points of polylines
}

type sheetTable struct {
	Columns []string
	Hidden  int
	Rows    []sheetTableRow
}

type sheetTableRow struct {
	Answer string
	Values []string
}

type featureRow struct {
	Name                               string
	Min, Q1, Median, Q3, Max, Mean, SD string
	FarOut, Missing, KS, Q, Outside    string
	Drifts                             bool
	Constant                           bool
}

// maxFeatures bounds the features that are shown of a domain.
const maxFeatures = 64

func newInspectedDomain(d *inspection.Domain, sheet *inspection.Sheet, id string) inspectedDomain {
	out := inspectedDomain{ID: id, Name: d.Name, Dropped: d.Dropped, Notes: d.Notes, Sources: d.Sources}
	out.Data, out.Task, out.Grouped = d.Kind+" "+dimensions(d.Shape), d.Task, d.Groups != nil
	out.Facts = append(out.Facts, out.Data, out.Task)
	if d.Format != "" && d.Format != d.Kind {
		out.Facts = append(out.Facts, d.Format)
	}
	for _, s := range d.Splits {
		out.Facts = append(out.Facts, fmt.Sprintf("%s %d", s.Split, s.Samples))
		out.Sizes = append(out.Sizes, s.Samples)
	}
	if t := d.Texts; t != nil {
		out.Facts = append(out.Facts, fmt.Sprintf("training texts %d words, %d different; %s of test words unknown", t.Words, t.Vocabulary, share(t.Unknown)))
	}
	if d.Confidential {
		out.Facts = append(out.Facts, "confidential: no sample is shown")
	}
	for _, t := range d.Targets {
		out.Predicted += ", " + t.Name
	}
	out.Predicted = strings.TrimPrefix(out.Predicted, ", ")
	if g := d.Groups; g != nil {
		out.Facts = append(out.Facts, fmt.Sprintf("groups %d, %d, %d", g.Train, g.Validation, g.Test))
	}
	if b := d.Balance; b != nil {
		out.Predicted = wording.PluralAs(len(b.Classes), "class", "classes")
		out.ClassFacts = fmt.Sprintf("%s, effectively %s. The largest has %s times the samples of the smallest; always naming it is right in %s of the test data.",
			wording.PluralAs(len(b.Classes), "class", "classes"), fixed(b.Effective, 1), significant(b.Ratio), precise(b.Majority))
	}
	out.Counts = duplicateFacts(d)
	out.Matches = d.Duplicates.Examples
	if d.Near != nil {
		out.Matches = append(out.Matches[:len(out.Matches):len(out.Matches)], d.Near.Examples...)
	}
	out.Targets = featureRows(d.Targets)
	shown := d.Features[:min(len(d.Features), maxFeatures)]
	out.Features, out.Hidden = featureRows(shown), len(d.Features)-len(shown)
	for _, f := range d.Features {
		out.Missing = out.Missing || f.Missing > 0
	}
	out.addClasses(d, sheet)
	if sheet.Columns != nil {
		out.Table = newSheetTable(sheet)
	}
	return out
}

func dimensions(shape []int) string {
	return strings.Trim(strings.Join(strings.Fields(fmt.Sprint(shape)), " × "), "[]")
}

// addClasses puts counts and samples of each class side by side. Where there
// are no classes, one row has the samples.
func (out *inspectedDomain) addClasses(d *inspection.Domain, sheet *inspection.Sheet) {
	lines := newLineScale(sheet)
	if d.Balance == nil {
		if row := (classRow{Samples: thumbs(sheet.Rows[0].Samples, lines)}); len(row.Samples) > 0 {
			out.Classes, out.Pictures = append(out.Classes, row), true
		}
		return
	}
	most := 0
	for _, c := range d.Balance.Classes {
		most = max(most, c.Train+c.Validation+c.Test)
	}
	for i, c := range d.Balance.Classes {
		if i == len(sheet.Rows) {
			out.More = len(d.Balance.Classes) - i
			break
		}
		wide := func(n int) string { return coordinate(100 * float64(n) / float64(max(1, most))) }
		row := classRow{
			Class: c.Class, Train: c.Train, Validation: c.Validation, Test: c.Test, HasSplits: true,
			TrainX: wide(c.Train), ValidationX: wide(c.Validation), TestX: wide(c.Test),
			ValidationStart: wide(c.Train), TestStart: wide(c.Train + c.Validation),
			Samples: thumbs(sheet.Rows[i].Samples, lines),
		}
		out.Pictures = out.Pictures || len(row.Samples) > 0
		out.Classes = append(out.Classes, row)
	}
}

// duplicateFacts are the counts behind the warnings that are not zero.
func duplicateFacts(d *inspection.Domain) []fact {
	u := d.Duplicates
	var out []fact
	add := func(n int, odd bool, format string, args ...any) {
		if n > 0 {
			out = append(out, fact{fmt.Sprintf(format, args...), fmt.Sprint(n), odd})
		}
	}
	add(u.TestInTraining, u.Likely.Test > 0, "test samples with inputs equal to a training sample’s")
	add(u.Likely.Test, true, "of these, more than chance brings about")
	add(u.SameAnswer, false, "of these, with the same label or targets")
	add(u.ValidationInTraining, u.Likely.Validation > 0, "validation samples with inputs equal to a training sample’s")
	add(u.TestInValidation, false, "test samples with inputs equal to a validation sample’s")
	add(u.Training, false, "training samples that repeat the inputs of another")
	add(u.Conflicts, true, "samples with equal inputs and other labels or targets")
	if d.Texts != nil {
		add(d.Blank, true, "texts without any word or sign")
	} else {
		add(d.Blank, true, "samples of one number all over")
	}
	if n := d.Near; n != nil {
		add(n.Suspected, true, "of %d test images, nearly look like a training image", n.Compared)
		add(n.SameAnswer, false, "of these, with the same label")
	}
	if g := d.Groups; g != nil {
		add(g.InTraining, true, "groups of validation or test that are in training too")
	}
	return out
}

func featureRows(features []inspection.Feature) []featureRow {
	var out []featureRow
	for i := range features {
		f := &features[i]
		row := featureRow{
			Name: f.Name, Min: extreme(f, f.Min), Q1: measured(f.Q1), Median: measured(f.Median), Q3: measured(f.Q3), Max: extreme(f, f.Max),
			Mean: measured(f.Mean), SD: measured(f.SD), FarOut: noData, KS: noData, Q: noData, Outside: noData, Constant: f.Constant,
			Missing: noData,
		}
		if f.FarOut > 0 {
			row.FarOut = share(f.FarOut)
		}
		if f.Missing > 0 {
			row.Missing = fmt.Sprint(f.Missing)
		}
		if x := f.Drift; x != nil {
			row.KS, row.Q = fixed(x.KS, 2), chance(x.Q)
			row.Drifts = f.Drifts()
			if x.Outside > 0 {
				row.Outside = share(x.Outside)
			}
		}
		out = append(out, row)
	}
	return out
}

// measured writes a number of any sign with four significant digits.
func measured(x float64) string {
	return strings.ReplaceAll(fmt.Sprintf("%.4g", x), "-", minus)
}

// share is percent for what is small and not nothing.
func share(x float64) string {
	if x < 0.0005 {
		return "<0.1%"
	}
	return percent(x)
}

// extreme is the least or largest value of a feature.
func extreme(f *inspection.Feature, v float64) string {
	if f.Withheld {
		return "withheld"
	}
	return measured(v)
}

// chance writes a p-value.
func chance(p float64) string {
	if p < 0.001 {
		return "<0.001"
	}
	return fixed(p, 3)
}

func newSheetTable(sheet *inspection.Sheet) *sheetTable {
	t := &sheetTable{Columns: sheet.Columns[:min(len(sheet.Columns), maxColumns)]}
	t.Hidden = len(sheet.Columns) - len(t.Columns)
	const perRow = 3 // of a class
	for _, r := range sheet.Rows {
		most := perRow
		if len(sheet.Rows) == 1 {
			most = len(r.Samples)
		}
		for _, s := range r.Samples[:min(len(r.Samples), most)] {
			row := sheetTableRow{Answer: s.Answer}
			if s.Values == nil {
				row.Values = append(row.Values, s.Text)
			}
			for _, v := range s.Values[:min(len(s.Values), len(t.Columns))] {
				row.Values = append(row.Values, measured(float64(v)))
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}
