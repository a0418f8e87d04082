package reports

import (
	"math"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/measures"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/wording"
)

// effects shows transfer and interference: one panel per arm, the first open.
type effects struct {
	Panels []effectPanel // the joint arm and the recommended pools
	Others []effectPanel
	// More are pools that are not shown, for being too many: results.json has them.
	More int
	// PlaceboRuns says that independent runs were also compared with each
	// other.
	PlaceboRuns bool
	// Errors and Losses say by what domains were measured.
	Errors, Losses bool
	// Apart says which errors the gains of domains reduce whose effects rest on
	// something else.
	Apart text
}

// mostOtherPanels is how many pools beside the recommended ones are shown: the pairs of
// nine domains.
const mostOtherPanels = 36

type effectPanel struct {
	Title  text
	Joint  bool // the model of all
	Charts []effectChart
}

// effectChart holds the domains of one measure: fractions of answers, or of the
// domain's mean loss alone.
type effectChart struct {
	Title  text // of the panel
	Losses bool
	Mixed  bool // the panel has a chart of the other measure too
	Rows   []effectRow
	Ticks  []tick
	Axis   text
}

// effectRow is one domain under one arm. Positions are percent of the width;
// interference runs left of zero, transfer right.
type effectRow struct {
	Label, Sentence        text
	Placebo                bool
	Transfer, Harm         sideMarks
	Level                  string // accuracy or mean loss, alone and shared
	Delta                  text
	Test                   text
	Calls                  text
	TransferText, HarmText sideText
	Basis                  text // samples, groups and runs
}

// sideMarks are the positions of one direction.
type sideMarks struct {
	Class      string // gain, harm or placebo
	Lo, Width  string // bar from bound to bound
	Estimate   string
	Floor, Raw string
	// ExcessLo and ExcessWidth join floor and raw.
	ExcessLo, ExcessWidth string
}

// sideText are the figures of one direction.
type sideText struct {
	Estimate                                       string
	Bounds, Relative, Raw, Floor, Excess, Crossfit text
}

func newEffects(in *Input) *effects {
	rung, weighting := in.selection()
	chosen := func(list []analysis.Effect) []analysis.Effect {
		var out []analysis.Effect
		for _, e := range list {
			if e.At(rung, weighting) || e.Arm == analysis.Independent && e.Rung == rung {
				out = append(out, e)
			}
		}
		return out
	}
	all, placebo := chosen(in.Results.Effects), chosen(in.Results.Placebo)
	if len(all) == 0 {
		return nil
	}
	out := &effects{PlaceboRuns: len(placebo) > 0}
	for _, e := range all {
		if e.Measure == measures.Loss {
			out.Losses = true
		} else {
			out.Errors = true
		}
	}
	scales, cut := map[bool]scale{}, map[bool]bool{}
	for _, losses := range []bool{false, true} {
		scales[losses], cut[losses] = effectScale(slices.Concat(all, placebo), losses)
	}
	var apart []text
	for _, m := range measures.All {
		var names []string
		for _, d := range in.Results.Domains {
			if d.Measure == m.Name && m.Apart() {
				names = append(names, d.Name)
			}
		}
		if names != nil {
			apart = append(apart, say("those of %s reduce %s", list(names), metricTitle(m.Metric)))
		}
	}
	out.Apart = list(apart)
	arms, leading := effectArms(in, all)
	for i, arm := range arms {
		leads := i < max(1, leading)
		if !leads && len(out.Others) == mostOtherPanels {
			out.More++
			continue
		}
		panel := effectPanel{Title: armTitle(arm), Joint: arm == study.Joint}
		for _, losses := range []bool{false, true} {
			chart := effectChart{Title: panel.Title, Losses: losses, Axis: say("of all answers")}
			if losses {
				chart.Axis = say("of the domain's mean loss alone")
			}
			if cut[losses] {
				chart.Axis = beyondEdge(chart.Axis)
			}
			s := scales[losses]
			chart.Ticks = s.ticks(func(x float64) string { return s.tickPercent(max(x, -x)) })
			for _, e := range all {
				if e.Arm != arm || (e.Measure == measures.Loss) != losses {
					continue
				}
				chart.Rows = append(chart.Rows, newEffectRow(e, s, false))
				for _, p := range placebo {
					if p.Domain == e.Domain && p.Measure == e.Measure && i == 0 {
						chart.Rows = append(chart.Rows, newEffectRow(p, s, true))
						break
					}
				}
			}
			if len(chart.Rows) > 0 {
				panel.Charts = append(panel.Charts, chart)
			}
		}
		for k := range panel.Charts {
			panel.Charts[k].Mixed = len(panel.Charts) > 1
		}
		if leads {
			out.Panels = append(out.Panels, panel)
		} else {
			out.Others = append(out.Others, panel)
		}
	}
	return out
}

