package reports

import (
	"fmt"
	"strings"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/wording"
)

// compared shows ways of weighting that were compared at equal tuning and equal time.
type compared struct {
	Verdict, Notes []text
	Lead           text
	Errors, Long   bool
	Rows           []comparedRow
}

// comparedRow is one method.
type comparedRow struct {
	Method, Step, Epochs    string
	Setting                 text
	Rank, Loss, Long, Error text
	Control                 bool
}

// newCompared is nil where nothing was compared, or for another study.
func newCompared(in *Input) *compared {
	f := in.Contest
	if f == nil || f.Study != in.Results.Study {
		return nil
	}
	out := &compared{
		Verdict: written(f.Verdict), Notes: written(f.Warnings),
		Lead: say("Every method had %s, tuned on validation samples, and as much time as equal weights take for %s; %s then judged the best of each on test samples, at %s.",
			some(f.Trials, "candidate"), some(f.Epochs, "epoch"), some(f.Seeds, "fresh seed"), f.Rung),
	}
	for i := range f.Entries {
		e := &f.Entries[i]
		row := comparedRow{
			Rank: say("%d (%d to %d)", e.Loss.Rank, e.Loss.RankLo, e.Loss.RankHi), Method: e.Method,
			Control: e.IsControl(),
			Loss:    changeOf(e.Loss.Against), Step: fmt.Sprintf("%.2f×", e.Cost.Relative), Epochs: fmt.Sprint(e.Epochs), Setting: wording.Written(e.Tuned()),
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
func changeOf(v effect.Interval) text {
	if v == (effect.Interval{}) {
		return noData
	}
	figure := func(x float64) string { return strings.ReplaceAll(fmt.Sprintf("%+.1f", x), "-", minus) }
	if v.Limited() {
		return say("%s %% (%s to %s)", figure(100*v.Value), figure(100*v.Lo), figure(100*v.Hi))
	}
	return text(figure(100*v.Value) + " %")
}
