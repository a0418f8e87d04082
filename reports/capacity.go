package reports

import (
	"slices"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/measures"
)

// capacity shows error, gain, transfer and interference against capacity, one
// plot each per domain.
type capacity struct {
	Answer *CapacityStatement
	// JointSides says that Sides are of the model of all.
	JointSides bool
	Errors     *plotGrid
	Gains      *plotGrid
	Sides      *plotGrid
	// Laws are curves with the next size, which was not trained; nil where no law
	// was fitted.
	Laws  *plotGrid
	Rows  []capacityRow
	Rungs []string
}

// plotGrid is a set of small plots with a common legend.
type plotGrid struct {
	Plots  []*plot
	Legend []legendEntry
}

// capacityRow is one figure of a domain under an arm, by rung.
type capacityRow struct {
	Domain      string
	Arm, Figure text
	Cells       []text
}

func newCapacity(in *Input) *capacity {
	rungs := in.Results.Rungs
	if len(rungs) < 2 {
		return nil
	}
	_, weighting := in.selection()
	c := &capacity{Rungs: rungs, Answer: StateCapacity(in), Errors: &plotGrid{}, Gains: &plotGrid{}, Sides: &plotGrid{}}
	byError, byGain := map[string]string{}, map[string]string{}
	for _, d := range in.Results.Domains {
		var errors, gains []capacityLine
		var shown metric
		for _, arm := range in.armsOf(d.Name) {
			e, g := newCapacityLine(arm, len(rungs)), newCapacityLine(arm, len(rungs))
			for i, rung := range rungs {
				at := analysis.Key{Arm: arm, Rung: rung, Weighting: weighting, Domain: d.Name}
				if s := in.Results.Score(at); s != nil {
					e.values[i], shown = in.errorOf(s)
				}
				if x := in.Results.Gain(at); x != nil {
					g.values[i] = x.Relative
				}
			}
			if e.known() {
				errors = append(errors, e)
				byError[seriesClass(arm)] = arm
				c.Rows = append(c.Rows, e.row(d.Name, shown.errorName(), shown.write))
			}
			if g.known() {
				gains = append(gains, g)
				byGain[seriesClass(arm)] = arm
				c.Rows = append(c.Rows, g.row(d.Name, say("gain"), signed))
				c.addSides(in, d.Name, arm, weighting)
			}
		}
		if len(errors) > 0 {
			p := capacityPlot{title: d.Name, what: shown.errorName(), rungs: rungs, lines: errors, share: shown.share}.draw()
			p.Note = shown.errorName()
			c.Errors.Plots = append(c.Errors.Plots, p)
		}
		if len(gains) > 0 {
			c.Gains.Plots = append(c.Gains.Plots, capacityPlot{title: d.Name, what: say("gain"), rungs: rungs, lines: gains, share: true, turns: in.turnsOf(d.Name, weighting, gains)}.draw())
		}
	}
	if len(c.Errors.Plots) == 0 {
		return nil
	}
	c.JointSides = c.Answer != nil && c.Answer.Domains[0].Arm == "joint"
	c.Errors.Legend, c.Gains.Legend = armLegend(byError), armLegend(byGain)
	c.addLaws(in, weighting)
	if len(c.Gains.Plots) == 0 {
		c.Gains = nil
	}
	c.Sides.Legend = []legendEntry{{"s-helped", say("helped: bounds of transfer")}, {"s-harmed", say("harmed: bounds of interference, below zero")}}
	if len(c.Sides.Plots) == 0 {
		c.Sides = nil
	}
	return c
}

// addSides plots and lists the bounds of transfer and interference.
func (c *capacity) addSides(in *Input, domain, arm, weighting string) {
	helped, harmed := newCapacityLine(arm, len(c.Rungs)), newCapacityLine(arm, len(c.Rungs))
	helpedTitle, harmedTitle, title, unit := say("helped, of all answers"), say("harmed, of all answers"), say("samples helped and harmed of all answers"), say("of all answers")
	for i, rung := range c.Rungs {
		e := in.Results.Effect(analysis.Key{Arm: arm, Rung: rung, Weighting: weighting, Domain: domain})
		if e == nil {
			continue
		}
		if e.Measure == measures.Loss {
			helpedTitle, harmedTitle, title, unit = say("helped, of the loss alone"), say("harmed, of the loss alone"), say("samples helped and harmed of the loss alone"), say("of the loss alone")
		}
		helped.values[i], harmed.values[i] = drawnBounds(*e, e.Transfer), drawnBounds(*e, e.Interference)
	}
	if !helped.known() {
		return
	}
	bounds := func(v effect.Interval) text { return span(v.Lo, v.Hi, percent) }
	c.Rows = append(c.Rows, helped.rowOf(domain, helpedTitle, bounds), harmed.rowOf(domain, harmedTitle, bounds))
	if c.Answer == nil || !slices.ContainsFunc(c.Answer.Domains, func(d DomainStatement) bool { return d.Domain == domain && d.Arm == arm }) {
		return
	}
	for i, v := range harmed.values {
		harmed.values[i] = effect.Interval{Value: -v.Value, Lo: -v.Hi, Hi: -v.Lo}
	}
	helped.class, harmed.class = "s-helped", "s-harmed"
	helped.name, harmed.name = say("helped"), say("harmed")
	p := capacityPlot{title: domain, what: title, rungs: c.Rungs, lines: []capacityLine{helped, harmed}, share: true}.draw()
	p.Note = unit
	c.Sides.Plots = append(c.Sides.Plots, p)
}

// capacityLine is a figure by rung.
type capacityLine struct {
	arm    string
	values []effect.Interval
	// class and name are the arm's where empty.
	class string
	name  text
}

func newCapacityLine(arm string, rungs int) capacityLine {
	l := capacityLine{arm: arm, values: make([]effect.Interval, rungs)}
	for i := range l.values {
		l.values[i] = effect.Unknown()
	}
	return l
}

func (l capacityLine) known() bool {
	return slices.ContainsFunc(l.values, func(v effect.Interval) bool { return finite(v.Value) })
}

func (l capacityLine) row(domain string, figure text, write func(float64) string) capacityRow {
	return l.rowOf(domain, figure, func(v effect.Interval) text { return withLimits(v, write) })
}

func (l capacityLine) rowOf(domain string, figure text, write func(effect.Interval) text) capacityRow {
	r := capacityRow{Domain: domain, Arm: armTitle(l.arm), Figure: figure}
	for _, v := range l.values {
		r.Cells = append(r.Cells, write(v))
	}
	return r
}
