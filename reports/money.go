package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping/appraisal"
	"github.com/sharewise/sharewise/grouping/economics"
)

// money is what groupings are worth.
type money struct {
	Headline text
	Evidence text
	Instead  text // that money prefers other groups than gains do
	Options  *rangeChart
	Tornado  *rangeChart
	Rows     []moneyRow
	Evens    []evenRow
	Whatever []text                    // what changes nothing about whether it pays, in sentences
	Fixed    map[economics.Side][]text // inputs that change nothing about whether it pays
	Subject  text                      // what break-evens are about
	Steps    []step
	Data     *curves // error by training samples
	Assumed  []text
	Notes    []text
	Currency string
	Months   text
}

type moneyRow struct {
	Name, Groups           text
	Size                   string
	Models                 int
	Benefit, Once, Monthly string
	Present, Gain          string
	Best, Pay              text
	Limits                 text
	Chosen                 bool
}

// Whatever says of which inputs it does not hang whether it pays.
func (m *money) whatever() []text {
	var out []text
	if names := m.Fixed[economics.Always]; len(names) > 0 {
		out = append(out, say("Surely, whatever these are: %s.", list(names)))
	}
	if names := m.Fixed[economics.Never]; len(names) > 0 {
		out = append(out, say("Not by a change of one of these alone: %s.", list(names)))
	}
	return out
}

func fixedSide(t economics.Threshold) bool {
	return t.Side == economics.Always || t.Side == economics.Never
}

type evenRow struct{ Input, Base, Expected, Sure text }

// step is a part of the staged plan.
type step struct {
	What   text
	Advice string // go, stop, unknown, limit or measured
	Text   text
	// AdviceWord is Advice for readers.
	AdviceWord text
}

// mostOptions is how many options a chart shows, mostInputs how many inputs.
const (
	mostOptions = 8
	mostInputs  = 10
)

func newMoney(a *appraisal.Appraisal) *money {
	if a == nil || len(a.Options) < 2 {
		return nil
	}
	m := &money{
		Headline: moneyHeadline(a), Evidence: moneyEvidence(a), Instead: moneyInstead(a), Subject: capital(optionSentence(&a.Options[a.Subject])), Steps: steps(a), Data: newDataCurves(a), Assumed: written(a.Assumed), Notes: written(a.Warnings),
		Fixed: map[economics.Side][]text{}, Currency: a.Prices.Currency, Months: some(a.Prices.Horizon, "month"),
	}
	if len(a.Doubts) > 0 {
		m.Headline = doubtful(a.Doubts) + " " + m.Headline
	}
	var items []rangeItem
	for rank, i := range byWorth(a) {
		o := &a.Options[i]
		row := moneyRow{
			Name: optionName(o.Name), Groups: partitionText(o.Groups), Size: o.Rung, Models: len(o.Groups), Chosen: i == a.Best,
			Benefit: signedAmount(o.Benefit.Value), Once: amount(o.Costs.Once), Monthly: amount(o.Costs.Monthly),
			Present: signedAmount(o.Present.Value), Gain: signedAmount(o.Gain.Value), Limits: span(o.Gain.Lo, o.Gain.Hi, signedAmount),
			Best: ofDraws(o.Worth.Best), Pay: ofDraws(o.Pays),
		}
		m.Rows = append(m.Rows, row)
		if rank >= mostOptions && i != 0 {
			continue
		}
		it := rangeItem{label: optionText(a, i), value: effect.Interval{Value: o.Gain.Value, Lo: o.Gain.Lo, Hi: o.Gain.Hi}, mark: say("pays in %s of draws", ofDraws(o.Pays))}
		if i == 0 {
			it.mark, it.value = say("what others are held against"), effect.Point(0)
		}
		items = append(items, it)
	}
	m.Options = newAmountChart(items, say("%s over %s, today's worth, compared with a model of its own for every domain", m.Currency, m.Months))
	items = nil
	for _, b := range a.Tornado[:min(len(a.Tornado), mostInputs)] {
		items = append(items, inputBar(a, b))
	}
	if m.Tornado = newAmountChart(items, say("%s, the same difference", m.Currency)); m.Tornado != nil {
		m.Tornado.Key = say("Dot: with every number as it is. Bar: with one of them at the ends of its range.")
	}
	for _, b := range a.BreakEvens {
		if fixedSide(b.Expected) && b.Sure.Side == b.Expected.Side {
			m.Fixed[b.Expected.Side] = append(m.Fixed[b.Expected.Side], inputName(b.Input))
			continue
		}
		m.Evens = append(m.Evens, evenRow{inputName(b.Input), quantity(b.Input, b.Base, b.Unit), threshold(b, b.Expected), threshold(b, b.Sure)})
	}
	m.Whatever = m.whatever()
	return m
}

