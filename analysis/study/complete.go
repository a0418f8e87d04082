package study

import (
	"fmt"
	"path/filepath"
	"strings"
)

// complete fills in the defaults that depend on something else.
func (found *findings) complete(s *Study) {
	if s.Title == "" {
		s.Title = s.Name
	}
	if s.takesSeries() {
		s.Input.Kind = SeriesInput
	}
	if s.takesTexts() {
		s.Input.Kind = TextInput
		found.completeText(&s.Input)
	}
	for i := range s.Domains {
		found.completeDomain(&s.Domains[i], s.Input.Kind, fmt.Sprintf("domains[%d]", i))
	}
	s.shareSplits()
	if s.Input.Kind == "" {
		switch {
		case len(s.Input.Shape) > 0:
			s.Input.Kind = ArrayInput
		case len(s.Input.Size) > 0 || len(s.Domains) == 0:
			s.Input.Kind = Image
		case IsTable(s.Domains[0].Format) || s.Domains[0].Format == SvmlightFormat:
			s.Input.Kind = Table
		case s.Domains[0].Format == ArrayFormat || s.Domains[0].Format == InMemory:
			s.Input.Kind = ArrayInput
		default:
			s.Input.Kind = Image
		}
	}
	if s.Input.Normalize == "" && !s.Input.Scaled() {
		s.Input.Normalize = "standard"
		if len(s.Domains) > 0 && s.Domains[0].Format == SvmlightFormat {
			s.Input.Normalize = NormalizeScale
		}
	}
	s.Training.complete()
	for i := range s.Weightings {
		s.Weightings[i].Complete()
	}
	s.Exclude = found.expand("exclude", s.Exclude)
	found.completeModel(s)
	found.completeTrainer(s.Trainer)
}

func (found *findings) completeDomain(dom *Domain, input, path string) {
	files := []struct {
		key string
		at  *Files
	}{{"data", &dom.Files}, {"validation", dom.Val}, {"test", dom.Test}}
	for _, f := range files {
		if f.at == nil {
			continue
		}
		sub := path + "." + f.key
		f.at.Path = found.expand(sub+".path", f.at.Path)
		f.at.Images = found.expand(sub+".images", f.at.Images)
		f.at.Inputs = found.expand(sub+".inputs", f.at.Inputs)
		f.at.Labels = found.expand(sub+".labels", f.at.Labels)
		f.at.Targets = found.expand(sub+".targets", f.at.Targets)
		f.at.Groups = found.expand(sub+".groups", f.at.Groups)
		f.at.Index = found.expand(sub+".index", f.at.Index)
	}
	if dom.Format == "" {
		dom.Format = guessFormat(dom.Files)
		switch {
		case input == SeriesInput:
			dom.Format = SeriesFormat
		case input == TextInput && dom.Format == Images:
			dom.Format = TextFiles
		}
	}
	if dom.Format == InMemory {
		completeMemory(dom)
	}
	if dom.Format == SeriesFormat {
		found.completeSeries(dom, path)
	}
	if dom.Format == SvmlightFormat && dom.Svmlight == nil {
		dom.Svmlight = new(Svmlight)
	}
	if (IsTable(dom.Format) || dom.Indexed()) && dom.Columns == nil {
		dom.Columns = new(Columns)
		fill(dom.Columns, columnFields)
	}
	if dom.Indexed() && dom.Columns.File == "" {
		dom.Columns.File = "file"
	}
	if dom.Task.Kind == "" {
		dom.Task.Kind = Classification
		switch {
		case dom.Columns != nil && len(dom.Columns.Targets) > 0 || dom.Files.Targets != "":
			dom.Task.Kind = Regression
		case dom.Columns != nil && len(dom.Columns.Labels) > 0:
			dom.Task.Kind = Multilabel
		}
	}
	if dom.Task.Loss == "" {
		dom.Task.Loss = lossOf[dom.Task.Kind]
	}
	if dom.Task.Loss == Huber && dom.Task.Delta == 0 {
		dom.Task.Delta = 1
	}
	if dom.Split.By == "" {
		switch {
		case dom.Split.Group != "" || dom.Files.Groups != "" || dom.Columns != nil && dom.Columns.Group != "" || dom.Series != nil && dom.Series.Index != nil && dom.Series.Index.Group != "":
			dom.Split.By = ByGroup
		case dom.Format == SeriesFormat:
			dom.Split.By = ByTime
		case dom.Format == InMemory: // whether there are groups, the samples say
		default:
			dom.Split.By = ByRandom
		}
	}
	if dom.Task.Classes != nil && len(dom.Task.Classes) == 0 {
		dom.Task.Classes = nil
	}
}

// completeModel makes rungs of widths or files.
func (found *findings) completeModel(s *Study) {
	m := &s.Model
	m.Rungs = nil
	for i, f := range m.Files {
		m.Files[i] = found.expand(fmt.Sprintf("model.files[%d]", i), f)
	}
	m.Trunk = found.expand("model.trunk", m.Trunk)
	if m.Trunk == "" && len(m.Files) == 0 {
		m.Trunk = defaultTrunk(s.layout())
	}
	_, named := findTrunk(m.Trunk)
	switch {
	case named && len(m.Widths) == 0:
		m.Widths = []float64{1}
		fallthrough
	case named:
		for _, w := range m.Widths {
			m.Rungs = append(m.Rungs, Rung{Name: "w" + format(w), Width: w})
		}
	case m.Trunk != "":
		m.Rungs = []Rung{{Name: stem(m.Trunk), Path: m.Trunk}}
	default:
		for _, f := range m.Files {
			m.Rungs = append(m.Rungs, Rung{Name: stem(f), Path: f})
		}
	}
}

func stem(file string) string {
	base := filepath.Base(filepath.FromSlash(file))
	return strings.TrimSuffix(base, filepath.Ext(base))
}
