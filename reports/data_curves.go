package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping/appraisal"
	"github.com/sharewise/sharewise/grouping/economics"
)

// newDataCurves draws error by the number of training samples, where domains were
// trained with several; nil where none was.
func newDataCurves(a *appraisal.Appraisal) *curves {
	c := &curves{}
	used := map[string]string{}
	for i := range a.Data.Curves {
		if d := &a.Data.Curves[i]; len(d.Points) > 1 {
			c.Plots = append(c.Plots, dataPlot(d, used))
		}
	}
	if len(c.Plots) == 0 {
		return nil
	}
	c.Legend = []legendEntry{{"s-alone", say("alone")}}
	if _, ok := used["s-joint"]; ok {
		c.Legend = append(c.Legend, legendEntry{"s-joint", say("shared")})
	}
	return c
}

// dataPlot is the curve of a domain. Equal distances along the axis are equal ratios of
// samples, since errors fall by powers of these.
func dataPlot(d *appraisal.Curve, used map[string]string) *plot {
	var all []float64
	byClass := []struct {
		class string
		name  text
		of    func(*appraisal.Point) *economics.Estimate
	}{
		{"s-alone", say("alone"), func(p *appraisal.Point) *economics.Estimate { return p.Alone }},
		{"s-joint", say("shared"), func(p *appraisal.Point) *economics.Estimate { return p.Shared }},
	}
	points := slices.SortedFunc(slices.Values(d.Points), func(p, q appraisal.Point) int { return cmp.Compare(p.Samples, q.Samples) })
	for i := range points {
		for _, s := range byClass {
			if e := s.of(&points[i]); e != nil {
				all = append(all, e.Value, e.Lo, e.Hi)
			}
		}
	}
	at := func(samples int) float64 { return math.Log2(float64(max(1, samples))) }
	first, last := at(points[0].Samples), at(points[len(points)-1].Samples)
	pad := max(0.1, 0.08*(last-first))
	f := newFrame(first-pad, last+pad, newScale(all, 4))
	p := f.plot(wording.Name(d.Domain), f.yScale.tickPercent)
	p.XLabel = say("training samples")
	p.Data.add("model", "training samples", "error", "lo", "hi")
	end := math.Inf(-1)
	for i := range points {
		// Labels that would run into each other are left out, but for the last.
		x := at(points[i].Samples)
		room := 0.15 * (last - first + 2*pad)
		if x-end >= room && (last-x >= room || i == len(points)-1) {
			p.X = append(p.X, plotTick{f.x(x), text(fmt.Sprint(points[i].Samples))})
			end = x
		}
	}
	var words []text
	for k, of := range byClass {
		s := series{Name: of.name, Class: of.class}
		var line []string
		for i := range points {
			e := of.of(&points[i])
			if e == nil || !finite(e.Value) {
				continue
			}
			shift := 0.015 * (last - first + 2*pad) * (float64(k) - 0.5)
			p.Data.add(of.name, points[i].Samples, e.Value, e.Lo, e.Hi)
			m := plotMark{X: f.x(at(points[i].Samples) + shift), Y: f.y(e.Value)}
			if finite(e.Lo) && finite(e.Hi) {
				m.Lo, m.Hi = f.y(e.Lo), f.y(e.Hi)
			}
			s.Marks = append(s.Marks, m)
			line = append(line, m.X+","+m.Y)
			words = append(words, say("%s with %d %s", of.name, points[i].Samples, precise(e.Value)))
		}
		if len(s.Marks) == 0 {
			continue
		}
		used[of.class] = of.class
		s.Line = strings.Join(line, " ")
		p.Series = append(p.Series, s)
	}
	p.Aria = say("Error of %s by training samples: %s.", d.Domain, joined(words, ", "))
	return p
}
