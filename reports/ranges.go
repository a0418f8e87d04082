package reports

import (
	"math"

	"github.com/sharewise/sharewise/analysis/effect"
)

// rangeChart shows one value with limits per row, on a shared axis.
type rangeChart struct {
	Rows  []rangeRow
	Ticks []tick
	Axis  text // what the axis means
	Key   text // what dot and bar are
}

// rangeRow is one row. Positions are in percent of the width, empty where
// there is nothing to draw.
type rangeRow struct {
	Label, Note text
	Text        text
	Limits      text   // the value and its limits
	Tone        string // gain, harm or none
	Strong      bool   // the limits exclude zero
	X, Lo, Hi   string
	Mark        text // a word such as "share" after the text
}

// rangeItem is a row before it has a scale.
type rangeItem struct {
	label, note text
	value       effect.Interval
	mark        text
}

// measuredKey explains a measured value and its limits.
func measuredKey() text { return say("Dot: what was measured. Bar: its limits.") }

// newRangeChart lays rows out around zero.
func newRangeChart(items []rangeItem, axis text, write func(float64) string) *rangeChart {
	if len(items) == 0 {
		return nil
	}
	points, all := valuesOf(items)
	limit := min(clipAt(points), clipAt(all))
	s := newScale(clipped(all, limit), 5)
	c := &rangeChart{Ticks: s.ticks(s.tickSigned), Axis: axis, Key: measuredKey()}
	if !math.IsInf(limit, 1) {
		c.Axis = beyondEdge(c.Axis)
	}
	c.add(items, s, limit, write)
	return c
}

// newAmountChart lays rows of amounts out around zero.
func newAmountChart(items []rangeItem, axis text) *rangeChart {
	if len(items) == 0 {
		return nil
	}
	_, all := valuesOf(items)
	s := newScale(all, 4)
	// Long numbers would run into each other.
	if most := max(math.Abs(s.lo), math.Abs(s.hi)); most >= 1e6 {
		s = newScale(all, 2)
	}
	c := &rangeChart{Ticks: s.ticks(amount), Axis: axis, Key: measuredKey()}
	c.add(items, s, math.Inf(1), signedAmount)
	return c
}

// valuesOf are the values of items, and these with their limits.
func valuesOf(items []rangeItem) (points, all []float64) {
	for _, it := range items {
		points = append(points, it.value.Value)
		all = append(all, it.value.Value, it.value.Lo, it.value.Hi)
	}
	return points, all
}

func (c *rangeChart) add(items []rangeItem, s scale, limit float64, write func(float64) string) {
	for _, it := range items {
		v := it.value
		row := rangeRow{Label: it.label, Note: it.note, Text: text(write(v.Value)), Limits: span(v.Lo, v.Hi, write), Tone: tone(v.Value), Strong: excludesZero(v), Mark: it.mark}
		if math.Abs(v.Value) > limit {
			row.Mark = say("beyond the axis")
			if it.mark != "" {
				row.Mark = say("%s; beyond the axis", it.mark)
			}
		}
		if finite(v.Value) {
			row.X = s.at(v.Value)
		}
		if finite(v.Lo) && finite(v.Hi) {
			row.Lo, row.Hi = s.at(v.Lo), s.at(v.Hi)
		}
		c.Rows = append(c.Rows, row)
	}
}

func tone(x float64) string {
	switch {
	case math.IsNaN(x), x == 0:
		return "none"
	case x > 0:
		return "gain"
	}
	return "harm"
}

func excludesZero(v effect.Interval) bool { return v.Lo > 0 || v.Hi < 0 }