// byWorth orders options by what they have over the reference, the best first.
func byWorth(a *appraisal.Appraisal) []int {
	order := make([]int, len(a.Options))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int {
		return cmp.Compare(a.Options[y].Gain.Value, a.Options[x].Gain.Value)
	})
	return order
}

// optionText names an option by its groups, and by its size where there are several.
func optionText(a *appraisal.Appraisal, i int) text {
	o := &a.Options[i]
	out := partitionText(o.Groups)
	switch {
	case len(o.Groups) == 1:
		out = say("all domains together")
	case !slices.ContainsFunc(o.Groups, func(g []string) bool { return len(g) > 1 }):
		out = say("a model each")
	}
	if severalSizes(a) {
		return say("%s, size %s", out, o.Rung)
	}
	return out
}

// optionSentence says who shares a model.
func optionSentence(o *appraisal.Option) text {
	var parts []text
	var alone []string
	for _, g := range o.Groups {
		if len(g) == 1 {
			alone = append(alone, g[0])
			continue
		}
		parts = append(parts, say("one model for %s", few(g)))
	}
	switch {
	case len(o.Groups) == 1:
		return say("one model for all domains")
	case len(parts) == 0:
		return say("a model for each domain")
	case len(alone) > 0:
		if len(alone) > 1 {
			parts = append(parts, say("one each for %s", few(alone)))
		} else {
			parts = append(parts, say("one of its own for %s", few(alone)))
		}
	}
	return list(parts)
}

func moneyHeadline(a *appraisal.Appraisal) text {
	o := &a.Options[a.Subject]
	months := some(a.Prices.Horizon, "month")
	option, worth, currency := optionSentence(o), amount(o.Gain.Value), a.Prices.Currency
	if a.Best == 0 {
		worth = amount(-o.Gain.Value)
		if severalSizes(a) {
			return say("A model for each domain at size %s is worth most. The best alternative, %s, at size %s, is worth %s %s less over %s.", a.Rung, option, o.Rung, worth, currency, months)
		}
		return say("A model for each domain is worth most. The best alternative, %s, is worth %s %s less over %s.", option, worth, currency, months)
	}
	if severalSizes(a) {
		return say("%s, at size %s: worth %s %s more over %s than a model for each domain at size %s.", capital(option), o.Rung, worth, currency, months, a.Rung)
	}
	return say("%s: worth %s %s more over %s than a model for each domain.", capital(option), worth, currency, months)
}

// moneyInstead says that other groups are worth more than those that are recommended;
// empty where that is not so.
func moneyInstead(a *appraisal.Appraisal) text {
	at := slices.IndexFunc(a.Options, func(o appraisal.Option) bool { return o.Name == appraisal.Recommended })
	if at < 0 {
		return ""
	}
	o, best := &a.Options[at], &a.Options[a.Best]
	if partitionText(sortedGroups(o.Groups)) == partitionText(sortedGroups(best.Groups)) {
		return ""
	}
	worth := say("a model for each domain")
	switch sized := o.Rung != best.Rung; {
	case a.Best == 0 && sized:
		worth = say("a model for each domain at size %s", best.Rung)
	case sized:
		worth = say("these groups at size %s", best.Rung)
	case a.Best != 0:
		worth = say("these groups")
	}
	return say("The recommended groups are others: %s. By what is expected they are worth %s %s less than %s. They are chosen by what domains gain, whatever models cost.",
		optionSentence(o), amount(best.Gain.Value-o.Gain.Value), a.Prices.Currency, worth)
}

