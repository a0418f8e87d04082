package live

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/wording"
)

// curve is a small chart: the losses of a domain by epoch, a line for each run.
type curve struct {
	Domain string
	Lines  []line
	// Low and High are the losses at the lower and upper edge, Last the epoch at the
	// right one.
	Low, High string
	Last      int
	Words     wording.Text // for who cannot see it
}

// line is the course of a run.
type line struct {
	Class  string // of its look: by arm, and "now" while it is under way
	Points string // of a polyline
}

// Bounds of what is drawn: of domains where none was asked for, and of runs of one
// domain that have ended.
const (
	mostDomains = 12
	mostLines   = 40
)

// The size of a chart in its own units.
const width, height = 280, 130

// draw makes the charts of one rung and weighting: those of the first run under way,
// or the last rung and the first weighting of the plan.
func (w *Watcher) draw(v *View, underWay map[string][]layout.HistoryRow, domain string) ([]curve, []wording.Text) {
	plan := w.plan.plan
	rung, weighting := selection(plan, v)
	domains := make([]string, 0, len(plan.Domains))
	for _, d := range plan.Domains {
		domains = append(domains, d.Name)
	}
	notes := []wording.Text{wording.Say("Losses after each epoch.")}
	if len(plan.Rungs) > 1 || len(plan.Weightings) > 1 {
		notes[0] = wording.Say("Losses after each epoch at size %s, weighting %s.", rung, weighting)
	}
	switch {
	case slices.Contains(domains, domain):
		domains = []string{domain}
	case len(domains) > mostDomains:
		notes = append(notes, wording.Say("Here are the first %d of %d domains.", mostDomains, len(domains)))
		domains = domains[:mostDomains]
	}
	var curves []curve
	for _, d := range domains {
		var runs []course
		old := 0
		for _, r := range slices.Backward(w.plan.runs) {
			if r.Rung.Name != rung || len(r.Domains) > 1 && r.Weighting.Name != weighting || !slices.Contains(r.Domains, d) {
				continue
			}
			c := course{class: class(r.Arm), rows: underWay[r.ID]}
			if c.rows != nil {
				c.class += " now"
			} else if w.ended[r.ID] != nil && old < mostLines {
				old++
				c.rows = w.history(r.ID)
			}
			if c.take(d) {
				runs = append(runs, c)
			}
		}
		if len(runs) > 0 {
			slices.Reverse(runs) // those under way are drawn last, above the others
			curves = append(curves, chart(d, plan.Epochs, runs))
		}
	}
	return curves, notes
}

// selection is the rung and weighting that is drawn.
func selection(plan *study.Plan, v *View) (rung, weighting string) {
	if len(plan.Rungs) > 0 {
		rung = plan.Rungs[len(plan.Rungs)-1]
	}
	if len(plan.Weightings) > 0 {
		weighting = plan.Weightings[0]
	}
	for _, u := range v.UnderWay {
		if r, err := plan.Run(u.ID); err == nil {
			rung = r.Rung.Name
			if len(r.Domains) > 1 {
				weighting = r.Weighting.Name
				break
			}
		}
	}
	return rung, weighting
}

// class is the look of an arm, the same as in the report.
func class(arm string) string {
	switch arm {
	case study.Independent:
		return "s-alone"
	case study.Joint:
		return "s-joint"
	}
	return "s-pool"
}

// history is that of a run that has ended, none where its file cannot be read: the
// command 'check' tells of that.
func (w *Watcher) history(id string) []layout.HistoryRow {
	e := w.ended[id]
	if !e.read {
		e.history, _ = layout.ReadHistory(w.folder.Run(id).History())
		e.read = true
	}
	return e.history
}

// course is the history of a run, and what of it is one domain's.
type course struct {
	class  string
	rows   []layout.HistoryRow
	epochs []int
	losses []float64
}

// take picks out the losses of a domain, and reports whether there are any.
func (c *course) take(domain string) bool {
	split := splitOf(c.rows)
	for _, r := range c.rows {
		if r.Domain == domain && r.Split == split && !math.IsNaN(r.Loss) && !math.IsInf(r.Loss, 0) {
			c.epochs, c.losses = append(c.epochs, int(r.Epoch)), append(c.losses, r.Loss)
		}
	}
	return len(c.losses) > 0
}

// chart draws the courses of a domain's runs over epochs that the plan has. Where
// losses differ by more than twentyfold, heights are their logarithms.
func chart(domain string, epochs int, runs []course) curve {
	lo, hi, last := math.Inf(1), math.Inf(-1), epochs
	for _, r := range runs {
		lo, hi, last = min(lo, slices.Min(r.losses)), max(hi, slices.Max(r.losses)), max(last, slices.Max(r.epochs))
	}
	scale := func(v float64) float64 { return v }
	if lo > 0 && hi > 20*lo {
		scale = math.Log
	}
	y := func(v float64) float64 {
		if hi == lo {
			return height / 2
		}
		return height * (scale(hi) - scale(v)) / (scale(hi) - scale(lo))
	}
	x := func(epoch int) float64 { return width * float64(epoch-1) / float64(max(1, last-1)) }
	c := curve{Domain: domain, Low: short(lo), High: short(hi), Last: last}
	now := 0
	for _, r := range runs {
		var points []string
		for i, e := range r.epochs {
			points = append(points, fmt.Sprintf("%.1f,%.1f", x(e), y(r.losses[i])))
		}
		if len(points) == 1 { // a line of one point is not to be seen
			points = append(points, fmt.Sprintf("%.1f,%.1f", x(r.epochs[0])+2, y(r.losses[0])))
		}
		c.Lines = append(c.Lines, line{r.class, strings.Join(points, " ")})
		if strings.HasSuffix(r.class, " now") {
			now++
		}
	}
	c.Words = wording.Say("%s: losses of %s, %d under way, between %s and %s.", domain, wording.Some(len(runs), "run", "runs"), now, c.Low, c.High)
	return c
}

// short writes a loss with three digits.
func short(v float64) string { return strconv.FormatFloat(v, 'g', 3, 64) }
