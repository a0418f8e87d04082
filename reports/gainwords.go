package reports

import (
	"math"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/measures"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
)

// gainWords write sentences about gains of a domain, which reduce a metric.
type gainWords struct {
	metric measures.Metric
	// floored says that the gain is relative to more than the domain's own error.
	floored bool
}

// metricWord is what a gain makes less of.
func metricWord(m measures.Metric) text {
	switch m.Word {
	case "errors":
		return say("errors")
	case "balanced error":
		return say("balanced error")
	case "misranked pairs":
		return say("misranked pairs")
	case "loss":
		return say("loss")
	case "squared error":
		return say("squared error")
	}
	return say("error or loss")
}

// metricTitle is the metric as the object of a sentence.
func metricTitle(m measures.Metric) text {
	switch m.Title {
	case "errors":
		return say("errors")
	case "the balanced error":
		return say("the balanced error")
	case "the mean loss":
		return say("the mean loss")
	case "the mean squared error":
		return say("the mean squared error")
	}
	return wording.Name(m.Title)
}

// reduction says what a gain is: fewer errors.
func (w gainWords) reduction() text {
	less := say("less %s", metricWord(w.metric))
	if w.metric.Counted {
		less = say("fewer %s", metricWord(w.metric))
	}
	switch w.metric.Name {
	case "balanced_error":
		return say("%s (in which every class counts the same)", less)
	case "auc":
		return say("%s (1 − AUC, pairs of a positive and a negative sample in the wrong order)", less)
	}
	return less
}

// gainWordsOf are those of a whole study.
func gainWordsOf(r *analysis.Results) gainWords {
	if len(r.Gains) == 0 {
		return gainWords{metric: measures.Of(measures.Correct).Metric}
	}
	m := measures.MetricNamed(r.Gains[0].Metric)
	for _, g := range r.Gains {
		if measures.MetricNamed(g.Metric) != m {
			return gainWords{metric: measures.Metric{Word: "error or loss"}}
		}
	}
	return gainWords{metric: m}
}

// gainWords are those of one domain.
func (in *Input) gainWords(domain string) gainWords {
	for _, g := range in.Results.Gains {
		if g.Domain == domain {
			return gainWords{measures.MetricNamed(g.Metric), g.Floor > 0}
		}
	}
	return gainWordsOf(in.Results)
}

// change writes a gain as a change of the metric: 12% fewer errors.
func (w gainWords) change(gain float64) text {
	word, size := metricWord(w.metric), percent(math.Abs(gain))
	var out text
	switch {
	case strings.Trim(size, "0.%") == "" && w.metric.Counted:
		return say("as many %s", word)
	case strings.Trim(size, "0.%") == "":
		return say("as much %s", word)
	case gain > 0 && w.metric.Counted:
		out = say("%s fewer %s", size, word)
	case gain > 0:
		out = say("%s less %s", size, word)
	default:
		out = say("%s more %s", size, word)
	}
	if w.floored {
		return say("%s in units of the least that counts", out)
	}
	return out
}

// than is change, with what it is compared with.
func (w gainWords) than(gain float64) text {
	if strings.Trim(percent(gain), "0.%") == "" {
		return say("%s as alone", w.change(gain))
	}
	return say("%s than alone", w.change(gain))
}

// absolute writes the change of the figure itself.
func (w gainWords) absolute(v effect.Interval) text {
	switch m := w.metric; {
	case m.Rises == "" && v.Value < 0:
		return say("mean %s %s higher", metricWord(m), significant(-v.Value))
	case m.Rises == "":
		return say("mean %s %s lower", metricWord(m), significant(v.Value))
	case m.Percent && m.Name == "balanced_error":
		return say("balanced accuracy %s", withLimits(v, points))
	case m.Percent:
		return say("accuracy %s", withLimits(v, points))
	default:
		return say("AUC %s", withLimits(v, significantSigned))
	}
}

// limited is change with the limits of the gain in brackets, if it has some: in the
// direction of the gain where they lie on one side of zero, in words where they do
// not.
func (w gainWords) limited(m grouping.Member) text {
	change, lo, hi := w.change(m.Gain), m.Lo, m.Hi
	switch {
	case !finite(lo) || !finite(hi):
		return change
	case lo >= 0:
		return say("%s (%s to %s)", change, percent(lo), percent(hi))
	case hi <= 0:
		return say("%s (%s to %s)", change, percent(-hi), percent(-lo))
	case w.metric.Counted:
		return say("%s (from %s more to %s fewer)", change, percent(-lo), percent(hi))
	}
	return say("%s (from %s more to %s less)", change, percent(-lo), percent(hi))
}