// sortedGroups are groups in an order that does not depend on how they were found.
func sortedGroups(groups [][]string) [][]string {
	out := make([][]string, len(groups))
	for i, g := range groups {
		out[i] = slices.Sorted(slices.Values(g))
	}
	slices.SortFunc(out, slices.Compare)
	return out
}

// worthInstead says of a recommendation that other groups are worth more in money;
// empty where that is not so, or where the appraisal is of another recommendation.
func (in *Input) worthInstead() text {
	a := in.Economics
	if a == nil || len(a.Options) < 2 || moneyInstead(a) == "" {
		return ""
	}
	var groups [][]string
	for i := range in.Groups.Groups {
		groups = append(groups, in.Groups.Groups[i].Names())
	}
	at := slices.IndexFunc(a.Options, func(o appraisal.Option) bool { return o.Name == appraisal.Recommended })
	o, best := &a.Options[at], &a.Options[a.Best]
	if partitionText(sortedGroups(groups)) != partitionText(sortedGroups(o.Groups)) {
		return ""
	}
	option := optionSentence(best)
	if o.Rung != best.Rung {
		option = say("%s, at size %s", option, best.Rung)
	}
	return say("In money other groups are worth more, by what is expected: %s, by %s %s over %s. The recommended groups are chosen by what domains gain, whatever models cost.",
		option, amount(best.Gain.Value-o.Gain.Value), a.Prices.Currency, some(a.Prices.Horizon, "month"))
}

func severalSizes(a *appraisal.Appraisal) bool {
	return slices.ContainsFunc(a.Options, func(o appraisal.Option) bool { return o.Rung != a.Rung })
}

func moneyEvidence(a *appraisal.Appraisal) text {
	o, currency := &a.Options[a.Subject], a.Prices.Currency
	yearly, limits := signedAmount(o.Yearly.Value), span(o.Yearly.Lo, o.Yearly.Hi, signedAmount)
	start := say("It costs %s %s more at the start, and once it runs it brings %s %s a year (%s).", amount(o.Costs.Once-a.Options[0].Costs.Once), currency, yearly, currency, limits)
	if o.Costs.Once <= a.Options[0].Costs.Once {
		start = say("It saves %s %s at the start, and once it runs it brings %s %s a year (%s).", amount(a.Options[0].Costs.Once-o.Costs.Once), currency, yearly, currency, limits)
	}
	var unknown text
	var names []string
	for _, d := range a.Domains {
		if d.By == appraisal.Unknown {
			names = append(names, d.Name)
		}
	}
	if len(names) > 0 {
		unknown = say("What sharing is worth to %s is not known, and in none of these figures.", few(names)) + " "
	}
	return unknown + say("With %s probability the difference is %s %s. Of draws of what is not known of gains it pays in %s, and no other option is worth more in %s.",
		percent(a.Level), span(o.Gain.Lo, o.Gain.Hi, signedAmount), currency, ofDraws(o.Pays), ofDraws(o.Worth.Best)) + " " + start
}

