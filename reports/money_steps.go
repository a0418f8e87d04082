package reports

import (
	"cmp"
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
	var out []step
	currency := a.Prices.Currency
	for _, in := range a.Staged.Introduce {
		what := "One model for " + few(in.Domains)
		if len(in.Domains) == 1 {
			what = "Another model for " + in.Domains[0]
		}
		cost := fmt.Sprintf("costs %s %s more at the start", amount(in.Once), currency)
		if in.Once <= 0 {
			cost = fmt.Sprintf("saves %s %s at the start", amount(-in.Once), currency)
		}
		out = append(out, step{what, string(in.Advice), fmt.Sprintf("Worth %s %s (%s) against models of their own; pays in %s of draws; %s.", signedAmount(in.Gain.Value), currency, span(in.Gain.Lo, in.Gain.Hi, signedAmount), ofDraws(in.Pays), cost)})
	}
	if len(out) == 0 {
		out = append(out, step{"Introduce nothing", string(economics.Stop), "No shared model is expected to be worth what it costs."})
	}
	out = append(out, sizeSteps(a)...)
	for _, l := range a.Staged.Learn {
		out = append(out, lessonStep(a, l))
	}
	if len(a.Staged.Learn) == 0 {
		out = append(out, step{"More seeds or test samples", string(economics.Unknown), "What they would tell is not known."})
	}
	out = append(out, dataSteps(a)...)
	return append(out, step{"Anything that could be learned about gains", "limit", fmt.Sprintf("To know them exactly would be worth %s %s, by better choices among these groupings and sizes. No study that costs more is worth it.", amount(a.Perfect), currency)})
}

func sizeSteps(a *appraisal.Appraisal) []step {
	sizes := a.Staged.Sizes
	if len(sizes) < 2 {
		return []step{{"A larger size", string(economics.Unknown), "The study has one size, so that nothing is known of what another is worth."}}
	}
	var out []step
	for k, s := range sizes {
		what := "Size " + s.Rung
		against := fmt.Sprintf("against a model each at size %s", a.Rung)
		if k > 0 {
			against = "against the best of smaller sizes"
		} else {
			what = "Begin with size " + s.Rung
		}
		out = append(out, step{what, string(s.Advice), fmt.Sprintf("Its best, %s, is worth %s %s (%s) %s; more in %s of draws.", partitionText(a.Options[s.Option].Groups), signedAmount(s.Step.Value), a.Prices.Currency, span(s.Step.Lo, s.Step.Hi, signedAmount), against, ofDraws(s.Pays))})
	}
	return append(out, nextSizeStep(a, sizes[len(sizes)-1].Rung))
}

// nextSizeStep says what the next doubling of the models is worth at most.
func nextSizeStep(a *appraisal.Appraisal, largest string) step {
	s := step{"Sizes beyond " + largest, string(economics.Unknown), "Nothing was trained there."}
	n := a.NextSize
	if n == nil {
		return s
	}
	d := n.Doubling
	if d == nil {
		s.Text = fmt.Sprintf("Nothing was trained there, and what the next doubling is worth at most is not known: %s.", n.Why)
		return s
	}
	s.Advice = string(d.Advice)
	verdict := "whether it is worth that much was not measured"
	if d.Advice == economics.Stop {
		verdict = "stop here"
	}
	s.Text = fmt.Sprintf("The next doubling of the model (%s) is worth at most %s %s a month (%s), which is %s over %s, and costs %s more: %s.",
		optionSentence(&a.Options[n.Option]), amount(d.AtMost), a.Prices.Currency, percent(a.Level), amount(d.Present), wording.Plural(a.Prices.Horizon, "month"), amount(d.Cost), verdict)
	return s
}

// lessonStep says how many units to buy, and when to stop.
func lessonStep(a *appraisal.Appraisal, l economics.Lesson) step {
	currency := a.Prices.Currency
	what, unit := "More "+l.What, "one more"
	if l.What == appraisal.SeedsSource {
		unit = "one more of each"
	}
	most := fmt.Sprintf("All that they could tell is worth %s %s", amount(l.Limit), currency)
	if l.Price == 0 {
		return step{what, string(economics.Unknown), most + "; they have no price here, so that there is no number at which to stop."}
	}
	if l.Best == nil {
		return step{what, string(l.Advice), fmt.Sprintf("%s, and %s costs %s %s: stop here.", most, unit, amount(l.Price), currency)}
	}
	next := " Larger numbers were not looked at."
	for i, p := range l.Look {
		if p.Units == l.Best.Units && i+1 < len(l.Look) {
			more := l.Look[i+1]
			next = fmt.Sprintf(" Then stop: the next %s would cost %s and tell %s.", amount(more.Units-p.Units), amount(more.Cost-p.Cost), amount(more.Value-p.Value))
		}
	}
	return step{what, string(l.Advice), fmt.Sprintf("%s more, beside %s now, are expected to be worth %s %s by better choices, and cost %s.%s %s.", amount(l.Best.Units), amount(l.Have), amount(l.Best.Value), currency, amount(l.Best.Cost), next, most)}
}

