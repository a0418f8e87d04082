package reports

import (
	"fmt"
	"math"
	"strings"

	"github.com/sharewise/sharewise/analysis"
)

// capacity shows quality against capacity, one plot per domain.
type capacity struct {
	Plots  []*plot
	Legend []legendEntry
	Rows   []capacityRow
	Rungs  []string
}

type capacityRow struct {
	Domain, Arm string
	Cells       []string
}

func newCapacity(in *Input) *capacity {
	rungs := in.Results.Rungs
	if len(rungs) < 2 {
		return nil
	}
	_, weighting := in.selection()
	c := &capacity{Rungs: rungs}
	used := map[string]string{}
	for _, d := range in.Results.Domains {
		var lines []capacityLine
		for _, arm := range in.armsOf(d.Name) {
			line := capacityLine{arm: arm, values: make([]analysis.Interval, len(rungs))}
			any := false
			for i, rung := range rungs {
				line.values[i] = analysis.Interval{Value: math.NaN(), Lo: math.NaN(), Hi: math.NaN()}
				if s := in.score(arm, rung, weighting, d.Name); s != nil {
					line.values[i], any = shownError(s), true
				}
			}
			if any {
				lines = append(lines, line)
				used[seriesClass(arm)] = arm
				c.Rows = append(c.Rows, line.row(d))
			}
		}
		if len(lines) > 0 {
			c.Plots = append(c.Plots, capacityPlot(d, rungs, lines))
		}
	}
	if len(c.Plots) == 0 {
		return nil
	}
	c.Legend = armLegend(used)
	return c
}

type capacityLine struct {
	arm    string
	values []analysis.Interval
}

func (l capacityLine) row(d analysis.DomainInfo) capacityRow {
	write := significant
	if d.Task == "classification" {
		write = precise
	}
	r := capacityRow{Domain: d.Name, Arm: armTitle(l.arm)}
	for _, v := range l.values {
		r.Cells = append(r.Cells, withLimits(v, write))
	}
	return r
}

// shownError is the share of wrong answers, the mean absolute error, or the
// loss: less is better in all three.
func shownError(s *analysis.Score) analysis.Interval {
	switch {
	case s.Accuracy != nil:
		a := *s.Accuracy
		return analysis.Interval{Value: 1 - a.Value, Lo: 1 - a.Hi, Hi: 1 - a.Lo}
	case s.MAE != nil:
		return *s.MAE
	}
	return s.Loss
}

func capacityPlot(d analysis.DomainInfo, rungs []string, lines []capacityLine) *plot {
	hi := 0.0
	for _, l := range lines {
		for _, v := range l.values {
			for _, x := range []float64{v.Value, v.Hi} {
				if finite(x) {
					hi = max(hi, x)
				}
			}
		}
	}
	f := newFrame(-0.3, float64(len(rungs))-0.7, niceScale(0, hi, 4))
	write := f.yScale.tickPlain
	if d.Task == "classification" {
		write = f.yScale.tickPercent
	}
	p := f.plot(d.Name, write)
	p.XLabel = "capacity"
	for i, r := range rungs {
		p.X = append(p.X, plotTick{f.x(float64(i)), r})
	}
	var words []string
	for k, l := range lines {
		s := series{Name: armTitle(l.arm), Class: seriesClass(l.arm)}
		var line []string
		// Arms stand a little apart so that their limits do not hide each
		// other.
		shift := 0.06 * (float64(k) - float64(len(lines)-1)/2)
		for i, v := range l.values {
			if !finite(v.Value) {
				continue
			}
			m := plotMark{X: f.x(float64(i) + shift), Y: f.y(v.Value)}
			if finite(v.Lo) && finite(v.Hi) {
				m.Lo, m.Hi = f.y(v.Lo), f.y(v.Hi)
			}
			s.Marks = append(s.Marks, m)
			line = append(line, m.X+","+m.Y)
			words = append(words, fmt.Sprintf("%s at %s %s", s.Name, rungs[i], significant(v.Value)))
		}
		s.Line = strings.Join(line, " ")
		p.Series = append(p.Series, s)
	}
	p.Aria = fmt.Sprintf("Error of %s by capacity: %s.", d.Name, strings.Join(words, ", "))
	return p
}
