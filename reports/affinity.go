package reports

import (
	"fmt"
	"math"
	"strings"

	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping/affinity"
)

// estimates shows cheap estimates of gains beside the gains.
type estimates struct {
	Lead  text
	Rows  []estimateRow
	Plots []*plot
	// Legend stays empty: a plot has one series.
	Legend []legendEntry
	Rule   text
	// Proposal are the pools to train next, where there are any.
	Why      text
	Proposal []string
	More     int
}

// estimateRow is an estimator with its audit.
type estimateRow struct {
	Name, Cost, Held, Correlation, Signs, Half text
	Passed                                     bool
	Why, Definition                            text
}

// newEstimates is nil where nothing was estimated, or for another capacity or
// weighting than the report's.
func newEstimates(in *Input) *estimates {
	f := in.Affinity
	rung, weighting := in.selection()
	if f == nil || len(f.Audits) == 0 || f.Study != in.Results.Study || f.Rung != rung || f.Weighting != weighting {
		return nil
	}
	out := &estimates{Rule: wording.Written(f.Rule)}
	var passed []text
	for i := range f.Audits {
		r := &f.Audits[i]
		if r.Passed {
			passed = append(passed, wording.Written(r.Name))
		}
		out.Rows = append(out.Rows, estimateRow{
			Name: wording.Written(r.Name), Cost: costOf(r), Held: some(r.Held, "pool"), Correlation: withLimits(r.Spearman, twoDigits),
			Signs: say("%s, usual %s", sharePercent(float64(r.Signs)), sharePercent(float64(r.UsualSign))),
			Half:  say("%s, at random %s", lostShare(r.Screened.Regret), sharePercent(float64(r.Screened.AtRandom))), Passed: r.Passed,
			Why: wording.Clauses(written(withMinus(r.Why))), Definition: wording.Written(r.Definition),
		})
	}
	const named = 3
	switch {
	case len(passed) == 0:
		out.Lead = say("None of them passed its audit in this study, and none is used.")
	case len(passed) > named:
		out.Lead = say("%d of %d passed in this study: what they rank high may be trained first.", len(passed), len(f.Audits))
	case len(passed) == 1:
		out.Lead = say("%s passed in this study: what it ranks high may be trained first.", capital(passed[0]))
	default:
		out.Lead = say("%s passed in this study: what they rank high may be trained first.", capital(list(passed)))
	}
	out.plots(f)
	if p := f.Proposal; p != nil {
		const most = 30
		out.Why, out.More = wording.Written(strings.TrimSuffix(p.Why, ":")), max(0, len(p.Pools)-most)
		for _, pool := range p.Pools[:len(p.Pools)-out.More] {
			out.Proposal = append(out.Proposal, strings.Join(pool, " + "))
		}
	}
	return out
}

// costOf says what an estimator took beside the independent models.
func costOf(r *affinity.Report) text {
	switch {
	case r.Pools > 0:
		return say("%s trained", some(r.Pools, "pool"))
	case r.Work > 0:
		return say("work of %s pairs", fmt.Sprintf("%.2g", r.Work))
	}
	return say("no training")
}

// twoDigits writes a correlation, – where it is not known.
func twoDigits(x float64) string {
	if !finite(x) {
		return noData
	}
	return strings.Replace(fmt.Sprintf("%.2f", x), "-", minus, 1)
}

// sharePercent writes a share, – where it is not known.
func sharePercent(x float64) string {
	if !finite(x) {
		return noData
	}
	return fmt.Sprintf("%.0f %%", 100*x)
}

// lostShare is what a choice loses of the best total; where the best is to pool
// none, there is nothing to lose a share of.
func lostShare(r affinity.Regret) text {
	if !(r.Best > 0) {
		return say("nothing to gain")
	}
	return text(sharePercent(float64(r.Share)))
}

// mostEstimatePlots is how many estimators are drawn: those that passed first.
const mostEstimatePlots = 6

// plots draws scores against gains.
func (e *estimates) plots(f *affinity.File) {
	for _, passed := range []bool{true, false} {
		for i := range f.Audits {
			if r := &f.Audits[i]; r.Passed == passed && len(e.Plots) < mostEstimatePlots {
				e.Plots = append(e.Plots, estimatePlot(r))
			}
		}
	}
}

// estimatePlot has a dot for every member of a held-out pool: across its score,
// upwards its measured gain. Few gains far below the others do not squeeze these.
func estimatePlot(r *affinity.Report) *plot {
	lo, hi := math.Inf(1), math.Inf(-1)
	var gains []float64
	for _, t := range r.Tested {
		lo, hi = min(lo, t.Score), max(hi, t.Score)
		gains = append(gains, t.Gain)
	}
	y := newScale(clipped(gains, clipAt(gains)), 4)
	f := newFrame(lo, hi, y)
	p := f.plot(wording.Written(r.Name), y.tickSigned)
	p.ZeroY = f.y(0)
	p.XLabel = say("score")
	p.X = []plotTick{{f.x(lo), text(scoreTick(lo))}}
	if hi > lo {
		p.X = append(p.X, plotTick{f.x(hi), text(scoreTick(hi))})
	}
	s := series{Name: wording.Written(r.Name), Class: "s-pool"}
	if !r.Passed {
		s.Class, p.Note = "s-alone", say("not passed")
	}
	p.Data.add("pool", "domain", "score", "gain")
	for _, t := range r.Tested {
		p.Data.add(strings.Join(t.Pool, " + "), t.Domain, t.Score, t.Gain)
		s.Marks = append(s.Marks, plotMark{X: f.x(t.Score), Y: f.y(t.Gain)})
	}
	p.Series = []series{s}
	p.Aria = say("%s: scores of %s against measured gains, rank correlation %s", wording.Written(r.Name), some(len(r.Tested), "member"), withLimits(r.Spearman, twoDigits))
	return p
}

// withMinus writes minus signs properly.
func withMinus(sentences []string) []string {
	out := make([]string, len(sentences))
	for i, s := range sentences {
		out[i] = strings.ReplaceAll(s, " -", " "+minus)
	}
	return out
}

// scoreTick writes a score, whose size means nothing.
func scoreTick(x float64) string { return strings.Replace(fmt.Sprintf("%.3g", x), "-", minus, 1) }
