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
	Headline string
	Evidence string
	Instead  string // that money prefers other groups than gains do
	Options  *rangeChart
	Tornado  *rangeChart
	Rows     []moneyRow
	Evens    []evenRow
	Fixed    map[economics.Side][]string // inputs that change nothing about whether it pays
	Subject  string                      // what break-evens are about
	Steps    []step
	Data     *curves // error by training samples
	Assumed  []string
	Notes    []string
	Currency string
	Months   string
}

type moneyRow struct {
	Name, Groups, Size               string
	Models                           int
	Benefit, Once, Monthly           string
	Present, Gain, Limits, Best, Pay string
	Chosen                           bool
}

// Whatever says of which inputs it does not hang whether it pays.
func (m *money) Whatever() []string {
	var out []string
	if names := m.Fixed[economics.Always]; len(names) > 0 {
		out = append(out, "Surely, whatever these are: "+list(names)+".")
	}
	if names := m.Fixed[economics.Never]; len(names) > 0 {
		out = append(out, "Not by a change of one of these alone: "+list(names)+".")
	}
	return out
}

func fixedSide(t economics.Threshold) bool {
	return t.Side == economics.Always || t.Side == economics.Never
}

type evenRow struct{ Input, Base, Expected, Sure string }

// step is a part of the staged plan.
type step struct {
	What   string
	Advice string // go, stop or unknown
	Text   string
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
		Headline: moneyHeadline(a), Evidence: moneyEvidence(a), Instead: moneyInstead(a), Subject: capital(optionSentence(&a.Options[a.Subject])), Steps: steps(a), Data: newDataCurves(a), Assumed: a.Assumed, Notes: a.Warnings,
		Fixed: map[economics.Side][]string{}, Currency: a.Prices.Currency, Months: wording.Plural(a.Prices.Horizon, "month"),
	}
	if len(a.Doubts) > 0 {
		m.Headline = doubtful(a.Doubts, m.Headline)
	}
	var items []rangeItem
	for rank, i := range byWorth(a) {
		o := &a.Options[i]
		row := moneyRow{
			Name: o.Name, Groups: partitionText(o.Groups), Size: o.Rung, Models: len(o.Groups), Chosen: i == a.Best,
			Benefit: signedAmount(o.Benefit.Value), Once: amount(o.Costs.Once), Monthly: amount(o.Costs.Monthly),
			Present: signedAmount(o.Present.Value), Gain: signedAmount(o.Gain.Value), Limits: span(o.Gain.Lo, o.Gain.Hi, signedAmount),
			Best: ofDraws(o.Worth.Best), Pay: ofDraws(o.Pays),
		}
		m.Rows = append(m.Rows, row)
		if rank >= mostOptions && i != 0 {
			continue
		}
		it := rangeItem{label: optionText(a, i), value: effect.Interval{Value: o.Gain.Value, Lo: o.Gain.Lo, Hi: o.Gain.Hi}, mark: "pays in " + ofDraws(o.Pays) + " of draws"}
		if i == 0 {
			it.mark, it.value = "what others are held against", effect.Point(0)
		}
		items = append(items, it)
	}
	m.Options = newAmountChart(items, fmt.Sprintf("%s over %s, today's worth, compared with a model of its own for every domain", m.Currency, m.Months))
	items = nil
	for _, b := range a.Tornado[:min(len(a.Tornado), mostInputs)] {
		items = append(items, inputBar(a, b))
	}
	m.Tornado = newAmountChart(items, m.Currency+", the same difference")
	m.Tornado.Key = "Dot: with every number as it is. Bar: with one of them at the ends of its range."
	for _, b := range a.BreakEvens {
		if fixedSide(b.Expected) && b.Sure.Side == b.Expected.Side {
			m.Fixed[b.Expected.Side] = append(m.Fixed[b.Expected.Side], inputName(b.Input))
			continue
		}
		m.Evens = append(m.Evens, evenRow{inputName(b.Input), quantity(b.Input, b.Base, b.Unit), threshold(b, b.Expected), threshold(b, b.Sure)})
	}
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
func optionText(a *appraisal.Appraisal, i int) string {
	o := &a.Options[i]
	text := ""
	switch {
	case len(o.Groups) == 1:
		text = "all domains together"
	case !slices.ContainsFunc(o.Groups, func(g []string) bool { return len(g) > 1 }):
		text = "a model each"
	default:
		text = partitionText(o.Groups)
	}
	if severalSizes(a) {
		text += ", size " + o.Rung
	}
	return text
}

// optionSentence says who shares a model.
func optionSentence(o *appraisal.Option) string {
	var parts, alone []string
	for _, g := range o.Groups {
		if len(g) == 1 {
			alone = append(alone, g[0])
			continue
		}
		parts = append(parts, "one model for "+few(g))
	}
	switch {
	case len(o.Groups) == 1:
		return "one model for all domains"
	case len(parts) == 0:
		return "a model for each domain"
	case len(alone) > 0:
		parts = append(parts, "one of its own for "+few(alone))
		if len(alone) > 1 {
			parts[len(parts)-1] = "one each for " + few(alone)
		}
	}
	return list(parts)
}

func moneyHeadline(a *appraisal.Appraisal) string {
	o := &a.Options[a.Subject]
	months := wording.Plural(a.Prices.Horizon, "month")
	size, reference := "", ""
	if severalSizes(a) {
		size, reference = ", at size "+o.Rung+",", " at size "+a.Rung
	}
	if a.Best == 0 {
		return fmt.Sprintf("A model for each domain%s is worth most. The best alternative, %s%s is worth %s %s less over %s.", reference, optionSentence(o), cmp.Or(size, ","), amount(-o.Gain.Value), a.Prices.Currency, months)
	}
	return fmt.Sprintf("%s%s: worth %s %s more over %s than a model for each domain%s.", capital(optionSentence(o)), strings.TrimSuffix(size, ","), amount(o.Gain.Value), a.Prices.Currency, months, reference)
}

