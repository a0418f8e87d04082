package main

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/measures"
)

// printComparison prints the effects for a terminal of 100 columns: those on
// correctness in percent of samples, those on losses in their units. Raw
// figures never stand without their floor.
// Gains have a table where the measure, which is what was asked for, makes them
// more than another word for the change.
func printComparison(out io.Writer, c *analysis.Comparison, measure string) error {
	effects, gains, level := c.Effects, c.Gains, c.Level
	if !measures.Of(measure).Apart() {
		gains = nil
	}
	var b strings.Builder
	var onErrors, onLosses []analysis.Effect
	for _, e := range effects {
		if e.Measure == measures.Loss {
			onLosses = append(onLosses, e)
		} else {
			onErrors = append(onErrors, e)
		}
	}
	if len(onErrors) > 0 {
		fmt.Fprintf(&b, "Percent of test samples; brackets and bounds at %g %%.\n\n", 100*level)
		printOnErrors(&b, onErrors)
	}
	if len(onLosses) > 0 {
		fmt.Fprintf(&b, "Losses in their units, in parentheses as percent of the independent mean loss; brackets and bounds\nat %g %%.\n\n", 100*level)
		printOnLosses(&b, onLosses)
	}
	if len(gains) > 0 {
		printGains(&b, gains)
	}
	for _, e := range effects {
		if e.Calls.Called {
			fmt.Fprintf(&b, "%s: %d samples called helped, %d harmed\n", e.Domain, e.Calls.Helped, e.Calls.Harmed)
		}
		wrap(&b, fmt.Sprintf("%s: %s", e.Domain, e.Calls.Note))
	}
	for _, e := range effects {
		for _, warning := range e.Warnings {
			wrap(&b, fmt.Sprintf("warning: %s: %s", e.Domain, warning))
		}
	}
	for _, g := range gains {
		for _, warning := range g.Warnings {
			wrap(&b, fmt.Sprintf("warning: %s: gain: %s", g.Domain, warning))
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func printOnErrors(b *strings.Builder, effects []analysis.Effect) {
	w := newColumns(b)
	fmt.Fprintln(w, "DOMAIN\tSAMPLES\tSEEDS\tINDEPENDENT\tARM\tCHANGE OF ACCURACY\tP(NO EFFECT)")
	for _, e := range effects {
		fmt.Fprintf(w, "%s\t%s\t%d, %d\t%s\t%s\t%s\t%s\n", shorten(e.Domain), samples(e), e.Seeds.Independent, e.Seeds.Arm,
			percent(e.Accuracy.Independent), percent(e.Accuracy.Arm), signedInterval(e.Delta), pValue(e.NoEffect.P))
	}
	w.Flush()
	b.WriteString("\n")
	fmt.Fprintln(w, "DOMAIN\tSIDE\tESTIMATE\tBOUNDS\tRAW\tFLOOR\tEXCESS\tCROSS-FIT")
	for _, e := range effects {
		for _, s := range bothSides(e) {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s to %s\t%s\t%s\t%s\t%s\n", shorten(e.Domain), s.name, percent(s.Estimate),
				percent(s.BoundLo), percent(s.BoundHi), percent(s.Raw.Value), percent(s.Floor.Value),
				signedInterval(s.Excess), signed(s.Crossfit.Value))
		}
	}
	w.Flush()
	b.WriteString("\n")
}

// printGains prints gains in an error, and how far the figure rose that is one
// less the error.
func printGains(b *strings.Builder, gains []analysis.Gain) {
	w := newColumns(b)
	metric := measures.MetricNamed(gains[0].Metric)
	change := "RISE OF " + metric.Rises
	if metric.Rises == "" {
		change = "FALL OF THE " + metric.Word
	}
	write := func(v effect.Interval) string {
		if !v.Limited() {
			return figure("%+.4f", v.Value)
		}
		return fmt.Sprintf("%+.4f [%+.4f, %+.4f]", v.Value, v.Lo, v.Hi)
	}
	if metric.Percent {
		change, write = change+", POINTS", signedInterval
	}
	fmt.Fprintf(w, "DOMAIN\tGAIN, %%\t%s\n", strings.ToUpper(change))
	for _, g := range gains {
		fmt.Fprintf(w, "%s\t%s\t%s\n", shorten(g.Domain), signedInterval(g.Relative), write(g.Absolute))
	}
	w.Flush()
	b.WriteString("\n")
}

func printOnLosses(b *strings.Builder, effects []analysis.Effect) {
	w := newColumns(b)
	fmt.Fprintln(w, "DOMAIN\tSAMPLES\tSEEDS\tINDEPENDENT\tARM\tFALL OF THE MEAN LOSS\tP(NO EFFECT)")
	for _, e := range effects {
		fall := significant(e.Delta.Value)
		if e.Delta.Limited() {
			fall += fmt.Sprintf(" [%s, %s]", significant(e.Delta.Lo), significant(e.Delta.Hi))
		}
		if r := effect.Number(e.Relative(e.Delta.Value)); r.Known() {
			fall += fmt.Sprintf(" (%s)", figure("%+.1f", 100*r))
		}
		fmt.Fprintf(w, "%s\t%s\t%d, %d\t%s\t%s\t%s\t%s\n", shorten(e.Domain), samples(e), e.Seeds.Independent, e.Seeds.Arm,
			significant(e.Loss.Independent), significant(e.Loss.Arm), fall, pValue(e.NoEffect.P))
	}
	w.Flush()
	b.WriteString("\n")
	fmt.Fprintln(w, "DOMAIN\tSIDE\tBOUNDS\tRAW\tFLOOR\tEXCESS\tCROSS-FIT")
	for _, e := range effects {
		for _, s := range bothSides(e) {
			bounds := fmt.Sprintf("%s to %s", significant(s.BoundLo), significant(s.BoundHi))
			if s.RelativeHi.Known() {
				bounds += fmt.Sprintf(" (%s to %s)", figure("%.1f", 100*s.RelativeLo), figure("%.1f", 100*s.RelativeHi))
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", shorten(e.Domain), s.name, bounds,
				significant(s.Raw.Value), significant(s.Floor.Value), significant(s.Excess.Value), significant(s.Crossfit.Value))
		}
	}
	w.Flush()
	b.WriteString("\n")
}

// namedSide is a direction of an effect.
type namedSide struct {
	name string
	effect.Side
}

func bothSides(e analysis.Effect) []namedSide {
	return []namedSide{{"transfer", e.Transfer}, {"interference", e.Interference}}
}

// samples is the number of samples, and of their groups where they belong
// together.
func samples(e analysis.Effect) string {
	if e.Groups == 0 {
		return fmt.Sprint(e.Samples)
	}
	return fmt.Sprintf("%d in %d groups", e.Samples, e.Groups)
}

func significant[N ~float64](v N) string { return figure("%.3g", v) }

// shorten keeps long names from breaking the table.
func shorten(name string) string {
	const most = 20
	if r := []rune(name); len(r) > most {
		return string(r[:most/2]) + "…" + string(r[len(r)-most/2+1:])
	}
	return name
}

// wrap prints text in lines of at most 100 columns.
func wrap(b *strings.Builder, text string) {
	const width = 100
	column := 0
	for i, word := range strings.Fields(text) {
		n := len([]rune(word))
		switch {
		case i == 0:
		case column+1+n > width:
			b.WriteString("\n    ")
			column = 4
		default:
			b.WriteString(" ")
			column++
		}
		b.WriteString(word)
		column += n
	}
	b.WriteString("\n")
}

func percent[N ~float64](v N) string { return figure("%.2f", 100*v) }

func signed[N ~float64](v N) string { return figure("%+.2f", 100*v) }

func pValue(p effect.Number) string { return figure("%.3g", p) }

func figure[N ~float64](format string, v N) string {
	if math.IsNaN(float64(v)) {
		return "–"
	}
	return fmt.Sprintf(format, float64(v))
}

func signedInterval(v effect.Interval) string {
	if !v.Limited() {
		return signed(v.Value)
	}
	return fmt.Sprintf("%s [%s, %s]", signed(v.Value), signed(v.Lo), signed(v.Hi))
}
