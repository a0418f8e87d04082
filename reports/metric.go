package reports

import (
	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/wording"
)

// metric is a figure of quality as readers know it.
type metric struct {
	key  string // as in analysis.DomainInfo.Metric
	name text
	// rest names one less the figure, where 1 is perfect: what is plotted, so
	// that less is better in all plots. Empty where the figure itself is an
	// error.
	rest  text
	share bool // written in percent
}

// metrics in the order in which they are looked for where a domain's own is not
// known.
var metrics = []metric{
	{"accuracy", say("accuracy"), say("wrong answers"), true},
	{"r2", "R²", "1 − R²", false},
	{"auc", "AUC", "1 − AUC", false},
	{"average_precision", say("average precision"), say("1 − average precision"), false},
	{"exact_match", say("all labels right"), say("samples with a wrong label"), true},
	{"mae", say("mean absolute error"), "", false},
	{"balanced_accuracy", say("balanced accuracy"), say("1 − balanced accuracy"), true},
	{"loss", say("loss"), "", false},
}

// MetricName is what readers call a figure of a domain, by its name in
// [analysis.Score]: it says where the figure is a mean over targets or labels.
func MetricName(key string, d *analysis.DomainInfo) string { return metricName(key, d).String() }

func metricName(key string, d *analysis.DomainInfo) text {
	for _, m := range metrics {
		if m.key != key {
			continue
		}
		switch {
		case d.Outputs < 2:
		case d.Task == "multilabel" && (key == "auc" || key == "average_precision"):
			return say("macro %s", m.name)
		case d.Task == "regression" && key == "r2":
			return say("mean %s", m.name)
		case d.Task == "regression" && key == "mae":
			return say("%s over targets", m.name)
		}
		return m.name
	}
	return wording.Name(key)
}

func (m metric) write(x float64) string {
	if m.share {
		return precise(x)
	}
	return significant(x)
}

// errorName names what error returns.
func (m metric) errorName() text {
	if m.rest != "" {
		return m.rest
	}
	return m.name
}

// error turns the figure into one of which less is better.
func (m metric) error(v effect.Interval) effect.Interval {
	if m.rest == "" {
		return v
	}
	return effect.Interval{Value: 1 - v.Value, Lo: 1 - v.Hi, Hi: 1 - v.Lo}
}

// metricsOf are the metrics that a score has, the domain's own first.
func (in *Input) metricsOf(s *analysis.Score) []metric {
	d := in.Results.Domain(s.Domain)
	own := d.Metric
	var out []metric
	for _, m := range metrics {
		m.name = metricName(m.key, &d)
		switch v := s.Metric(m.key); {
		case !v.Known():
		case m.key == own:
			out = append([]metric{m}, out...)
		default:
			out = append(out, m)
		}
	}
	return out
}

// errorOf is the figure by which a score is plotted, NaN where nothing is
// known.
func (in *Input) errorOf(s *analysis.Score) (effect.Interval, metric) {
	known := in.metricsOf(s)
	if len(known) == 0 {
		return s.Loss, metrics[len(metrics)-1]
	}
	return known[0].error(s.Metric(known[0].key)), known[0]
}
