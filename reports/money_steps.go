package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping/appraisal"
	"github.com/sharewise/sharewise/grouping/economics"
)

// steps word the staged plan: what to introduce, up to which size, and what more
// knowledge may cost.
func steps(a *appraisal.Appraisal) []step {
	out := plainSteps(a)
	for i := range out {
		out[i].AdviceWord = adviceWord(out[i].Advice)
	}
	return out
}

// adviceWord names an advice.
func adviceWord(s string) text {
	switch s {
	case string(economics.Go):
		return say("go")
	case string(economics.Stop):
		return say("stop")
	case string(economics.Unknown):
		return say("unknown")
	case "limit":
		return say("limit")
	case "measured":
		return say("measured")
	}
	return wording.Name(s)
}

func plainSteps(a *appraisal.Appraisal) []step {
	var out []step
	currency := a.Prices.Currency
	for _, in := range a.Staged.Introduce {
		what := say("One model for %s", few(in.Domains))
		if len(in.Domains) == 1 {
			what = say("Another model for %s", in.Domains[0])
		}
		gain, limits, pays := signedAmount(in.Gain.Value), span(in.Gain.Lo, in.Gain.Hi, signedAmount), ofDraws(in.Pays)
		figures := say("Worth %s %s (%s) against models of their own; pays in %s of draws; costs %s %s more at the start.", gain, currency, limits, pays, amount(in.Once), currency)
		if in.Once <= 0 {
			figures = say("Worth %s %s (%s) against models of their own; pays in %s of draws; saves %s %s at the start.", gain, currency, limits, pays, amount(-in.Once), currency)
		}
		out = append(out, step{What: what, Advice: string(in.Advice), Text: figures})
	}
	if len(out) == 0 {
		out = append(out, step{What: say("Introduce nothing"), Advice: string(economics.Stop), Text: say("No shared model is expected to be worth what it costs.")})
	}
	out = append(out, sizeSteps(a)...)
	for _, l := range a.Staged.Learn {
		out = append(out, lessonStep(a, l))
	}
	if len(a.Staged.Learn) == 0 {
		out = append(out, step{What: say("More seeds or test samples"), Advice: string(economics.Unknown), Text: say("What they would tell is not known.")})
	}
	out = append(out, dataSteps(a)...)
	return append(out, step{What: say("Anything that could be learned about gains"), Advice: "limit", Text: say("To know them exactly would be worth %s %s, by better choices among these groupings and sizes. No study that costs more is worth it.", amount(a.Perfect), currency)})
}

func sizeSteps(a *appraisal.Appraisal) []step {
	sizes := a.Staged.Sizes
	if len(sizes) < 2 {
		return []step{{What: say("A larger size"), Advice: string(economics.Unknown), Text: say("The study has one size, so that nothing is known of what another is worth.")}}
	}
	var out []step
	for k, s := range sizes {
		what := say("Size %s", s.Rung)
		against := say("against a model each at size %s", a.Rung)
		if k > 0 {
			against = say("against the best of smaller sizes")
		} else {
			what = say("Begin with size %s", s.Rung)
		}
		out = append(out, step{What: what, Advice: string(s.Advice), Text: say("Its best, %s, is worth %s %s (%s) %s; more in %s of draws.", partitionText(a.Options[s.Option].Groups), signedAmount(s.Step.Value), a.Prices.Currency, span(s.Step.Lo, s.Step.Hi, signedAmount), against, ofDraws(s.Pays))})
	}
	return append(out, nextSizeStep(a, sizes[len(sizes)-1].Rung))
}

// nextSizeStep says what the next doubling of the models is worth at most.
func nextSizeStep(a *appraisal.Appraisal, largest string) step {
	s := step{What: say("Sizes beyond %s", largest), Advice: string(economics.Unknown), Text: say("Nothing was trained there.")}
	n := a.NextSize
	if n == nil {
		return s
	}
	d := n.Doubling
	if d == nil {
		s.Text = say("Nothing was trained there, and what the next doubling is worth at most is not known: %s.", wording.Written(n.Why))
		return s
	}
	s.Advice = string(d.Advice)
	verdict := say("whether it is worth that much was not measured")
	if d.Advice == economics.Stop {
		verdict = say("stop here")
	}
	s.Text = say("The next doubling of the model (%s) is worth at most %s %s a month (%s), which is %s over %s, and costs %s more: %s.",
		optionSentence(&a.Options[n.Option]), amount(d.AtMost), a.Prices.Currency, percent(a.Level), amount(d.Present), some(a.Prices.Horizon, "month"), amount(d.Cost), verdict)
	return s
}

