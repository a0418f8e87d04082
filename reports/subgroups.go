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
	Lead   string
	Blocks []subgroupBlock
	Looked int // subgroups that were judged together
}

// subgroupBlock is one domain under one arm, divided in one way.
type subgroupBlock struct {
	Title, By string
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
	var harmed, helped []string
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
				text := fmt.Sprintf("%s %s of %s", name, g.Name, d.Name)
				if name == "class" && strings.HasPrefix(g.Name, "class ") || name == "cluster" {
					text = fmt.Sprintf("%s of %s", g.Name, d.Name)
				}
				if g.Gain.Absolute.Value < 0 {
					harmed = append(harmed, text)
				} else {
					helped = append(helped, text)
				}
			}
		}
	}
	out.Lead = subgroupLead(harmed, helped)
	return out
}

// subgroupLead says what was told from zero.
func subgroupLead(harmed, helped []string) string {
	const named = 4
	say := func(what string, names []string) string {
		if len(names) == 0 {
			return ""
		}
		return fmt.Sprintf(" Surely %s: %s.", what, wording.First(names, named))
	}
	if len(harmed)+len(helped) == 0 {
		return "No part of the samples can be told from no change: what sharing does is spread over all of them, or too small for these runs."
	}
	return strings.TrimSpace(say("harmed", harmed) + say("helped", helped))
}

// subgroupArm is the arm under which a domain is shown.
func (in *Input) subgroupArm(s *analysis.Subgroups, domain string) string {
	var arms []string
	for _, g := range s.Subgroups {
		if g.Domain == domain && !slices.Contains(arms, g.Arm) {
			arms = append(arms, g.Arm)
		}
	}
	if in.Groups != nil {
		for _, g := range in.Groups.Names() {
			if slices.Contains(g, domain) && len(g) > 1 && slices.Contains(arms, in.armOf(g)) {
				return in.armOf(g)
			}
		}
	}
	if slices.Contains(arms, study.Joint) || len(arms) == 0 {
		return study.Joint
	}
	return arms[0]
}

func newSubgroupBlock(domain, arm, by string, groups []analysis.Subgroup) subgroupBlock {
	out := subgroupBlock{Title: domain + " in " + armTitle(arm), By: by}
	shown := slices.Clone(groups)
	slices.SortStableFunc(shown, func(a, b analysis.Subgroup) int {
		return cmp.Compare(math.Abs(float64(b.Part)), math.Abs(float64(a.Part)))
	})
	out.More = max(0, len(shown)-mostSubgroups)
	shown = shown[:len(shown)-out.More]
	losses := groups[0].Gain.Metric == measures.Of(measures.Loss).Metric.Name
	write, axis := signedPoints, "Errors per 100 answers: fewer to the right, more to the left."
	if losses {
		write = func(x float64) string {
			return strings.Replace(fmt.Sprintf("%+.3g", x), "-", minus, 1)
		}
		axis = "Mean loss: less to the right, more to the left."
	}
	var items []rangeItem
	for _, g := range shown {
		v := g.Gain.Absolute
		item := rangeItem{label: g.Name, note: fmt.Sprintf("%s; %s alone, %s shared", wording.Plural(g.Samples, "sample"), errorText(losses, float64(g.Error.Independent)), errorText(losses, float64(g.Error.Arm))),
			value: v}
		if g.Gain.Discovery {
			item.mark = map[bool]string{true: "helped", false: "harmed"}[v.Value > 0]
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

func errorText(losses bool, x float64) string {
	if losses {
		return strconv.FormatFloat(x, 'g', 3, 64)
	}
	return precise(x) + " wrong"
}
