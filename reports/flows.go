package reports

import (
	"cmp"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/wording"
)

// flows show how answers go over from right and wrong alone to right and wrong
// together, by domain and by class.
type flows struct {
	Figures []flowFigure
	Classes []classFlows
	More    int // domains that are not drawn
}

// flowFigure is one domain under the arm that matters most for it.
type flowFigure struct {
	Title, Aria wording.Text
	Bands       []flowBand
	Bars        []flowBar
	Notes       []flowNote
	Data        figureData
}

// flowBand is an area from the left bar to the right one.
type flowBand struct{ Class, Path string }

// flowBar is right or wrong on a side.
type flowBar struct {
	Class, X, Y, Height string
}

// flowNote is text in the figure; anchor as SVG has it.
type flowNote struct {
	X, Y, Anchor string
	Text         wording.Text
}

// classFlows are the flows of the classes of a domain.
type classFlows struct {
	Title wording.Text
	Rows  []classFlow
	More  int
	Data  figureData
}

// classFlow is a class. Positions are in percent of the width.
type classFlow struct {
	Name                  string
	Note                  wording.Text
	HelpedX, HelpedWidth  string
	HarmedX, HarmedWidth  string
	ChanceX, ChanceWidth  string
	Helped, Harmed        string
	Sure                  wording.Text // helped or harmed, where it can be told from no change
	helped, harmed, floor float64
}

// A figure of flows in the units of its view box: bars left and right, and the height
// of what is drawn in proportion. Right answers that stay right are cut to flowCut.
const (
	flowLeft, flowRight = 96, 224
	flowBarWidth        = 8
	flowTop             = 12
	flowCut             = 22
	flowGap             = 14
	flowScaled          = 104
	mostFlows           = 12
	mostClassFlows      = 12
)

// newFlows is nil where answers are neither right nor wrong, or nothing is shared.
func newFlows(in *Input) *flows {
	out := &flows{}
	for _, d := range in.Results.Domains {
		e := in.flowEffect(d.Name)
		if e == nil {
			continue
		}
		if len(out.Figures) == mostFlows {
			out.More++
			continue
		}
		out.Figures = append(out.Figures, newFlowFigure(e))
		if c := in.classFlows(d.Name, e.Arm); c != nil {
			out.Classes = append(out.Classes, *c)
		}
	}
	if len(out.Figures) == 0 {
		return nil
	}
	return out
}

// flowEffect is what the domain's recommended pool did, else all domains together; nil
// where flips of answers are not known.
func (in *Input) flowEffect(domain string) *analysis.Effect {
	rung, weighting := in.selection()
	arm := in.recommendedArm(domain)
	var joint *analysis.Effect
	for i := range in.Results.Effects {
		e := &in.Results.Effects[i]
		if _, known := e.Flips(); !known || e.Domain != domain || !e.At(rung, weighting) {
			continue
		}
		switch e.Arm {
		case arm:
			return e
		case study.Joint:
			joint = e
		}
	}
	return joint
}

func newFlowFigure(e *analysis.Effect) flowFigure {
	f, _ := e.Flips() // flowEffect saw that they are known
	kept, helped, harmed, missed, floor := float64(f.Kept), float64(f.Helped), float64(f.Harmed), float64(f.Missed), float64(f.Floor)
	out := flowFigure{Title: wording.Say("%s, %s", e.Domain, armTitle(e.Arm))}
	unit := flowScaled / max(helped+harmed+missed, 1e-9)
	chance := func(x float64) float64 { return min(x, floor) }

	// Left from above: kept, harmed (right alone), helped, missed (wrong alone). Right:
	// kept, helped (right together), harmed, missed.
	const rightTop = flowTop + flowCut
	leftWrong := rightTop + unit*harmed + flowGap
	rightWrong := rightTop + unit*helped + flowGap
	band := func(class string, left, right, height float64) {
		if height > 0 {
			out.Bands = append(out.Bands, flowBand{class, bandPath(left, right, height)})
		}
	}
	band("kept", flowTop, flowTop, flowCut)
	band("missed", leftWrong+unit*helped, rightWrong+unit*harmed, unit*missed)
	band("harmed chance", rightTop+unit*(harmed-chance(harmed)), rightWrong+unit*(harmed-chance(harmed)), unit*chance(harmed))
	band("harmed", rightTop, rightWrong, unit*(harmed-chance(harmed)))
	band("helped chance", leftWrong+unit*(helped-chance(helped)), rightTop+unit*(helped-chance(helped)), unit*chance(helped))
	band("helped", leftWrong, rightTop, unit*(helped-chance(helped)))

	bar := func(class string, x, y, height float64) {
		out.Bars = append(out.Bars, flowBar{class, coordinate(x), coordinate(y), coordinate(height)})
	}
	bar("right", flowLeft-flowBarWidth, flowTop, flowCut+unit*harmed)
	bar("wrong", flowLeft-flowBarWidth, leftWrong, unit*(helped+missed))
	bar("right", flowRight, flowTop, flowCut+unit*helped)
	bar("wrong", flowRight, rightWrong, unit*(harmed+missed))

	note := func(x, y float64, anchor string, t wording.Text) {
		out.Notes = append(out.Notes, flowNote{coordinate(x), coordinate(y), anchor, t})
	}
	const left, right = flowLeft - flowBarWidth - 6, flowRight + flowBarWidth + 6
	note(left, flowTop+14, "end", wording.Say("right alone"))
	note(left, flowTop+28, "end", wording.Name(precise(kept+harmed)))
	note(left, max(leftWrong+12, flowTop+54), "end", wording.Say("wrong alone"))
	note(left, max(leftWrong+26, flowTop+68), "end", wording.Name(precise(helped+missed)))
	note(right, flowTop+14, "start", wording.Say("right together"))
	note(right, flowTop+28, "start", wording.Name(precise(kept+helped)))
	note(right, max(rightWrong+12, flowTop+54), "start", wording.Say("wrong together"))
	note(right, max(rightWrong+26, flowTop+68), "start", wording.Name(precise(harmed+missed)))

	out.Aria = wording.Say("%s: %s of answers are right alone and wrong together, %s wrong alone and right together; chance flips %s of them in each direction.", out.Title, precise(harmed), precise(helped), precise(floor))
	out.Data.add("alone", "together", "share")
	out.Data.add("right", "right", kept)
	out.Data.add("wrong", "right", helped)
	out.Data.add("right", "wrong", harmed)
	out.Data.add("wrong", "wrong", missed)
	out.Data.add("chance", "each way", floor)
	return out
}

