package drafting

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// write puts the domains found into the draft.
func (s *scanner) write(found []*find) {
	d := s.draft
	for _, f := range found {
		s.indexRecordings(f)
		dom := d.AddDomain(f.name)
		dom.Files = *f.data
		dom.Val, dom.Test = f.val, f.test
		dom.Task.Classes = f.classes
		if f.classBy != "" || f.index != nil {
			dom.Series = study.NewSeries()
			dom.Series.Class, dom.Series.Index = f.classBy, f.index
		}
		if f.where != nil {
			dom.Columns = study.NewColumns()
			dom.Columns.Where = f.where
		}
	}
	s.writeFound(found)
	s.writeNotes(found)
	s.writeSettings(found)
	if found[0].kind() == "texts" {
		s.writeTexts()
		s.writeColumns(found)
		return
	}
	switch found[0].format {
	case study.CSV, study.Parquet:
		d.Study.Input.Kind = study.Table
		s.shareInputs(found)
		s.writeColumns(found)
	case study.SvmlightFormat:
		d.Study.Input.Kind = study.Table
		s.writeSvmlight(found)
	case study.SeriesFormat:
		s.writeWindow(found)
		s.writeColumns(found)
	case study.ArrayFormat:
		d.Study.Input.Kind, d.Study.Input.Shape = study.ArrayInput, found[0].shape
		if len(d.Study.Input.Shape) == 0 {
			d.Study.Input.Shape = []int{1}
		}
	default:
		s.writeSize(found)
		s.writeColumns(found)
	}
}

// writeFound says what each domain is; of many domains, the first and last.
func (s *scanner) writeFound(found []*find) {
	const most, shown = 24, 3
	for i, f := range found {
		if len(found) > most && i >= shown && i < len(found)-shown {
			if i == shown {
				s.draft.Found = append(s.draft.Found, fmt.Sprintf("and %d domains more", len(found)-2*shown))
			}
			continue
		}
		s.draft.Found = append(s.draft.Found, f.name+": "+f.what)
	}
}

// writeNotes says what was guessed, once where it holds for all domains.
func (s *scanner) writeNotes(found []*find) {
	const shown = 3
	of := map[string][]string{}
	var order []string
	for _, f := range found {
		if f.columns != nil && len(f.columns.Categorical) > 0 {
			f.notes = append(f.notes, "columns of words become embeddings: "+datafile.List(f.columns.Categorical))
		}
		for _, n := range f.notes {
			if of[n] == nil {
				order = append(order, n)
			}
			of[n] = append(of[n], f.name)
		}
	}
	for _, n := range order {
		names := strings.Join(of[n], ", ")
		switch count := len(of[n]); {
		case count == len(found):
			names = "all"
		case count > shown:
			names = fmt.Sprintf("%s and %d domains more", strings.Join(of[n][:shown-1], ", "), count-shown+1)
		}
		s.draft.Found = append(s.draft.Found, names+": "+n)
	}
}

// writeSettings keeps the cost of studies of many domains within reason: pairs
// grow with the square of their number.
func (s *scanner) writeSettings(found []*find) {
	const many = 40
	n := len(found)
	d := s.draft
	if d.Study.Pairs() {
		return
	}
	d.Study.Arms.Pairs = new(bool)
	d.Found = append(d.Found, fmt.Sprintf("%d domains have %d pairs, each a model to be trained for every seed; arms.pairs is false, so that 'run' trains the joint model and each domain by itself: list pools of domains that you think alike under arms.pools, or let 'decide' or 'run --until settled' propose and train some", n, n*(n-1)/2))
	if n > many {
		d.Study.Seeds = 3
		d.Found = append(d.Found, "seeds is 3, the least for intervals, since every domain is trained alone for each; more make effects clearer")
	}
}

// writeSize chooses the common size of images: the largest there is, up to
// what small models manage in reasonable time.
func (s *scanner) writeSize(found []*find) {
	const least, most = 8, 64 // what the trunk cnn takes
	h, w, c := least, least, 1
	same := true
	for _, f := range found {
		h, w, c = max(h, min(f.h, most)), max(w, min(f.w, most)), max(c, f.c)
		same = same && f.h == found[0].h && f.w == found[0].w
	}
	in := &s.draft.Study.Input
	in.Kind, in.Size, in.Channels = study.Image, []int{h, w}, c
	if !same || h != found[0].h || w != found[0].w {
		s.draft.Found = append(s.draft.Found, fmt.Sprintf("images are brought to %d by %d; see input", h, w))
	}
}

// shareInputs names the inputs of tables that differ in their columns or the order
// of these: those that all have.
func (s *scanner) shareInputs(found []*find) {
	first := found[0]
	common, words := first.inputs, first.columns.Categorical
	same := true
	for _, f := range found[1:] {
		same = same && slices.Equal(f.inputs, first.inputs) && slices.Equal(f.columns.Categorical, first.columns.Categorical)
		common, words = inBoth(common, f.inputs), inBoth(words, f.columns.Categorical)
	}
	if same || len(common)+len(words) == 0 {
		return
	}
	left := map[string]bool{}
	for _, f := range found {
		for _, n := range datafile.Without(slices.Concat(f.inputs, f.columns.Categorical), slices.Concat(common, words)) {
			left[n] = true
		}
		columns := *f.columns
		columns.Features, columns.Categorical, columns.Ignore = common, words, nil
		f.columns = &columns
	}
	note := "tables have their columns in different orders; columns.features lists the inputs"
	if len(left) > 0 {
		note = "inputs are the columns that all tables have; left out are " + datafile.List(slices.Sorted(maps.Keys(left)))
	}
	s.draft.Found = append(s.draft.Found, note)
}

// inBoth lists what two lists have in common, in the order of the first.
func inBoth(a, b []string) []string {
	var out []string
	place := datafile.Positions(b)
	for _, x := range a {
		if _, ok := place[x]; ok {
			out = append(out, x)
		}
	}
	return out
}

// writeColumns puts the roles of columns under defaults where all tables agree
// on them.
func (s *scanner) writeColumns(found []*find) {
	timed := func(f *find) bool { return f.inOrder || f.columns != nil && f.columns.Time != "" }
	if !slices.ContainsFunc(found, func(f *find) bool { return !timed(f) }) {
		s.draft.Defaults.Split.By = study.ByTime
	} else {
		for i, f := range found {
			if timed(f) {
				s.draft.Study.Domains[i].Split.By = study.ByTime
			}
		}
	}
	agree := !slices.ContainsFunc(found, func(f *find) bool { return f.columns == nil })
	for _, f := range found {
		agree = agree && reflect.DeepEqual(f.columns, found[0].columns)
	}
	if agree {
		s.draft.Defaults.Columns = found[0].columns
		return
	}
	for i, f := range found {
		if f.columns == nil {
			continue
		}
		columns := *f.columns
		columns.Where = f.where
		s.draft.Study.Domains[i].Columns = &columns
	}
}