// inputBar is an input of the tornado. The value is that with everything as it is.
func inputBar(a *appraisal.Appraisal, b economics.Bar) rangeItem {
	it := rangeItem{
		label: inputName(b.Input),
		note:  say("%s to %s", figure(b.Input, b.Low, b.Unit), quantity(b.Input, b.High, b.Unit)),
		value: effect.Interval{Value: a.Options[a.Subject].Gain.Value, Lo: min(b.AtLow, b.AtHigh), Hi: max(b.AtLow, b.AtHigh)},
	}
	if b.Input == economics.GainsInput {
		it.label, it.note = say("what gains are"), say("from their lower to their upper limits")
	}
	var changes []text
	for _, end := range []struct {
		best int
		at   float64
	}{{b.BestAtLow, b.Low}, {b.BestAtHigh, b.High}} {
		if end.best != a.Best && b.Input != economics.GainsInput {
			changes = append(changes, say("at %s best: %s", figure(b.Input, end.at, b.Unit), optionText(a, end.best)))
		}
	}
	it.mark = wording.Clauses(changes)
	return it
}

// inputName names an input for people.
func inputName(name string) text {
	switch name {
	case "value":
		return say("value of less error")
	case "hour":
		return say("price of an hour of training")
	case "training":
		return say("price of a training")
	case "setup":
		return say("putting a model into use")
	case "operation":
		return say("operating a model")
	case "compute":
		return say("price of computing")
	case "memory":
		return say("price of memory")
	case "decisions":
		return say("number of decisions")
	case "discount":
		return say("interest")
	}
	return wording.Name(name)
}

// figure writes a number of an input that is counted in a unit.
func figure(input string, x float64, unit string) text {
	switch {
	case input == "discount":
		return text(percent(x))
	case input == "horizon":
		return wording.Name(fmt.Sprintf("%.0f", x))
	case unit == "":
		return say("%s times", amount(x))
	}
	return text(amount(x))
}

// quantity is figure with the unit.
func quantity(input string, x float64, unit string) text {
	if unit == "" {
		return figure(input, x, unit)
	}
	return say("%s %s", figure(input, x, unit), wording.Written(unit))
}

// optionName names an option.
func optionName(name string) text {
	switch name {
	case appraisal.Recommended:
		return say("recommended")
	case "apart":
		return say("apart")
	case "joint":
		return say("joint")
	}
	return wording.Name(name)
}

func threshold(b economics.BreakEven, t economics.Threshold) text {
	switch t.Side {
	case economics.Always:
		return say("whatever it is")
	case economics.Never:
		return say("never")
	case economics.From:
		return say("from %s on", figure(b.Input, t.At, b.Unit))
	}
	return say("up to %s", figure(b.Input, t.At, b.Unit))
}

// amount writes an amount of money with three significant digits.
func amount(x float64) string {
	if !finite(x) {
		return noData
	}
	size := math.Abs(x)
	if size == 0 {
		return "0"
	}
	digits := 2 - int(math.Floor(math.Log10(size)))
	text := fixed(math.Round(x*math.Pow(10, float64(min(digits, 15))))/math.Pow(10, float64(min(digits, 15))), max(0, min(digits, 6)))
	whole, decimals, found := strings.Cut(text, ".")
	if decimals = strings.TrimRight(decimals, "0"); !found || decimals == "" {
		return thousands(whole)
	}
	return thousands(whole) + "." + decimals
}

// signedAmount is amount with the sign always written.
func signedAmount(x float64) string {
	if x > 0 {
		return "+" + amount(x)
	}
	return amount(x)
}

// thousands sets narrow spaces between groups of three digits, from five digits on.
func thousands(whole string) string {
	sign := ""
	if t, negative := strings.CutPrefix(whole, minus); negative {
		sign, whole = minus, t
	}
	if len(whole) < 5 {
		return sign + whole
	}
	out := ""
	for len(whole) > 3 {
		out = "\u202f" + whole[len(whole)-3:] + out
		whole = whole[:len(whole)-3]
	}
	return sign + whole + out
}

// ofDraws writes a share of draws, never 0 % or 100 % of what some or not all are.
func ofDraws(x float64) text {
	switch {
	case x > 0 && x < 0.01:
		return say("under 1%%")
	case x > 0.99 && x < 1-1e-9:
		return say("over 99%%")
	}
	return text(fixed(100*x, 0) + "%")
}
