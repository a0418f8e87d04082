package reports

import (
	"fmt"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/wording"
)

// baselineRows are the baselines in the table of scores, each with how far it is
// ahead of the domain's independent networks.
func (in *Input) baselineRows() []scoreRow {
	var out []scoreRow
	for i := range in.Results.Baselines {
		b := &in.Results.Baselines[i]
		row := scoreRow{Domain: b.Domain, Arm: say("linear model"), Rung: noData, Weighting: noData, Loss: noData, First: noData, Second: noData, Note: asSentence(b.Text)}
		if s := b.Score; s != nil {
			row.Seeds, row.Loss = s.Seeds, text(significant(s.Loss.Value))
			for k, m := range in.metricsOf(s) {
				shown := say("%s %s", m.name, m.write(s.Metric(m.key).Value))
				switch {
				case k == 0:
					row.First = shown
				case row.Second == noData && m.key != "loss": // has a column
					row.Second = shown
				}
			}
			row.outputs(s)
		}
		rung, _ := in.selection()
		for _, c := range b.Against {
			if c.Rung == rung {
				row.Note = lead(c) + " " + row.Note
				break
			}
		}
		out = append(out, row)
	}
	return out
}

// mostLed is how many domains that a linear model leads have their figures.
const mostLed = 4

// led says on which domains a linear model scores more than networks by more
// than is tolerated, but no doubt is raised since chance may make as much; empty
// for none.
func (in *Input) led() text {
	doubted := map[string]bool{}
	for _, d := range in.Results.Doubts {
		if d.Kind == analysis.WorseThanBaseline {
			for _, name := range d.Domains {
				doubted[name] = true
			}
		}
	}
	var parts []text
	rung, _ := in.selection()
	for _, b := range in.Results.Baselines {
		for _, c := range b.Against {
			if c.Rung != rung {
				continue
			}
			if own := b.Score.Metric(c.Metric); own.Known() && c.Lead.Value > c.Tolerance && !doubted[b.Domain] {
				m := metricOf(c.Metric)
				parts = append(parts, say("%s (%s %s against %s)", b.Domain, m.name, m.write(own.Value-c.Lead.Value), m.write(own.Value)))
			}
			break
		}
	}
	if len(parts) == 0 {
		return ""
	}
	if more := len(parts) - mostLed; more > 0 {
		parts = append(parts[:mostLed], say("%d others", more))
	}
	return say("Networks alone score less than a linear model on %s: that may be chance, and more test samples or seeds would tell.", list(parts))
}

// metricOf is a metric by its name in results.
func metricOf(key string) metric {
	for _, m := range metrics {
		if m.key == key {
			return m
		}
	}
	return metric{key: key, name: wording.Name(key)}
}

// lead says how far networks are behind a baseline, or ahead.
func lead(c analysis.Contest) text {
	shown := say("%s %s", metricOf(c.Metric).name, withLimits(effect.Interval{Value: -c.Lead.Value, Lo: -c.Lead.Hi, Hi: -c.Lead.Lo}, difference))
	if c.Weaker {
		return say("Networks alone are weaker: %s.", shown)
	}
	return say("Networks alone against it: %s.", shown)
}

// difference writes a difference of shares or areas with its sign.
func difference(x float64) string {
	return strings.Replace(fmt.Sprintf("%+.3f", x), "-", minus, 1)
}