// drawn is what a figure of an effect is drawn as: a fraction of all answers, or
// of the mean loss alone.
func drawn(e analysis.Effect, x float64) float64 {
	if e.Measure == measures.Loss {
		return e.Relative(x)
	}
	return x
}

// drawnBounds are the estimate and the bounds of one direction as they are drawn.
func drawnBounds(e analysis.Effect, side effect.Side) effect.Interval {
	v := side.Bounds()
	return effect.Interval{Value: drawn(e, v.Value), Lo: drawn(e, v.Lo), Hi: drawn(e, v.Hi)}
}

// effectArms orders the arms: joint, the recommended pools, then the rest as
// measured. The first leading ones are those that a reader looks for.
func effectArms(in *Input, all []analysis.Effect) (arms []string, leading int) {
	add := func(arm string) {
		if arm != "" && !slices.Contains(arms, arm) && slices.ContainsFunc(all, func(e analysis.Effect) bool { return e.Arm == arm }) {
			arms = append(arms, arm)
		}
	}
	add("joint")
	if in.Groups != nil {
		for i := range in.Groups.Groups {
			add(in.armOf(in.Groups.Groups[i].Names()))
		}
	}
	leading = len(arms)
	for _, e := range all {
		add(e.Arm)
	}
	return arms, leading
}

// effectScale is symmetric about zero and holds bounds, raw figures and floors.
func effectScale(all []analysis.Effect, losses bool) (s scale, cut bool) {
	var figures []float64
	for _, e := range all {
		if (e.Measure == measures.Loss) != losses {
			continue
		}
		for _, side := range []effect.Side{e.Transfer, e.Interference} {
			for _, x := range []float64{float64(side.BoundHi), side.Raw.Value, side.Floor.Value} {
				figures = append(figures, drawn(e, x))
			}
		}
	}
	limit, largest := clipAt(figures), 1e-3
	for _, x := range clipped(figures, limit) {
		if finite(x) {
			largest = max(largest, x)
		}
	}
	s = niceScale(0, largest, 3)
	s.lo = -s.hi
	return s, !math.IsInf(limit, 1)
}

func newEffectRow(e analysis.Effect, s scale, placebo bool) effectRow {
	row := effectRow{
		Label: wording.Name(e.Domain), Placebo: placebo,
		Transfer: marks(e, e.Transfer, s, 1, placebo), Harm: marks(e, e.Interference, s, -1, placebo),
		TransferText: texts(e, e.Transfer), HarmText: texts(e, e.Interference),
		Level: precise(float64(e.Accuracy.Independent)) + " → " + precise(float64(e.Accuracy.Arm)), Delta: withLimits(e.Delta, points),
		Basis: say("%s; %d and %d runs", some(e.Samples, "sample"), e.Seeds.Independent, e.Seeds.Arm),
	}
	if e.Measure == measures.Loss {
		row.Level = significant(float64(e.Loss.Independent)) + " → " + significant(float64(e.Loss.Arm))
		row.Delta = say("a fall of %s", withLimits(e.Delta, significant))
		if d := e.Delta; d.Value < 0 {
			row.Delta = say("a rise of %s", withLimits(effect.Interval{Value: -d.Value, Lo: -d.Hi, Hi: -d.Lo}, significant))
		}
	}
	if e.Groups > 0 {
		row.Basis = say("%s in %s; %d and %d runs", some(e.Samples, "sample"), some(e.Groups, "group"), e.Seeds.Independent, e.Seeds.Arm)
	}
	if e.LossCap > 0 {
		row.Basis = say("%s; losses cut at %s", row.Basis, significant(e.LossCap))
	}
	if placebo {
		row.Label = say("placebo")
	}
	row.Sentence = sentence(e, placebo)
	if e.NoEffect.P.Known() {
		row.Test = text("p = " + significant(float64(e.NoEffect.P)))
		if e.NoEffect.Smallest > 0.05 {
			row.Test = say("%s; %d and %d runs cannot give less than %s", row.Test, e.Seeds.Independent, e.Seeds.Arm, significant(float64(e.NoEffect.Smallest)))
		}
	}
	row.Calls = callsText(e.Calls)
	return row
}

