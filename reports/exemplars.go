package reports

import (
	"encoding/base64"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/exemplars"
	"github.com/sharewise/sharewise/analysis/measures"
	"github.com/sharewise/sharewise/analysis/study"
)

// samples shows the samples that an arm helped and harmed most, by domain.
type samples struct {
	Blocks []sampleBlock
	Losses bool // some blocks show losses
}

type sampleBlock struct {
	Domain string
	Arm    text
	Joint  bool // the model of all
	Losses bool // figures are losses
	Called bool
	Note   text
	Lists  []sampleList
}

type sampleList struct {
	Harmed   bool // or helped
	Tone     string
	Samples  []sample
	Pictures bool     // at least one sample has one
	Columns  []string // of features
	Hidden   int      // features beyond maxColumns
}

// maxColumns bounds the features that are shown of a sample.
const maxColumns = 16

type sample struct {
	Name     string
	P, Q     string
	Picture  template.URL
	Features []string
	Caption  string
}

// newSamples shows every domain under the arm that matters most for it: its
// recommended pool, else all together, else the first with samples.
func newSamples(in *Input) *samples {
	rung, weighting := in.selection()
	var chosen []exemplars.Exemplar
	for _, x := range in.Exemplars {
		// Lists from elsewhere may not say the rung and the weighting.
		if (x.Rung == "" || x.Rung == rung) && (x.Weighting == "" || x.Weighting == weighting) {
			chosen = append(chosen, x)
		}
	}
	out := &samples{}
	for _, d := range in.Results.Domains {
		arm := exemplarArm(in, chosen, d.Name)
		block := sampleBlock{Domain: d.Name, Arm: armTitle(arm), Joint: arm == study.Joint}
		if e := in.Results.Effect(analysis.Key{Arm: arm, Rung: rung, Weighting: weighting, Domain: d.Name}); e != nil {
			block.Called, block.Note = e.Calls.Called, asSentence(e.Calls.Note)
			block.Losses = e.Measure == measures.Loss
		}
		for _, direction := range []string{"helped", "harmed"} {
			if l := newSampleList(chosen, arm, d.Name, direction); len(l.Samples) > 0 {
				block.Lists = append(block.Lists, l)
			}
		}
		if len(block.Lists) > 0 {
			out.Blocks = append(out.Blocks, block)
			out.Losses = out.Losses || block.Losses
		}
	}
	if len(out.Blocks) == 0 {
		return nil
	}
	return out
}

// exemplarArm picks the arm under which a domain's samples are shown.
func exemplarArm(in *Input, list []exemplars.Exemplar, domain string) string {
	arms := in.armsOf(domain)
	for _, x := range list {
		if x.Domain == domain && !slices.Contains(arms, x.Arm) {
			arms = append(arms, x.Arm)
		}
	}
	for _, arm := range arms {
		if slices.ContainsFunc(list, func(x exemplars.Exemplar) bool { return x.Domain == domain && x.Arm == arm }) {
			return arm
		}
	}
	return ""
}

func newSampleList(list []exemplars.Exemplar, arm, domain, direction string) sampleList {
	l := sampleList{Harmed: direction == "harmed", Tone: "gain"}
	if direction == "harmed" {
		l.Tone = "harm"
	}
	var features [][]exemplars.Feature
	for _, x := range list {
		if x.Arm != arm || x.Domain != domain || x.Direction != direction {
			continue
		}
		// Pulling figures together can turn a small change around; such a
		// sample is no example of its direction.
		better, write := x.Q-x.P, percent
		if x.Measure == measures.Loss {
			better, write = -better, significant
		}
		if direction == "helped" && better <= 0 || direction == "harmed" && better >= 0 {
			continue
		}
		s := sample{Name: x.Sample, P: write(float64(x.P)), Q: write(float64(x.Q))}
		if isPNG(x.PNG) {
			l.Pictures = true
			s.Picture = template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(x.PNG))
		}
		for _, f := range x.Features {
			if !slices.Contains(l.Columns, f.Name) {
				l.Columns = append(l.Columns, f.Name)
			}
		}
		l.Samples = append(l.Samples, s)
		features = append(features, x.Features)
	}
	if l.Hidden = len(l.Columns) - maxColumns; l.Hidden > 0 {
		l.Columns = l.Columns[:maxColumns]
	}
	for i := range l.Samples {
		l.Samples[i].Features = inColumns(features[i], l.Columns)
		if l.Pictures {
			l.Samples[i].Caption = caption(l.Columns, l.Samples[i].Features)
		}
	}
	return l
}

// caption writes the few features that a picture may have.
func caption(names, values []string) string {
	var parts []string
	for i, name := range names {
		if values[i] != "" {
			parts = append(parts, name+" "+values[i])
		}
	}
	return strings.Join(parts, ", ")
}

// inColumns puts features under their columns' names. Numbers are shortened to
// four digits.
func inColumns(features []exemplars.Feature, columns []string) []string {
	cells := make([]string, len(columns))
	for _, f := range features {
		column := slices.Index(columns, f.Name)
		if column < 0 {
			continue
		}
		text := f.Value
		if v, err := strconv.ParseFloat(text, 64); err == nil && finite(v) && len(text) > 5 {
			text = strings.Replace(strconv.FormatFloat(v, 'g', 4, 64), "-", minus, 1)
		}
		cells[column] = text
	}
	return cells
}

func isPNG(data []byte) bool { return len(data) > 8 && string(data[:8]) == "\x89PNG\r\n\x1a\n" }
