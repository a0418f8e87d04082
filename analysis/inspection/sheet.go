package inspection

import (
	"bytes"
	"fmt"
	"image/png"

	"github.com/sharewise/sharewise/analysis/dataset"
)

// Sheet is a contact sheet: samples of one domain to look at.
type Sheet struct {
	Domain string
	// Columns names the numbers of a table's samples.
	Columns []string
	Rows    []SheetRow
	// Withheld says that the domain is confidential: rows have no samples.
	Withheld bool
}

// SheetRow is the samples of one class, or of a domain without classes.
type SheetRow struct {
	Class   string
	Samples []SheetSample
}

// SheetSample is one training sample as the model sees it before
// normalisation.
type SheetSample struct {
	Place
	PNG    []byte      // images
	Series [][]float32 // series: samples of each channel
	Values []float32   // tables
	Text   string      // texts: the beginning
}

// NewSheet picks up to per training samples of every class, evenly spaced over
// the training data, of at most most classes, the first.
func NewSheet(d *dataset.Domain, per, most int) (*Sheet, error) {
	out := &Sheet{Domain: d.Name}
	if out.Withheld = d.Confidential; out.Withheld {
		out.Rows = make([]SheetRow, max(1, min(most, len(d.Task.Classes))))
		for k := range out.Rows {
			if k < len(d.Task.Classes) {
				out.Rows[k].Class = d.Task.Classes[k]
			}
		}
		return out, nil
	}
	switch kindOf(d) {
	case "table":
		out.Columns = inputsOf(d).names
	case "text":
		out.Columns = []string{"text"}
	}
	rows := [][]int{nil}
	if len(d.Task.Classes) > 0 {
		rows = make([][]int, len(d.Task.Classes))
	}
	for i := range d.Train.Len() {
		k := 0
		if len(d.Task.Classes) > 0 {
			k = d.Train.Label(i)
		}
		rows[k] = append(rows[k], i)
	}
	for k, at := range rows[:min(len(rows), most)] {
		row := SheetRow{}
		if len(d.Task.Classes) > 0 {
			row.Class = d.Task.Classes[k]
		}
		n := min(per, len(at))
		for j := range n {
			s, err := sheetSample(d, at[j*len(at)/n])
			if err != nil {
				return nil, err
			}
			row.Samples = append(row.Samples, s)
		}
		out.Rows = append(out.Rows, row)
	}
	return out, nil
}

func sheetSample(d *dataset.Domain, i int) (SheetSample, error) {
	s := SheetSample{Place: placeOf(d, train, i)}
	p := d.Train.Preview(i)
	switch kindOf(d) {
	case "image":
		var buf bytes.Buffer
		if err := png.Encode(&buf, p.Image); err != nil {
			return s, fmt.Errorf("inspection: picture of sample %d of %s: %w", s.Sample, d.Name, err)
		}
		s.PNG = buf.Bytes()
	case "series":
		s.Series = p.Series
	case "text":
		s.Text = p.Words[0]
	default:
		s.Values = p.Values
	}
	return s, nil
}
