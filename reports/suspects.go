package reports

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/suspects"
	"github.com/sharewise/sharewise/analysis/wording"
)

// mostSuspects is how many samples the table of suspects has for each domain.
const mostSuspects = 5

// suspected shows samples that may do harm.
type suspected struct {
	Lead    string
	Domains []suspects.Domain
	Rows    []suspectedRow
	Notes   []string
}

// suspectedRow is one sample.
type suspectedRow struct{ Domain, Sample, Why, Score, About string }

// newSuspected is nil where nobody looked, or nothing was found.
func newSuspected(in *Input) *suspected {
	f := in.Suspects
	if f == nil || f.Study != in.Results.Study || len(f.Suspects) == 0 {
		return nil
	}
	out := &suspected{Domains: f.Domains}
	shown := map[string]int{}
	labels, copies := 0, 0
	for i := range f.Suspects {
		s := &f.Suspects[i]
		if s.Split != layout.TrainSplit {
			continue
		}
		if s.Of == nil {
			labels++
		} else {
			copies++
		}
		if shown[s.Domain]++; shown[s.Domain] > mostSuspects || in.Results.Domain(s.Domain).Confidential {
			continue
		}
		row := suspectedRow{Domain: s.Domain, Sample: fmt.Sprint(s.Sample), Why: s.Reason, Score: fmt.Sprintf("%.2f", s.Score)}
		if s.Member != "" {
			row.Sample += ", " + s.Member
		}
		switch {
		case s.Of != nil:
			row.About = fmt.Sprintf("%s, %s, sample %d", s.Of.Domain, s.Of.Split, s.Of.Sample)
		case s.Other != "":
			row.About = fmt.Sprintf("%s in the data, rather %s", s.Label, s.Other)
		}
		out.Rows = append(out.Rows, row)
	}
	out.Lead = fmt.Sprintf("Models dispute the labels of %s; %s.", wording.Plural(labels, "training sample"), copiesText(copies))
	for _, n := range f.Notes {
		out.Notes = append(out.Notes, asSentence(n))
	}
	return out
}

func copiesText(n int) string {
	if n == 1 {
		return "1 is a copy of another sample"
	}
	return fmt.Sprintf("%d are copies of other samples", n)
}