// bandPath is an area of equal height that begins and ends at given places from above.
func bandPath(left, right, height float64) string {
	const a, b = flowLeft, flowRight
	const mid = (a + b) / 2
	c := coordinate
	return "M" + c(a) + " " + c(left) + "C" + c(mid) + " " + c(left) + " " + c(mid) + " " + c(right) + " " + c(b) + " " + c(right) +
		"v" + c(height) + "C" + c(mid) + " " + c(right+height) + " " + c(mid) + " " + c(left+height) + " " + c(a) + " " + c(left+height) + "z"
}

// classFlows are those of the domain's classes, the most changed first; nil where they
// were not measured, see 'sharewise subgroups'.
func (in *Input) classFlows(domain, arm string) *classFlows {
	s := in.Subgroups
	rung, weighting := in.selection()
	if s == nil || s.Study != in.Results.Study || s.Rung != rung || s.Weighting != weighting {
		return nil
	}
	out := &classFlows{Title: wording.Say("%s by class", wording.Say("%s, %s", domain, armTitle(arm)))}
	out.Data.add("class", "samples", "helped", "harmed", "chance each way")
	largest := 0.0
	for i := range s.Subgroups {
		g := &s.Subgroups[i]
		if g.Domain != domain || g.Arm != arm || g.By != "class" || g.Flips == nil {
			continue
		}
		row := classFlow{
			Name: g.Name, Note: wording.Some(g.Samples, "sample", "samples"), helped: float64(g.Flips.Helped), harmed: float64(g.Flips.Harmed), floor: float64(g.Flips.Floor),
			Helped: precise(float64(g.Flips.Helped)), Harmed: precise(float64(g.Flips.Harmed)),
		}
		if g.Gain.Discovery {
			row.Sure = wording.Say("surely helped")
			if g.Gain.Absolute.Value < 0 {
				row.Sure = wording.Say("surely harmed")
			}
		}
		largest = max(largest, row.helped, row.harmed)
		out.Rows = append(out.Rows, row)
		out.Data.add(g.Name, g.Samples, row.helped, row.harmed, row.floor)
	}
	if len(out.Rows) == 0 || largest == 0 {
		return nil
	}
	change := func(r classFlow) float64 { return math.Abs(r.helped - r.harmed) }
	slices.SortStableFunc(out.Rows, func(a, b classFlow) int { return cmp.Compare(change(b), change(a)) })
	out.More = max(0, len(out.Rows)-mostClassFlows)
	out.Rows = out.Rows[:len(out.Rows)-out.More]
	for i := range out.Rows {
		out.Rows[i].lay(50 / largest)
	}
	return out
}

// lay places the bars: helped to the right of the middle, harmed to the left, and what
// chance does to both.
func (r *classFlow) lay(unit float64) {
	r.HelpedX, r.HelpedWidth = "50", coordinate(unit*r.helped)
	r.HarmedX, r.HarmedWidth = coordinate(50-unit*r.harmed), coordinate(unit*r.harmed)
	left, right := min(r.floor, r.harmed), min(r.floor, r.helped)
	r.ChanceX, r.ChanceWidth = coordinate(50-unit*left), coordinate(unit*(left+right))
}