// lessonStep says how many units to buy, and when to stop.
func lessonStep(a *appraisal.Appraisal, l economics.Lesson) step {
	currency := a.Prices.Currency
	what, unit := say("More %s", wording.Written(l.What)), say("one more")
	if l.What == appraisal.SeedsSource {
		unit = say("one more of each")
	}
	most := say("All that they could tell is worth %s %s", amount(l.Limit), currency)
	if l.Price == 0 {
		return step{What: what, Advice: string(economics.Unknown), Text: say("%s; they have no price here, so that there is no number at which to stop.", most)}
	}
	if l.Best == nil {
		return step{What: what, Advice: string(l.Advice), Text: say("%s, and %s costs %s %s: stop here.", most, unit, amount(l.Price), currency)}
	}
	next := say("Larger numbers were not looked at.")
	for i, p := range l.Look {
		if p.Units == l.Best.Units && i+1 < len(l.Look) {
			more := l.Look[i+1]
			next = say("Then stop: the next %s would cost %s and tell %s.", amount(more.Units-p.Units), amount(more.Cost-p.Cost), amount(more.Value-p.Value))
		}
	}
	return step{What: what, Advice: string(l.Advice), Text: say("%s more, beside %s now, are expected to be worth %s %s by better choices, and cost %s.", amount(l.Best.Units), amount(l.Have), amount(l.Best.Value), currency, amount(l.Best.Cost)) + " " + next + " " + wording.Sentence(most)}
}

// dataSteps say what more training samples of all domains are worth, and how errors
// and gains went with their number so far.
func dataSteps(a *appraisal.Appraisal) []step {
	d := &a.Data
	if len(d.Look) == 0 {
		return []step{samplesStep(a)}
	}
	currency := a.Prices.Currency
	last := &d.Look[len(d.Look)-1]
	s := step{What: say("More labelled training samples"), Advice: string(d.Advice), Text: ""}
	show := d.Best
	switch {
	case a.Prices.Label == 0:
		show = last
		s.Text = say("Labels have no price here, so that there is no number at which to stop.")
	case d.Best == nil:
		show = &d.Look[0]
		for i := range d.Look {
			if d.Look[i].Value.Value-d.Look[i].Cost > show.Value.Value-show.Cost {
				show = &d.Look[i]
			}
		}
		s.Text = say("No number that was looked at is expected to be worth its labels: stop here.")
	case d.Best.Factor == last.Factor:
		s.Text = say("Larger numbers were not looked at: curves are followed as far up as they were measured down.")
	default:
		next := d.Look[slices.IndexFunc(d.Look, func(p economics.DataPurchase) bool { return p.Factor == d.Best.Factor })+1]
		s.Text = say("Then stop: the next %s would cost %s and bring %s.", amount(next.Samples-d.Best.Samples), amount(next.Cost-d.Best.Cost), amount(next.Value.Value-d.Best.Value.Value))
	}
	of := say("of every domain")
	for _, d := range a.Domains {
		if d.By != "value" {
			of = say("of every domain whose gains are worth something here")
		}
	}
	s.Text = say("%s times as many %s, %s more, would be worth %s %s (%s) by less error, and cost %s; they pay in %s of draws.",
		fixedFactor(show.Factor), of, amount(show.Samples), signedAmount(show.Value.Value), currency, span(show.Value.Lo, show.Value.Hi, signedAmount), amount(show.Cost), ofDraws(show.Pays)) + " " + s.Text
	out := []step{s}
	for _, c := range d.Curves {
		if len(c.Points) > 0 {
			out = append(out, step{What: say("Learning curve of %s", c.Domain), Advice: "measured", Text: curveText(&c)})
		}
	}
	return out
}