// moneyInstead says that other groups are worth more than those that are recommended;
// empty where that is not so.
func moneyInstead(a *appraisal.Appraisal) string {
	at := slices.IndexFunc(a.Options, func(o appraisal.Option) bool { return o.Name == appraisal.Recommended })
	if at < 0 {
		return ""
	}
	o, best := &a.Options[at], &a.Options[a.Best]
	if partitionText(sortedGroups(o.Groups)) == partitionText(sortedGroups(best.Groups)) {
		return ""
	}
	worth := "a model for each domain"
	if a.Best != 0 {
		worth = "these groups"
	}
	if o.Rung != best.Rung {
		worth += " at size " + best.Rung
	}
	return fmt.Sprintf("The recommended groups are others: %s. By what is expected they are worth %s %s less than %s. They are chosen by what domains gain, whatever models cost.",
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
func (in *Input) worthInstead() string {
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
	size := ""
	if o.Rung != best.Rung {
		size = ", at size " + best.Rung
	}
	return fmt.Sprintf("In money other groups are worth more, by what is expected: %s%s, by %s %s over %s. The recommended groups are chosen by what domains gain, whatever models cost.",
		optionSentence(best), size, amount(best.Gain.Value-o.Gain.Value), a.Prices.Currency, wording.Plural(a.Prices.Horizon, "month"))
}

func severalSizes(a *appraisal.Appraisal) bool {
	return slices.ContainsFunc(a.Options, func(o appraisal.Option) bool { return o.Rung != a.Rung })
}

func moneyEvidence(a *appraisal.Appraisal) string {
	o, currency := &a.Options[a.Subject], a.Prices.Currency
	start := fmt.Sprintf("It costs %s %s more at the start", amount(o.Costs.Once-a.Options[0].Costs.Once), currency)
	if o.Costs.Once <= a.Options[0].Costs.Once {
		start = fmt.Sprintf("It saves %s %s at the start", amount(a.Options[0].Costs.Once-o.Costs.Once), currency)
	}
	unknown := ""
	var names []string
	for _, d := range a.Domains {
		if d.By == appraisal.Unknown {
			names = append(names, d.Name)
		}
	}
	if len(names) > 0 {
		unknown = fmt.Sprintf("What sharing is worth to %s is not known, and in none of these figures. ", few(names))
	}
	return unknown + fmt.Sprintf("With %s probability the difference is %s %s. Of draws of what is not known of gains it pays in %s, and no other option is worth more in %s. %s, and once it runs it brings %s %s a year (%s).",
		percent(a.Level), span(o.Gain.Lo, o.Gain.Hi, signedAmount), currency, ofDraws(o.Pays), ofDraws(o.Worth.Best), start, signedAmount(o.Yearly.Value), currency, span(o.Yearly.Lo, o.Yearly.Hi, signedAmount))
}

// inputBar is an input of the tornado. The value is that with everything as it is.
func inputBar(a *appraisal.Appraisal, b economics.Bar) rangeItem {
	it := rangeItem{
		label: inputName(b.Input),
		note:  figure(b.Input, b.Low, b.Unit) + " to " + quantity(b.Input, b.High, b.Unit),
		value: effect.Interval{Value: a.Options[a.Subject].Gain.Value, Lo: min(b.AtLow, b.AtHigh), Hi: max(b.AtLow, b.AtHigh)},
	}
	if b.Input == economics.GainsInput {
		it.label, it.note = "what gains are", "from their lower to their upper limits"
	}
	var changes []string
	for _, end := range []struct {
		best int
		at   float64
	}{{b.BestAtLow, b.Low}, {b.BestAtHigh, b.High}} {
		if end.best != a.Best && b.Input != economics.GainsInput {
			changes = append(changes, fmt.Sprintf("at %s best: %s", figure(b.Input, end.at, b.Unit), optionText(a, end.best)))
		}
	}
	it.mark = strings.Join(changes, "; ")
	return it
}

// inputName names an input for people.
func inputName(name string) string {
	switch name {
	case "value":
		return "value of less error"
	case "hour":
		return "price of an hour of training"
	case "training":
		return "price of a training"
	case "setup":
		return "putting a model into use"
	case "operation":
		return "operating a model"
	case "compute":
		return "price of computing"
	case "memory":
		return "price of memory"
	case "decisions":
		return "number of decisions"
	case "discount":
		return "interest"
	}
	return name
}

// figure writes a number of an input that is counted in a unit.
func figure(input string, x float64, unit string) string {
	switch {
	case input == "discount":
		return percent(x)
	case input == "horizon":
		return fmt.Sprintf("%.0f", x)
	case unit == "":
		return amount(x) + " times"
	}
	return amount(x)
}

// quantity is figure with the unit.
func quantity(input string, x float64, unit string) string {
	return strings.TrimSpace(figure(input, x, unit) + " " + unit)
}

func threshold(b economics.BreakEven, t economics.Threshold) string {
	switch t.Side {
	case economics.Always:
		return "whatever it is"
	case economics.Never:
		return "never"
	case economics.From:
		return "from " + figure(b.Input, t.At, b.Unit) + " on"
	}
	return "up to " + figure(b.Input, t.At, b.Unit)
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
func ofDraws(x float64) string {
	switch {
	case x > 0 && x < 0.01:
		return "under 1%"
	case x > 0.99 && x < 1-1e-9:
		return "over 99%"
	}
	return fixed(100*x, 0) + "%"
}
