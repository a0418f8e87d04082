package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/wording"
)

// curves are learning curves, one plot per domain.
type curves struct {
	Plots  []*plot
	Legend []legendEntry
	Split  text
}

// seriesClass gives each kind of arm its look.
func seriesClass(arm string) string {
	switch arm {
	case "independent":
		return "s-alone"
	case "joint":
		return "s-joint"
	}
	return "s-pool"
}

func newCurves(in *Input) *curves {
	rung, weighting := in.selection()
	split := "train"
	if slices.ContainsFunc(in.History, func(r HistoryRow) bool { return r.Split == "val" }) {
		split = "val"
	}
	c := &curves{Split: map[string]text{"val": say("validation"), "train": say("training")}[split]}
	used := map[string]string{}
	for _, d := range in.Results.Domains {
		var lines []lineData
		for _, arm := range in.armsOf(d.Name) {
			line := lineData{arm: arm}
			for _, r := range in.History {
				if r.Arm == arm && r.Rung == rung && (r.Weighting == weighting || arm == "independent") && r.Domain == d.Name && r.Split == split && finite(r.Loss) {
					line.add(r.Epoch, r.Loss)
				}
			}
			if len(line.epochs) > 0 {
				lines = append(lines, line)
				used[seriesClass(arm)] = arm
			}
		}
		if len(lines) > 0 {
			c.Plots = append(c.Plots, curvePlot(d.Name, c.Split, lines))
		}
	}
	if len(c.Plots) == 0 {
		return nil
	}
	c.Legend = armLegend(used)
	return c
}

func armLegend(used map[string]string) []legendEntry {
	var out []legendEntry
	for _, e := range []legendEntry{{"s-alone", say("alone")}, {"s-pool", say("recommended pool")}, {"s-joint", say("all together")}} {
		if _, ok := used[e.Class]; ok {
			out = append(out, e)
		}
	}
	return out
}

// armsOf lists the arms that a reader compares for a domain: alone, in its
// recommended pool, all together.
func (in *Input) armsOf(domain string) []string {
	arms := []string{"independent"}
	if in.Groups != nil {
		for i := range in.Groups.Groups {
			names := in.Groups.Groups[i].Names()
			if arm := in.armOf(names); len(names) > 1 && slices.Contains(names, domain) && arm != "" && arm != "joint" {
				arms = append(arms, arm)
			}
		}
	}
	return append(arms, "joint")
}

// lineData gathers the losses of several seeds by epoch.
type lineData struct {
	arm    string
	epochs []int
	losses map[int][]float64
}

func (l *lineData) add(epoch int, loss float64) {
	if l.losses == nil {
		l.losses = map[int][]float64{}
	}
	if len(l.losses[epoch]) == 0 {
		l.epochs = append(l.epochs, epoch)
		slices.Sort(l.epochs)
	}
	l.losses[epoch] = append(l.losses[epoch], loss)
}

func curvePlot(domain string, split text, lines []lineData) *plot {
	first, last, lo, hi := math.MaxInt, 0, math.Inf(1), math.Inf(-1)
	for _, l := range lines {
		first, last = min(first, l.epochs[0]), max(last, l.epochs[len(l.epochs)-1])
		for _, e := range l.epochs {
			lo, hi = min(lo, slices.Min(l.losses[e])), max(hi, slices.Max(l.losses[e]))
		}
	}
	f := newFrame(float64(first), float64(last), niceScale(min(lo, 0.9*hi), hi, 4))
	p := f.plot(wording.Name(domain), f.yScale.tickPlain)
	p.XLabel = say("epoch")
	p.X = []plotTick{{f.x(float64(first)), text(fmt.Sprint(first))}}
	if last > first {
		p.X = append(p.X, plotTick{f.x(float64(last)), text(fmt.Sprint(last))})
	}
	var words []text
	p.Data.add("model", "epoch", "mean loss", "least", "most")
	for _, l := range lines {
		s := series{Name: armTitle(l.arm), Class: seriesClass(l.arm)}
		var line, top, bottom []string
		for _, e := range l.epochs {
			p.Data.add(s.Name, e, average(l.losses[e]), slices.Min(l.losses[e]), slices.Max(l.losses[e]))
			x := f.x(float64(e))
			line = append(line, x+","+f.y(average(l.losses[e])))
			top = append(top, x+","+f.y(slices.Max(l.losses[e])))
			bottom = append(bottom, x+","+f.y(slices.Min(l.losses[e])))
		}
		s.Line = strings.Join(line, " ")
		slices.Reverse(bottom)
		s.Band = strings.Join(append(top, bottom...), " ")
		p.Series = append(p.Series, s)
		end := l.epochs[len(l.epochs)-1]
		words = append(words, say("%s %s", s.Name, significant(average(l.losses[end]))))
	}
	p.Aria = say("Learning curves of %s: mean %s loss at the end: %s.", domain, split, joined(words, ", "))
	return p
}

func average(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}
