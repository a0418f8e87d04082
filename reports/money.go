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
	Options  *rangeChart
	Tornado  *rangeChart
	Rows     []moneyRow
	Evens    []evenRow
	Subject  string // what break-evens are about
	Steps    []step
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
		Headline: moneyHeadline(a), Evidence: moneyEvidence(a), Subject: optionText(a, a.Subject), Steps: steps(a), Assumed: a.Assumed, Notes: a.Warnings,
		Currency: a.Prices.Currency, Months: wording.Plural(a.Prices.Horizon, "month"),
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
	m.Tornado = newAmountChart(items, m.Currency+", as above, of the grouping that this is about")
	for _, b := range a.BreakEvens {
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
	if slices.ContainsFunc(a.Options, func(other appraisal.Option) bool { return other.Rung != o.Rung }) {
		text += ", size " + o.Rung
	}
	return text
}

func moneyHeadline(a *appraisal.Appraisal) string {
	o := &a.Options[a.Subject]
	months := wording.Plural(a.Prices.Horizon, "month")
	if a.Best == 0 {
		return fmt.Sprintf("Keeping a model for each domain is worth most. The best way to share, %s, is worth %s %s less over %s.", optionText(a, a.Subject), amount(-o.Gain.Value), a.Prices.Currency, months)
	}
	return fmt.Sprintf("%s is worth %s %s more over %s than a model for each domain at size %s.", capital(optionText(a, a.Subject)), amount(o.Gain.Value), a.Prices.Currency, months, a.Rung)
}

func moneyEvidence(a *appraisal.Appraisal) string {
	o := &a.Options[a.Subject]
	yearly := fmt.Sprintf("That is %s %s a year once it runs (%s)", signedAmount(o.Yearly.Value), a.Prices.Currency, span(o.Yearly.Lo, o.Yearly.Hi, signedAmount))
	return fmt.Sprintf("With %s probability the difference is %s %s; it pays in %s of draws of what is not known of gains, and no option is worth more in %s of them. %s, and %s %s at the start.",
		percent(a.Level), span(o.Gain.Lo, o.Gain.Hi, signedAmount), a.Prices.Currency, ofDraws(o.Pays), ofDraws(o.Worth.Best), yearly, signedAmount(o.Costs.Once-a.Options[0].Costs.Once), a.Prices.Currency)
}

// inputBar is an input of the tornado. The value is that with everything as it is.
func inputBar(a *appraisal.Appraisal, b economics.Bar) rangeItem {
	it := rangeItem{
		label: inputName(b.Input),
		note:  quantity(b.Input, b.Low, "") + " to " + quantity(b.Input, b.High, b.Unit),
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
			changes = append(changes, fmt.Sprintf("at %s best: %s", quantity(b.Input, end.at, ""), optionText(a, end.best)))
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

// quantity writes a number of an input with its unit.
func quantity(input string, x float64, unit string) string {
	switch {
	case input == "discount":
		return strings.TrimSpace(percent(x) + " " + unit)
	case input == "horizon":
		return strings.TrimSpace(fmt.Sprintf("%.0f %s", x, unit))
	case unit == "" && (input == "value" || input == "decisions" || strings.HasPrefix(input, "value of ")) && x < 10:
		return amount(x) + " times"
	}
	return strings.TrimSpace(amount(x) + " " + unit)
}

func threshold(b economics.BreakEven, t economics.Threshold) string {
	switch t.Side {
	case economics.Always:
		return "whatever it is"
	case economics.Never:
		return "never"
	case economics.From:
		return "from " + quantity(b.Input, t.At, "") + " on"
	}
	return "up to " + quantity(b.Input, t.At, "")
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