func callsText(c effect.Calls) text {
	if c.Called && c.HelpedGroups+c.HarmedGroups > 0 {
		return say("%d helped (of %d groups), %d harmed (of %d groups)", c.Helped, c.HelpedGroups, c.Harmed, c.HarmedGroups)
	}
	if c.Called {
		return say("%d helped, %d harmed", c.Helped, c.Harmed)
	}
	if c.Note != "" {
		return wording.Written(strings.TrimSuffix(c.Note, "."))
	}
	return say("none")
}

// sentence puts the bounds into words.
func sentence(e analysis.Effect, placebo bool) text {
	if !e.Transfer.BoundLo.Known() || !e.Interference.BoundLo.Known() {
		return say("No bounds from these runs.")
	}
	if placebo {
		return say("Nothing was shared: what shows is noise.")
	}
	if e.Measure == measures.Loss {
		if !finite(e.Relative(0)) {
			return say("The mean loss alone is not above zero, so that shares of it mean nothing; the bounds stand below.")
		}
		return say("Of every 100 parts of loss, sharing took away %s and added %s.", perHundred(e, e.Transfer), perHundred(e, e.Interference))
	}
	return say("Of every 100 answers, sharing won %s and lost %s.", perHundred(e, e.Transfer), perHundred(e, e.Interference))
}

// perHundred writes bounds as 0.7 to 3.9, or up to 2.8.
func perHundred(e analysis.Effect, side effect.Side) text {
	v := drawnBounds(e, side)
	lo, hi := fixed(100*v.Lo, 1), fixed(100*v.Hi, 1)
	switch {
	case hi == "0.0":
		return say("none")
	case lo == "0.0":
		return say("up to %s", hi)
	case lo == hi:
		return say("about %s", hi)
	}
	return say("%s to %s", lo, hi)
}

// marks places one direction; sign is 1 to the right and -1 to the left.
func marks(e analysis.Effect, side effect.Side, s scale, sign float64, placebo bool) sideMarks {
	m := sideMarks{Class: tone(sign)}
	if placebo {
		m.Class = "placebo"
	}
	at := func(x float64) float64 { return sign * drawn(e, x) }
	bounds := side.Bounds()
	if lo, hi := at(bounds.Lo), at(bounds.Hi); finite(lo) && finite(hi) {
		m.Lo, m.Width = bar(s, lo, hi)
	}
	if x := at(bounds.Value); finite(x) {
		m.Estimate = s.at(x)
	}
	if raw, floor := at(side.Raw.Value), at(side.Floor.Value); finite(raw) && finite(floor) {
		m.Raw, m.Floor = s.at(raw), s.at(floor)
		m.ExcessLo, m.ExcessWidth = bar(s, raw, floor)
	}
	return m
}

func bar(s scale, a, b float64) (lo, width string) {
	fa, fb := s.fraction(a), s.fraction(b)
	return coordinate(100 * min(fa, fb)), coordinate(100 * max(fa-fb, fb-fa))
}

func texts(e analysis.Effect, side effect.Side) sideText {
	write := percent
	if e.Measure == measures.Loss {
		write = significant
	}
	bounds := side.Bounds()
	return sideText{
		Estimate: write(bounds.Value), Bounds: span(bounds.Lo, bounds.Hi, write),
		Relative: span(e.Relative(bounds.Lo), e.Relative(bounds.Hi), percent),
		Raw:      withLimits(side.Raw, write), Floor: withLimits(side.Floor, write),
		Excess: withLimits(side.Excess, write), Crossfit: withLimits(side.Crossfit, write),
	}
}
