package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis"
)

// effects shows transfer and interference: one panel per arm, the first open.
type effects struct {
	Panels []effectPanel // the joint arm and the recommended pools
	Others []effectPanel
	Ticks  []tick
	// PlaceboRuns says that independent runs were also compared with each
	// other.
	PlaceboRuns bool
}

type effectPanel struct {
	Title string
	Rows  []effectRow
	Loss  []lossRow // domains without correctness
}

// effectRow is one domain under one arm. Positions are percent of the width;
// interference runs left of zero, transfer right.
type effectRow struct {
	Label, Note, Sentence   string
	Placebo                 bool
	Zero                    string
	Transfer, Harm          sideMarks
	Accuracy                string
	Delta                   string
	Tone                    string
	Test                    string
	Calls                   string
	TransferText, HarmText  sideText
	Warnings                []string
	Samples, SeedsA, SeedsB int
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
	Estimate, Bounds, Raw, Floor, Excess, Crossfit string
}

type lossRow struct {
	Label, Change, Tone string
}

func newEffects(in *Input) *effects {
	rung, weighting := in.selection()
	chosen := func(list []analysis.ArmEffect) []analysis.ArmEffect {
		var out []analysis.ArmEffect
		for _, e := range list {
			if e.Rung == rung && (e.Weighting == weighting || e.Arm == "independent") {
				out = append(out, e)
			}
		}
		return out
	}
	all, placebo := chosen(in.Results.Effects), chosen(in.Results.Placebo)
	if len(all) == 0 {
		return nil
	}
	s := effectScale(append(slices.Clone(all), placebo...))
	out := &effects{Ticks: s.ticks(func(x float64) string { return s.tickPercent(max(x, -x)) }), PlaceboRuns: len(placebo) > 0}
	arms, leading := effectArms(in, all)
	for i, arm := range arms {
		panel := effectPanel{Title: armTitle(arm)}
		for _, e := range all {
			if e.Arm != arm {
				continue
			}
			if e.Measure == analysis.MeasureLoss {
				panel.Loss = append(panel.Loss, lossRow{e.Domain, withLimits(e.Loss, significant), tone(e.Loss.Value)})
				continue
			}
			panel.Rows = append(panel.Rows, newEffectRow(e, s, false))
			for _, p := range placebo {
				if p.Domain == e.Domain && i == 0 {
					panel.Rows = append(panel.Rows, newEffectRow(p, s, true))
					break
				}
			}
		}
		if i < max(1, leading) {
			out.Panels = append(out.Panels, panel)
		} else {
			out.Others = append(out.Others, panel)
		}
	}
	return out
}

// effectArms orders the arms: joint, the recommended pools, then the rest as
// measured. The first leading ones are those that a reader looks for.
func effectArms(in *Input, all []analysis.ArmEffect) (arms []string, leading int) {
	add := func(arm string) {
		if arm != "" && !slices.Contains(arms, arm) && slices.ContainsFunc(all, func(e analysis.ArmEffect) bool { return e.Arm == arm }) {
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

// effectScale is symmetric about zero and holds bounds, raw flips and floors.
func effectScale(all []analysis.ArmEffect) scale {
	var largest float64
	for _, e := range all {
		for _, side := range []analysis.Side{e.Transfer, e.Interference} {
			for _, x := range []float64{side.BoundHi, side.Raw.Value, side.Floor.Value} {
				if finite(x) {
					largest = max(largest, x)
				}
			}
		}
	}
	s := niceScale(0, max(largest, 1e-3), 3)
	s.lo = -s.hi
	return s
}

func newEffectRow(e analysis.ArmEffect, s scale, placebo bool) effectRow {
	row := effectRow{
		Label: e.Domain, Placebo: placebo, Zero: s.at(0),
		Transfer: marks(e.Transfer, s, 1, placebo), Harm: marks(e.Interference, s, -1, placebo),
		TransferText: texts(e.Transfer), HarmText: texts(e.Interference),
		Accuracy: precise(e.AccuracyA) + " → " + precise(e.AccuracyB),
		Delta:    withLimits(e.Delta, points), Tone: tone(e.Delta.Value),
		Samples: e.Samples, SeedsA: e.SeedsA, SeedsB: e.SeedsB, Warnings: e.Warnings,
	}
	if placebo {
		row.Label = "placebo"
	}
	row.Sentence = sentence(e, placebo)
	if finite(e.NoEffect.P) {
		row.Test = fmt.Sprintf("p = %s", significant(e.NoEffect.P))
		if e.NoEffect.Smallest > 0.05 {
			row.Test += fmt.Sprintf("; %d and %d runs cannot give less than %s", e.SeedsA, e.SeedsB, significant(e.NoEffect.Smallest))
		}
	}
	row.Calls = callsText(e.Calls)
	return row
}

func callsText(c analysis.Calls) string {
	if c.Called {
		return fmt.Sprintf("%d helped, %d harmed", c.HelpedTotal, c.HarmedTotal)
	}
	if c.Note != "" {
		return strings.TrimSuffix(c.Note, ".")
	}
	return "none"
}

// sentence puts the bounds into words.
func sentence(e analysis.ArmEffect, placebo bool) string {
	if !finite(e.Transfer.BoundLo) || !finite(e.Interference.BoundLo) {
		return "No bounds from these runs."
	}
	if placebo {
		return "Nothing was shared: what shows is noise."
	}
	return fmt.Sprintf("Of every 100 answers, sharing won %s and lost %s.", perHundred(e.Transfer), perHundred(e.Interference))
}

// perHundred writes bounds as 0.7 to 3.9, or up to 2.8.
func perHundred(side analysis.Side) string {
	lo, hi := fixed(100*side.BoundLo, 1), fixed(100*side.BoundHi, 1)
	switch {
	case hi == "0.0":
		return "none"
	case lo == "0.0":
		return "up to " + hi
	case lo == hi:
		return "about " + hi
	}
	return lo + " to " + hi
}

// marks places one direction; sign is 1 to the right and -1 to the left.
func marks(side analysis.Side, s scale, sign float64, placebo bool) sideMarks {
	m := sideMarks{Class: tone(sign)}
	if placebo {
		m.Class = "placebo"
	}
	if finite(side.BoundLo) && finite(side.BoundHi) {
		m.Lo, m.Width = bar(s, sign*side.BoundLo, sign*side.BoundHi)
	}
	if finite(side.Estimate) {
		m.Estimate = s.at(sign * side.Estimate)
	}
	if finite(side.Raw.Value) && finite(side.Floor.Value) {
		m.Raw, m.Floor = s.at(sign*side.Raw.Value), s.at(sign*side.Floor.Value)
		m.ExcessLo, m.ExcessWidth = bar(s, sign*side.Raw.Value, sign*side.Floor.Value)
	}
	return m
}

func bar(s scale, a, b float64) (lo, width string) {
	fa, fb := s.fraction(a), s.fraction(b)
	return coordinate(100 * min(fa, fb)), coordinate(100 * max(fa-fb, fb-fa))
}

func texts(side analysis.Side) sideText {
	return sideText{
		Estimate: percent(side.Estimate), Bounds: span(side.BoundLo, side.BoundHi, percent),
		Raw: withLimits(side.Raw, percent), Floor: withLimits(side.Floor, percent),
		Excess: withLimits(side.Excess, percent), Crossfit: withLimits(side.Crossfit, percent),
	}
}
