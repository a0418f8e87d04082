package reports

import "github.com/sharewise/sharewise/analysis"

// metric is a figure of quality as readers know it.
type metric struct {
	key  string // as in analysis.DomainInfo.Metric
	name string
	// rest names one less the figure, where 1 is perfect: what is plotted, so
	// that less is better in all plots. Empty where the figure itself is an
	// error.
	rest  string
	share bool // written in percent
}

// metrics in the order in which they are looked for where a domain's own is not
// known.
var metrics = []metric{
	{"accuracy", "accuracy", "wrong answers", true},
	{"r2", "R²", "1 − R²", false},
	{"auc", "AUC", "1 − AUC", false},
	{"average_precision", "average precision", "1 − average precision", false},
	{"mae", "mean absolute error", "", false},
	{"balanced_accuracy", "balanced accuracy", "1 − balanced accuracy", true},
	{"loss", "loss", "", false},
}

func (m metric) write(x float64) string {
	if m.share {
		return precise(x)
	}
	return significant(x)
}

// errorName names what error returns.
func (m metric) errorName() string {
	if m.rest != "" {
		return m.rest
	}
	return m.name
}

// error turns the figure into one of which less is better.
func (m metric) error(v analysis.Interval) analysis.Interval {
	if m.rest == "" {
		return v
	}
	return analysis.Interval{Value: 1 - v.Value, Lo: 1 - v.Hi, Hi: 1 - v.Lo}
}

// metricsOf are the metrics that a score has, the domain's own first.
func (in *Input) metricsOf(s *analysis.Score) []metric {
	own := ""
	for _, d := range in.Results.Domains {
		if d.Name == s.Domain {
			own = d.Metric
		}
	}
	var out []metric
	for _, m := range metrics {
		switch v := s.Metric(m.key); {
		case v == nil || !finite(v.Value):
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
func (in *Input) errorOf(s *analysis.Score) (analysis.Interval, metric) {
	known := in.metricsOf(s)
	if len(known) == 0 {
		return analysis.Interval{Value: s.Loss.Value, Lo: s.Loss.Lo, Hi: s.Loss.Hi}, metrics[len(metrics)-1]
	}
	return known[0].error(*s.Metric(known[0].key)), known[0]
}
