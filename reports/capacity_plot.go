package reports

import (
	"math"
	"strings"

	"github.com/sharewise/sharewise/analysis/laws"
	"github.com/sharewise/sharewise/analysis/wording"
)

// capacityPlot is lines over the rungs. what completes the sentence for those who do
// not see it.
type capacityPlot struct {
	title string
	what  text
	rungs []string
	lines []capacityLine
	share bool
	// ahead are predictions of the size after the last rung by line, which are drawn
	// where next, its label, is not empty.
	ahead []*laws.Estimate
	next  string
	turns []turnSpan
}

// turnSpan says where a gain crosses zero, in positions on the axis of rungs.
type turnSpan struct {
	class      string
	at, lo, hi float64 // at is NaN where it is not drawn
}

func (c capacityPlot) draw() *plot {
	var all []float64
	for _, l := range c.lines {
		for _, v := range l.values {
			all = append(all, v.Value, v.Lo, v.Hi)
		}
	}
	for _, e := range c.ahead {
		if e != nil {
			all = append(all, e.Value, e.Lo, e.Hi)
		}
	}
	limit := math.Inf(1)
	if c.share {
		limit = clipAt(all)
	}
	end := float64(len(c.rungs)) - 0.7
	if c.next != "" {
		end++
	}
	f := newFrame(-0.3, end, newScale(clipped(all, limit), 4))
	write, figure := f.yScale.tickPlain, significant
	if c.share {
		write, figure = f.yScale.tickPercent, percent
	}
	p := f.plot(wording.Name(c.title), write)
	p.XLabel = say("capacity")
	if !math.IsInf(limit, 1) {
		p.XLabel = beyondEdge(p.XLabel)
	}
	if f.yScale.lo < 0 {
		p.ZeroY = f.y(0)
	}
	for i, r := range c.rungs {
		p.X = append(p.X, plotTick{f.x(float64(i)), wording.Name(shortened(r, 42/len(c.rungs)))})
	}
	if c.next != "" {
		p.X = append(p.X, plotTick{f.x(float64(len(c.rungs))), text(c.next)})
	}
	for _, s := range c.turns {
		p.Spans = append(p.Spans, s.on(f))
	}
	var words []text
	p.Data.add("line", "capacity", "value", "lo", "hi")
	for k, l := range c.lines {
		s := series{Name: l.name, Class: l.class}
		if l.class == "" {
			s.Name, s.Class = armTitle(l.arm), seriesClass(l.arm)
		}
		var line []string
		// Arms stand a little apart so that their limits do not hide each
		// other; helped and harmed have a side of zero each.
		shift := 0.06 * (float64(k) - float64(len(c.lines)-1)/2)
		if l.class != "" {
			shift = 0
		}
		for i, v := range l.values {
			if !finite(v.Value) {
				continue
			}
			p.Data.add(s.Name, c.rungs[i], v.Value, v.Lo, v.Hi)
			m := plotMark{X: f.x(float64(i) + shift), Y: f.y(v.Value)}
			if finite(v.Lo) && finite(v.Hi) {
				m.Lo, m.Hi = f.y(v.Lo), f.y(v.Hi)
			}
			s.Marks = append(s.Marks, m)
			line = append(line, m.X+","+m.Y)
			words = append(words, say("%s at %s %s", s.Name, c.rungs[i], figure(v.Value)))
		}
		s.Line = strings.Join(line, " ")
		if k < len(c.ahead) && c.ahead[k] != nil && len(s.Marks) > 0 {
			e, last := c.ahead[k], s.Marks[len(s.Marks)-1]
			x := f.x(float64(len(c.rungs)) + shift)
			from := last.X + "," + last.Y
			s.Ahead = from + " " + x + "," + f.y(e.Value)
			s.AheadBand = from + " " + x + "," + f.y(e.Hi) + " " + x + "," + f.y(e.Lo)
			words = append(words, say("%s at the next size expected between %s and %s", s.Name, figure(e.Lo), figure(e.Hi)))
		}
		p.Series = append(p.Series, s)
	}
	p.Aria = say("%s by capacity, %s: %s.", c.title, c.what, joined(words, ", "))
	return p
}

func (s turnSpan) on(f frame) plotSpan {
	lo, hi := max(f.x0, s.lo), min(f.x1, s.hi)
	out := plotSpan{Class: s.class, Left: f.x(lo), Width: coordinate((frameRight - frameLeft) * max(0, hi-lo) / (f.x1 - f.x0))}
	if s.at >= f.x0 && s.at <= f.x1 {
		out.At = f.x(s.at)
	}
	return out
}

// shortened cuts the middle out of long names.
func shortened(name string, most int) string {
	r := []rune(name)
	if len(r) <= most {
		return name
	}
	head := (most - 1) / 2
	return string(r[:head]) + "…" + string(r[len(r)-(most-1-head):])
}
