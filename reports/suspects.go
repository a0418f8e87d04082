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
	Lead    text
	Domains []suspects.Domain
	Rows    []suspectedRow
	Notes   []text
}

// suspectedRow is one sample.
type suspectedRow struct {
	Domain, Sample, Score string
	Why, About            text
}

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
		row := suspectedRow{Domain: s.Domain, Sample: fmt.Sprint(s.Sample), Why: wording.Written(s.Reason), Score: fmt.Sprintf("%.2f", s.Score)}
		if s.Member != "" {
			row.Sample += ", " + s.Member
		}
		switch {
		case s.Of != nil:
			row.About = say("%s, %s, sample %d", s.Of.Domain, splitWord(s.Of.Split), s.Of.Sample)
		case s.Other != "":
			row.About = say("%s in the data, rather %s", s.Label, s.Other)
		}
		out.Rows = append(out.Rows, row)
	}
	out.Lead = say("Models dispute the labels of %s; %s.", some(labels, "training sample"), copiesText(copies))
	for _, n := range f.Notes {
		out.Notes = append(out.Notes, asSentence(n))
	}
	return out
}

func copiesText(n int) text {
	if n == 1 {
		return say("1 is a copy of another sample")
	}
	return say("%d are copies of other samples", n)
}

// splitWord names a part of the data.
func splitWord(split string) text {
	switch split {
	case layout.TrainSplit:
		return say("train")
	case layout.ValSplit:
		return say("val")
	case "test":
		return say("test")
	}
	return wording.Name(split)
}
