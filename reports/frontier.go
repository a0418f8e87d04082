package reports

import (
	"math"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/appraisal"
)

// frontier shows what the next model adds: the most that numbers of models bring and,
// where there are prices, what options cost beside what they bring.
type frontier struct {
	Lead   text
	Plots  []*plot
	Legend []legendEntry
	Rows   []frontierRow
}

type frontierRow struct {
	Models       int
	Groups, Gain text
	Source       text
	Chosen       bool
}

// nearlyAll is the share of the largest gain that counts as nearly all of it.
const nearlyAll = 0.9

// newFrontier is nil where there is one choice only, or nothing to gain.
func newFrontier(in *Input) *frontier {
	g := in.Groups
	if g == nil || len(g.Frontier) < 2 {
		return nil
	}
	worth := 0.0 // of a gain of all domains
	for _, d := range g.Domains {
		worth += d.Value
	}
	last := g.Frontier[len(g.Frontier)-1]
	if !(last.Total > 0) || worth == 0 {
		return nil
	}
	out := &frontier{Legend: []legendEntry{{"s-alone", say("most that so many models bring")}, {"s-joint", say("recommended")}}}
	few := g.Frontier[slices.IndexFunc(g.Frontier, func(f grouping.FrontierPoint) bool { return f.Total >= nearlyAll*last.Total })]
	switch models := wording.Some(few.Models, "model", "models"); {
	case few.Models < last.Models:
		out.Lead = say("%s bring %s of the gain that the best grouping has with %d.", capital(models), percent(few.Total/last.Total), last.Models)
		if few.Models == 1 {
			out.Lead = say("One model brings %s of the gain that the best grouping has with %d.", percent(few.Total/last.Total), last.Models)
		}
	default:
		out.Lead = say("It takes all of %s to come near the largest gain.", models)
	}
	out.Plots = []*plot{modelsPlot(g, worth)}
	if p := costPlot(in.Economics); p != nil {
		out.Plots = append(out.Plots, p)
	}
	for _, f := range g.Frontier {
		row := frontierRow{Models: f.Models, Groups: partitionText(f.Groups), Gain: text(signed(f.Total / worth)), Source: say("measured"), Chosen: g.Same(f.Groups)}
		if f.Source == grouping.FromPairs {
			row.Source = say("estimate from pairs")
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// modelsPlot draws the mean gain by the number of models.
func modelsPlot(g *grouping.Recommendation, worth float64) *plot {
	var gains []float64
	for _, f := range g.Frontier {
		gains = append(gains, f.Total/worth)
	}
	gains = append(gains, g.Total/worth)
	first, last := g.Frontier[0].Models, max(g.Frontier[len(g.Frontier)-1].Models, len(g.Groups))
	pad := max(0.3, 0.06*float64(last-first))
	f := newFrame(float64(first)-pad, float64(last)+pad, newScale(clipped(gains, clipAt(gains)), 4))
	p := f.plot(say("Mean gain by number of models"), f.yScale.tickSigned)
	p.XLabel, p.ZeroY = say("models"), f.y(0)
	step := max(1, (last-first+7)/8)
	for k := first; k <= last; k += step {
		p.X = append(p.X, plotTick{f.x(float64(k)), wording.Name(fixed(float64(k), 0))})
	}
	most := series{Name: say("most that so many models bring"), Class: "s-alone"}
	var line []string
	var words []text
	p.Data.add("models", "mean gain")
	for i, point := range g.Frontier {
		p.Data.add(point.Models, gains[i])
		m := plotMark{X: f.x(float64(point.Models)), Y: f.y(gains[i])}
		most.Marks, line = append(most.Marks, m), append(line, m.X+","+m.Y)
		words = append(words, say("%s by %s", signed(gains[i]), wording.Some(point.Models, "model", "models")))
	}
	most.Line = strings.Join(line, " ")
	chosen := series{Name: say("recommended"), Class: "s-joint", Marks: []plotMark{{X: f.x(float64(len(g.Groups))), Y: f.y(g.Total / worth)}}}
	p.Series = []series{most, chosen}
	p.Aria = say("Mean gain by number of models: %s.", wording.Clauses(words))
	return p
}

// costPlot draws what options bring against what they cost, both worth today, and joins
// those of which none that costs less brings as much; nil for fewer than three options.
func costPlot(a *appraisal.Appraisal) *plot {
	if a == nil || len(a.Options) < 3 {
		return nil
	}
	type option struct{ cost, benefit float64 }
	var all []option
	lo, hi := math.Inf(1), math.Inf(-1)
	var benefits []float64
	for i := range a.Options {
		o := option{a.Options[i].Costs.Present, a.Options[i].Present.Value + a.Options[i].Costs.Present}
		if !finite(o.cost) || !finite(o.benefit) {
			return nil
		}
		lo, hi = min(lo, o.cost), max(hi, o.cost)
		all, benefits = append(all, o), append(benefits, o.benefit)
	}
	pad := max(0.06*(hi-lo), 1e-9*max(math.Abs(hi), 1))
	f := newFrame(lo-pad, hi+pad, newScale(benefits, 4))
	p := f.plot(say("Benefit by cost"), amount)
	p.Note = say("%s over %s, today's worth", a.Prices.Currency, wording.Some(a.Prices.Horizon, "month", "months"))
	p.XLabel, p.ZeroY = say("cost"), f.y(0)
	p.X = []plotTick{{f.x(lo), wording.Name(amount(lo))}}
	if hi > lo {
		p.X = append(p.X, plotTick{f.x(hi), wording.Name(amount(hi))})
	}
	p.Data.add("option", "cost", "benefit")
	dots := series{Name: say("options"), Class: "s-alone"}
	for i, o := range all {
		p.Data.add(a.Options[i].Name, o.cost, o.benefit)
		dots.Marks = append(dots.Marks, plotMark{X: f.x(o.cost), Y: f.y(o.benefit)})
	}
	order := slices.SortedFunc(slices.Values(all), func(x, y option) int {
		if x.cost != y.cost {
			return int(math.Copysign(1, x.cost-y.cost))
		}
		return int(math.Copysign(1, y.benefit-x.benefit))
	})
	var line []string
	best := math.Inf(-1)
	for _, o := range order {
		if o.benefit > best {
			best = o.benefit
			line = append(line, f.x(o.cost)+","+f.y(o.benefit))
		}
	}
	dots.Line = strings.Join(line, " ")
	p.Series = []series{dots}
	for i := range a.Options {
		if a.Options[i].Name == appraisal.Recommended {
			p.Series = append(p.Series, series{Name: say("recommended"), Class: "s-joint", Marks: dots.Marks[i : i+1]})
		}
	}
	p.Aria = say("Benefit by cost of %s, between %s and %s.", wording.Some(len(all), "option", "options"), amount(lo), amount(hi))
	return p
}