// dataSteps say what more training samples of all domains are worth, and how errors
// and gains went with their number so far.
func dataSteps(a *appraisal.Appraisal) []step {
	const what = "More labelled training samples"
	d := &a.Data
	if len(d.Look) == 0 {
		return []step{samplesStep(a)}
	}
	currency := a.Prices.Currency
	last := &d.Look[len(d.Look)-1]
	s := step{what, string(d.Advice), ""}
	show := d.Best
	switch {
	case a.Prices.Label == 0:
		show = last
		s.Text = "Labels have no price here, so that there is no number at which to stop."
	case d.Best == nil:
		show = &d.Look[0]
		for i := range d.Look {
			if d.Look[i].Value.Value-d.Look[i].Cost > show.Value.Value-show.Cost {
				show = &d.Look[i]
			}
		}
		s.Text = "No number that was looked at is expected to be worth its labels: stop here."
	case d.Best.Factor == last.Factor:
		s.Text = "Larger numbers were not looked at: curves are followed as far up as they were measured down."
	default:
		next := d.Look[slices.IndexFunc(d.Look, func(p economics.DataPurchase) bool { return p.Factor == d.Best.Factor })+1]
		s.Text = fmt.Sprintf("Then stop: the next %s would cost %s and bring %s.", amount(next.Samples-d.Best.Samples), amount(next.Cost-d.Best.Cost), amount(next.Value.Value-d.Best.Value.Value))
	}
	of := "of every domain"
	for _, d := range a.Domains {
		if d.By != "value" {
			of = "of every domain whose gains are worth something here"
		}
	}
	s.Text = fmt.Sprintf("%s times as many %s, %s more, would be worth %s %s (%s) by less error, and cost %s; they pay in %s of draws. %s",
		fixedFactor(show.Factor), of, amount(show.Samples), signedAmount(show.Value.Value), currency, span(show.Value.Lo, show.Value.Hi, signedAmount), amount(show.Cost), ofDraws(show.Pays), s.Text)
	out := []step{s}
	for _, c := range d.Curves {
		if len(c.Points) > 0 {
			out = append(out, step{"Learning curve of " + c.Domain, "measured", curveText(&c)})
		}
	}
	return out
}

func fixedFactor(x float64) string {
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.2f", x), "0"), ".")
}

// curveText says how error and gain went with the number of samples.
func curveText(c *appraisal.Curve) string {
	var parts []string
	for _, p := range c.Points {
		text := fmt.Sprintf("%d samples: %s alone", p.Samples, precise(p.Alone.Value))
		if p.Shared != nil {
			text += fmt.Sprintf(", %s shared", precise(p.Shared.Value))
		}
		if p.Gain != nil {
			text += fmt.Sprintf(", a gain of %s", signed(*p.Gain))
		}
		parts = append(parts, text)
	}
	text := strings.Join(parts, "; ") + "."
	if c.Exponent == nil {
		return text + " " + capital(c.Why) + "."
	}
	if c.Exponent.Value < 0 {
		return text + fmt.Sprintf(" More samples have lowered no error here; with twice as many it may be from %s less to %s more.", percent(1-math.Exp2(-c.Exponent.Hi)), percent(math.Exp2(-c.Exponent.Lo)-1))
	}
	return text + fmt.Sprintf(" Twice as many would lower the error by %s (%s).", percent(1-math.Exp2(-c.Exponent.Value)), span(1-math.Exp2(-c.Exponent.Lo), 1-math.Exp2(-c.Exponent.Hi), percent))
}

func samplesStep(a *appraisal.Appraisal) step {
	s := step{"More labelled training samples", string(economics.Unknown), "What they would bring is not known: " + cmp.Or(a.Data.Why, "each domain was trained with one number of them") + "."}
	var parts []string
	for _, x := range a.Samples[:min(3, len(a.Samples))] {
		unit := x.UnitName
		switch unit {
		case "point":
			unit = "points of error"
		case "percent":
			unit = "percent of its error"
		case "one":
			unit = "units"
		}
		parts = append(parts, fmt.Sprintf("%s by %s %s", x.Domain, amount(x.Needed), unit))
	}
	if len(parts) > 0 {
		s.Text += fmt.Sprintf(" A thousand cost %s %s, and would have to improve %s to be worth that.", amount(a.Samples[0].Cost), a.Prices.Currency, strings.Join(parts, ", or "))
	}
	return s
}

// MoneyLines tell an appraisal to a terminal.
func MoneyLines(a *appraisal.Appraisal) []string {
	m := newMoney(a)
	if m == nil {
		return []string{"There is nothing to choose from."}
	}
	lines := []string{m.Headline, m.Evidence}
	if m.Instead != "" {
		lines = append(lines, m.Instead)
	}
	lines = append(lines, "", fmt.Sprintf("Compared with a model for each domain, in %s over %s:", m.Currency, m.Months))
	width := 0
	order := byWorth(a)
	order = slices.DeleteFunc(order, func(i int) bool { return i == 0 })
	order = order[:min(len(order), mostOptions)]
	for _, i := range order {
		width = max(width, len([]rune(optionText(a, i))))
	}
	for _, i := range order {
		o := &a.Options[i]
		name := optionText(a, i)
		lines = append(lines, fmt.Sprintf("  %s%s  %s (%s), pays in %s of draws", name, strings.Repeat(" ", width-len([]rune(name))), signedAmount(o.Gain.Value), span(o.Gain.Lo, o.Gain.Hi, signedAmount), ofDraws(o.Pays)))
	}
	lines = append(lines, "", "It pays, by what is expected, and surely (95%), everything else as it is:")
	for _, e := range m.Evens {
		lines = append(lines, fmt.Sprintf("  %s (now %s): %s; surely %s", e.Input, e.Base, e.Expected, e.Sure))
	}
	for _, w := range m.Whatever() {
		lines = append(lines, "  "+w)
	}
	lines = append(lines, "", "In which order to spend:")
	for _, s := range m.Steps {
		lines = append(lines, fmt.Sprintf("  [%s] %s: %s", s.Advice, s.What, s.Text))
	}
	return lines
}
