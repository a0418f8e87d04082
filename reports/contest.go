package reports

import (
	"fmt"
	"strings"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/wording"
)

// compared shows ways of weighting that were compared at equal tuning and equal time.
type compared struct {
	Verdict, Notes []string
	Lead           string
	Errors, Long   bool
	Rows           []comparedRow
}

// comparedRow is one method.
type comparedRow struct {
	Rank, Method, Loss, Long, Error, Step, Epochs, Setting string
	Control                                                bool
}

// newCompared is nil where nothing was compared, or for another study.
func newCompared(in *Input) *compared {
	f := in.Contest
	if f == nil || f.Study != in.Results.Study {
		return nil
	}
	out := &compared{
		Verdict: f.Verdict, Notes: f.Warnings,
		Lead: fmt.Sprintf("Every method had %s, tuned on validation samples, and as much time as equal weights take for %s; %s then judged the best of each on test samples, at %s.",
			wording.Plural(f.Trials, "candidate"), wording.Plural(f.Epochs, "epoch"), wording.Plural(f.Seeds, "fresh seed"), f.Rung),
	}
	for i := range f.Entries {
		e := &f.Entries[i]
		row := comparedRow{
			Rank: fmt.Sprintf("%d (%d to %d)", e.Loss.Rank, e.Loss.RankLo, e.Loss.RankHi), Method: e.Method,
			Control: e.IsControl(),
			Loss:    changeOf(e.Loss.Against), Step: fmt.Sprintf("%.2f×", e.Cost.Relative), Epochs: fmt.Sprint(e.Epochs), Setting: e.Tuned(),
		}
		if v := e.Loss.AgainstLong; v != nil {
			row.Long, out.Long = changeOf(*v), true
		}
		if e.Error != nil {
			row.Error, out.Errors = changeOf(e.Error.Against), true
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// changeOf writes a relative change with its limits; a method's to itself is none.
func changeOf(v effect.Interval) string {
	if v == (effect.Interval{}) {
		return "–"
	}
	text := fmt.Sprintf("%+.1f %%", 100*v.Value)
	if v.Limited() {
		text += fmt.Sprintf(" (%+.1f to %+.1f)", 100*v.Lo, 100*v.Hi)
	}
	return strings.ReplaceAll(text, "-", minus)
}