func fixedFactor(x float64) string {
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.2f", x), "0"), ".")
}

// curveText says how error and gain went with the number of samples.
func curveText(c *appraisal.Curve) text {
	var parts []text
	for _, p := range c.Points {
		point := say("%s: %s alone", some(p.Samples, "sample"), precise(p.Alone.Value))
		if p.Shared != nil {
			point = say("%s, %s shared", point, precise(p.Shared.Value))
		}
		if p.Gain != nil {
			point = say("%s, a gain of %s", point, signed(*p.Gain))
		}
		parts = append(parts, point)
	}
	out := wording.Sentence(wording.Clauses(parts)) + " "
	if c.Exponent == nil {
		return out + asSentence(c.Why)
	}
	if c.Exponent.Value < 0 {
		return out + say("More samples have lowered no error here; with twice as many it may be from %s less to %s more.", percent(1-math.Exp2(-c.Exponent.Hi)), percent(math.Exp2(-c.Exponent.Lo)-1))
	}
	return out + say("Twice as many would lower the error by %s (%s).", percent(1-math.Exp2(-c.Exponent.Value)), span(1-math.Exp2(-c.Exponent.Lo), 1-math.Exp2(-c.Exponent.Hi), percent))
}

func samplesStep(a *appraisal.Appraisal) step {
	why := wording.Written(a.Data.Why)
	if why == "" {
		why = say("each domain was trained with one number of them")
	}
	s := step{What: say("More labelled training samples"), Advice: string(economics.Unknown), Text: say("What they would bring is not known: %s.", why)}
	var parts []text
	for _, x := range a.Samples[:min(3, len(a.Samples))] {
		unit := wording.Written(x.UnitName)
		switch x.UnitName {
		case "point":
			unit = say("points of error")
		case "percent":
			unit = say("percent of its error")
		case "one":
			unit = say("units")
		}
		parts = append(parts, say("%s by %s %s", x.Domain, amount(x.Needed), unit))
	}
	if len(parts) > 0 {
		s.Text += " " + say("A thousand cost %s %s, and would have to improve %s to be worth that.", amount(a.Samples[0].Cost), a.Prices.Currency, joined(parts, say(", or ")))
	}
	return s
}

// MoneyLines tell an appraisal to a terminal.
func MoneyLines(a *appraisal.Appraisal) []string {
	m := newMoney(a)
	if m == nil {
		return []string{"There is nothing to choose from."}
	}
	lines := []string{m.Headline.String(), m.Evidence.String()}
	if m.Instead != "" {
		lines = append(lines, m.Instead.String())
	}
	lines = append(lines, "", fmt.Sprintf("Compared with a model for each domain, in %s over %s:", m.Currency, m.Months))
	width := 0
	order := byWorth(a)
	order = slices.DeleteFunc(order, func(i int) bool { return i == 0 })
	order = order[:min(len(order), mostOptions)]
	for _, i := range order {
		width = max(width, len([]rune(optionText(a, i).String())))
	}
	for _, i := range order {
		o := &a.Options[i]
		name := optionText(a, i).String()
		lines = append(lines, fmt.Sprintf("  %s%s  %s (%s), pays in %s of draws", name, strings.Repeat(" ", width-len([]rune(name))), signedAmount(o.Gain.Value), span(o.Gain.Lo, o.Gain.Hi, signedAmount), ofDraws(o.Pays)))
	}
	lines = append(lines, "", "It pays, by what is expected, and surely (95%), everything else as it is:")
	for _, e := range m.Evens {
		lines = append(lines, fmt.Sprintf("  %s (now %s): %s; surely %s", e.Input, e.Base, e.Expected, e.Sure))
	}
	for _, w := range m.Whatever {
		lines = append(lines, "  "+w.String())
	}
	lines = append(lines, "", "In which order to spend:")
	for _, s := range m.Steps {
		lines = append(lines, fmt.Sprintf("  [%s] %s: %s", s.Advice, s.What, s.Text))
	}
	return lines
}
