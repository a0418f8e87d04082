package reports

import (
	"math"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/laws"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
)

// turn says from which size on sharing helps a domain; empty where nothing is known.
func (in *Input) turn(d grouping.DomainCapacity) text {
	c := in.Results.Capacity
	if c == nil {
		return ""
	}
	_, weighting := in.selection()
	x := c.Crossing(d.Arm, weighting, d.Domain)
	if x == nil {
		return ""
	}
	settled := x.Settled()
	switch settled.Where {
	case laws.Below:
		return say("helps at every size")
	case laws.Beyond:
		return say("harms at the largest size still")
	case laws.Between:
		return say("harms, and helps from a size on that lies %s", in.betweenRungs(settled))
	}
	return say("helps from a size on that lies %s: not settled", in.betweenRungs(settled))
}

// betweenRungs names the rungs that the limits of a crossing lie between.
func (in *Input) betweenRungs(x analysis.CapacitySettled) text {
	c, rungs := in.Results.Capacity, in.Results.Rungs
	below, above := "", ""
	for i, n := range c.Parameters {
		if x.Lo.Known() && float64(x.Lo) >= float64(n) {
			below = rungs[i]
		}
		if above == "" && x.Hi.Known() && float64(x.Hi) <= float64(n) {
			above = rungs[i]
		}
	}
	switch {
	case below == "" && above == "":
		return say("anywhere")
	case below == "":
		return say("below %s", above)
	case above == "":
		return say("beyond %s, perhaps beyond the largest", below)
	}
	return say("between %s and %s", below, above)
}

// turns is a sentence on the domains for which sharing turns from harm to help within the
// sizes, for the verdict; empty where there are none. Among many domains one crosses by
// chance: only those count whose limits hold with those of all others, and whose gain
// rises surely among all (grouping.CapacityRule).
func (in *Input) turns(domains []DomainStatement) text {
	var parts []text
	_, weighting := in.selection()
	for _, d := range domains {
		if d.Answer != grouping.Yes && d.Answer != grouping.InPart {
			continue
		}
		if x := in.Results.Capacity.Crossing(d.Arm, weighting, d.Domain); x != nil && x.Settled().Where == laws.Between {
			parts = append(parts, say("%s %s", d.Domain, in.betweenRungs(x.Settled())))
		}
	}
	switch n := len(parts); {
	case n == 0:
		return ""
	case n > 4:
		return say("Sharing turns from harm to help within these sizes for %s domains, such as %s.", count(n), parts[0])
	}
	return say("Sharing turns from harm to help for %s.", list(parts))
}

// larger says what the next size, which was not trained, would bring a domain.
func (in *Input) larger(d grouping.DomainCapacity) text {
	c := in.Results.Capacity
	if c == nil {
		return ""
	}
	_, weighting := in.selection()
	var parts []text
	why := ""
	for _, arm := range []string{analysis.Independent, d.Arm} {
		curve := c.Curve(arm, weighting, d.Domain)
		if curve == nil {
			continue
		}
		if curve.Law == nil {
			why = curve.Why
			continue
		}
		parts = append(parts, say("%s: twice the parameters take off %s of the error at most", armTitle(arm), percent(curve.Law.Doubling.Relative)))
	}
	if len(parts) == 0 {
		return wording.Written(why)
	}
	return wording.Clauses(parts)
}

// place is where a number of parameters lies on the axis of rungs, by their
// logarithms, beyond both ends too.
func (in *Input) place(parameters float64) float64 {
	n := in.Results.Capacity.Parameters
	k := 0
	for k < len(n)-2 && parameters > float64(n[k+1]) {
		k++
	}
	a, b := math.Log(float64(n[k])), math.Log(float64(n[k+1]))
	return float64(k) + (math.Log(parameters)-a)/(b-a)
}

// turnsOf are where the gains of lines cross zero, where it is likely that they do so
// within the sizes.
func (in *Input) turnsOf(domain, weighting string, lines []capacityLine) []turnSpan {
	c := in.Results.Capacity
	if c == nil {
		return nil
	}
	var out []turnSpan
	for _, l := range lines {
		x := c.Crossing(l.arm, weighting, domain)
		if x == nil || x.Settled().Where != laws.Between && !(x.Turns > 0.5) {
			continue
		}
		s := turnSpan{class: seriesClass(l.arm), at: math.NaN(), lo: math.Inf(-1), hi: math.Inf(1)}
		if x.At.Known() && x.At > 0 {
			s.at = in.place(float64(x.At))
		}
		settled := x.Settled()
		if settled.Lo.Known() && settled.Lo > 0 {
			s.lo = in.place(float64(settled.Lo))
		}
		if settled.Hi.Known() {
			s.hi = in.place(float64(settled.Hi))
		}
		out = append(out, s)
	}
	return out
}

// addLaws plots the error that gains reduce with what the next size would measure.
func (c *capacity) addLaws(in *Input, weighting string) {
	of := in.Results.Capacity
	if of == nil {
		return
	}
	grid := &plotGrid{}
	used := map[string]string{}
	for _, d := range in.Results.Domains {
		p := capacityPlot{title: d.Name, what: say("error that gains reduce"), rungs: c.Rungs}
		for _, arm := range in.armsOf(d.Name) {
			curve := of.Curve(arm, weighting, d.Name)
			if curve == nil {
				continue
			}
			line := capacityLine{arm: arm, values: curve.Error}
			if !line.known() {
				continue
			}
			var ahead *laws.Estimate
			if curve.Law != nil {
				ahead = &curve.Law.Next.Error
				p.next = "×" + significant(float64(curve.Law.Next.Parameters)/float64(of.Parameters[len(of.Parameters)-1]))
			}
			p.lines, p.ahead = append(p.lines, line), append(p.ahead, ahead)
			used[seriesClass(arm)] = arm
		}
		if p.next != "" {
			grid.Plots = append(grid.Plots, p.draw())
		}
	}
	if len(grid.Plots) > 0 {
		grid.Legend = armLegend(used)
		c.Laws = grid
	}
}
