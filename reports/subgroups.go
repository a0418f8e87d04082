package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/measures"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/wording"
)

// subgroups shows in which classes, groups and kinds of samples help and harm sit.
type subgroups struct {
	Lead   text
	Blocks []subgroupBlock
	Looked int // subgroups that were judged together
}

// subgroupBlock is one domain under one arm, divided in one way.
type subgroupBlock struct {
	Title, By text
	Chart     *rangeChart
	More      int // subgroups that the chart leaves out
	Found     int // subgroups told from zero
}

// mostSubgroups is how many subgroups a chart shows, those that matter most.
const mostSubgroups = 12

// newSubgroups is nil where none were measured, or for another study, capacity or
// weighting than the report's. It shows every domain under the arm that matters most
// for it: its recommended pool, else all together, else the first.
func newSubgroups(in *Input) *subgroups {
	s := in.Subgroups
	rung, weighting := in.selection()
	if s == nil || len(s.Subgroups) == 0 || s.Study != in.Results.Study || s.Rung != rung || s.Weighting != weighting {
		return nil
	}
	out := &subgroups{Looked: len(s.Subgroups)}
	var harmed, helped []text
	for _, d := range in.Results.Domains {
		arm := in.subgroupArm(s, d.Name)
		var by []string
		divided := map[string][]analysis.Subgroup{}
		for _, g := range s.Subgroups {
			if g.Domain != d.Name || g.Arm != arm {
				continue
			}
			if divided[g.By] == nil {
				by = append(by, g.By)
			}
			divided[g.By] = append(divided[g.By], g)
		}
		for _, name := range by {
			block := newSubgroupBlock(d.Name, arm, name, divided[name])
			out.Blocks = append(out.Blocks, block)
			for _, g := range divided[name] {
				if !g.Gain.Discovery {
					continue
				}
				part := say("%s %s of %s", dividedBy(name), g.Name, d.Name)
				if name == "class" && strings.HasPrefix(g.Name, "class ") || name == "cluster" {
					part = say("%s of %s", wording.Written(g.Name), d.Name)
				}
				if g.Gain.Absolute.Value < 0 {
					harmed = append(harmed, part)
				} else {
					helped = append(helped, part)
				}
			}
		}
	}
	out.Lead = subgroupLead(harmed, helped)
	return out
}

// subgroupLead says what was told from zero.
func subgroupLead(harmed, helped []text) text {
	const named = 4
	switch {
	case len(harmed) > 0 && len(helped) > 0:
		return say("Surely harmed: %s.", firstOf(harmed, named)) + " " + say("Surely helped: %s.", firstOf(helped, named))
	case len(harmed) > 0:
		return say("Surely harmed: %s.", firstOf(harmed, named))
	case len(helped) > 0:
		return say("Surely helped: %s.", firstOf(helped, named))
	}
	return say("No part of the samples can be told from no change: what sharing does is spread over all of them, or too small for these runs.")
}

// dividedBy names a way to divide samples; columns keep their names.
func dividedBy(name string) text {
	switch name {
	case "class":
		return say("class")
	case "cluster":
		return say("cluster")
	case "group":
		return say("group")
	}
	return wording.Name(name)
}

// subgroupArm is the arm under which a domain is shown.
func (in *Input) subgroupArm(s *analysis.Subgroups, domain string) string {
	var arms []string
	for _, g := range s.Subgroups {
		if g.Domain == domain && !slices.Contains(arms, g.Arm) {
			arms = append(arms, g.Arm)
		}
	}
	if arm := in.recommendedArm(domain); slices.Contains(arms, arm) {
		return arm
	}
	if slices.Contains(arms, study.Joint) || len(arms) == 0 {
		return study.Joint
	}
	return arms[0]
}

func newSubgroupBlock(domain, arm, by string, groups []analysis.Subgroup) subgroupBlock {
	out := subgroupBlock{Title: say("%s in %s", domain, armTitle(arm)), By: dividedBy(by)}
	shown := slices.Clone(groups)
	slices.SortStableFunc(shown, func(a, b analysis.Subgroup) int {
		return cmp.Compare(math.Abs(float64(b.Part)), math.Abs(float64(a.Part)))
	})
	out.More = max(0, len(shown)-mostSubgroups)
	shown = shown[:len(shown)-out.More]
	losses := groups[0].Gain.Metric == measures.Of(measures.Loss).Metric.Name
	write, axis := signedPoints, say("Errors per 100 answers: fewer to the right, more to the left")
	if losses {
		write = func(x float64) string {
			return strings.Replace(fmt.Sprintf("%+.3g", x), "-", minus, 1)
		}
		axis = say("Mean loss: less to the right, more to the left")
	}
	var items []rangeItem
	for _, g := range shown {
		v := g.Gain.Absolute
		item := rangeItem{label: wording.Written(g.Name), note: say("%s; %s alone, %s shared", some(g.Samples, "sample"), errorText(losses, float64(g.Error.Independent)), errorText(losses, float64(g.Error.Arm))),
			value: v}
		if g.Gain.Discovery {
			item.mark = map[bool]text{true: say("helped"), false: say("harmed")}[v.Value > 0]
			out.Found++
		}
		items = append(items, item)
	}
	out.Chart = newRangeChart(items, axis, write)
	for i := range out.Chart.Rows { // told from zero among all, not by its own limits
		out.Chart.Rows[i].Strong = shown[i].Gain.Discovery
	}
	return out
}

func errorText(losses bool, x float64) text {
	if losses {
		return text(strconv.FormatFloat(x, 'g', 3, 64))
	}
	return say("%s wrong", precise(x))
}
