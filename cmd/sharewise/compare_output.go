package main

import (
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"

	"github.com/sharewise/sharewise/analysis"
)

// comparedDomain is what compare --json prints for a domain. Numbers that are
// not known are null.
type comparedDomain struct {
	Domain       string           `json:"domain"`
	Measure      string           `json:"measure"`
	Samples      int              `json:"samples"`
	Groups       int              `json:"groups,omitempty"`
	Seeds        comparedSeeds    `json:"seeds"`
	Accuracy     comparedAccuracy `json:"accuracy"`
	Delta        comparedMean     `json:"delta"`
	Transfer     comparedSide     `json:"transfer"`
	Interference comparedSide     `json:"interference"`
	Changed      *float64         `json:"changed"`
	Loss         comparedLoss     `json:"loss"`
	Reduction    comparedMean     `json:"loss_reduction"`
	// Gain is there where the measure is balanced or auc.
	Gain     *comparedGain `json:"gain,omitempty"`
	NoEffect analysis.Test `json:"no_effect"`
	Calls    comparedCalls `json:"calls"`
	Warnings []string      `json:"warnings"`
}

// comparedGain is the relative reduction of an error, and the absolute one.
type comparedGain struct {
	Metric   string       `json:"metric"`
	Relative comparedMean `json:"relative"`
	Absolute comparedMean `json:"absolute"`
}

type comparedSeeds struct {
	Independent int `json:"independent"`
	Arm         int `json:"arm"`
}

type comparedAccuracy struct {
	Independent *float64 `json:"independent"`
	Arm         *float64 `json:"arm"`
}

// comparedLoss are mean losses.
type comparedLoss struct {
	Independent *float64 `json:"independent"`
	Arm         *float64 `json:"arm"`
}

type comparedMean struct {
	Mean *float64 `json:"mean"`
	Lo   *float64 `json:"lo"`
	Hi   *float64 `json:"hi"`
}

// comparedSide is in fractions of samples, or in the units of the losses.
type comparedSide struct {
	Estimate   *float64 `json:"estimate"`
	BoundLo    *float64 `json:"bound_lo"`
	BoundHi    *float64 `json:"bound_hi"`
	Crossfit   *float64 `json:"crossfit"`
	CrossfitLo *float64 `json:"crossfit_lo"`
	CrossfitHi *float64 `json:"crossfit_hi"`
	Raw        *float64 `json:"raw"`
	RawLo      *float64 `json:"raw_lo"`
	RawHi      *float64 `json:"raw_hi"`
	Floor      *float64 `json:"floor"`
	FloorLo    *float64 `json:"floor_lo"`
	FloorHi    *float64 `json:"floor_hi"`
	Excess     *float64 `json:"excess"`
	ExcessLo   *float64 `json:"excess_lo"`
	ExcessHi   *float64 `json:"excess_hi"`
	Normalised *float64 `json:"normalised"`
	// Of losses: the bounds relative to the independent mean loss.
	RelativeLo *float64 `json:"relative_lo"`
	RelativeHi *float64 `json:"relative_hi"`
}

// comparedCalls counts the called samples; the lists are exploratory where
// called is false. Power is how many samples must differ in every run before
// any can be called, 0 where these runs can call none.
type comparedCalls struct {
	Helped        int             `json:"helped"`
	Harmed        int             `json:"harmed"`
	HelpedGroups  int             `json:"helped_groups,omitempty"`
	HarmedGroups  int             `json:"harmed_groups,omitempty"`
	Power         int             `json:"power"`
	Called        bool            `json:"called"`
	Note          string          `json:"note"`
	HelpedSamples []analysis.Call `json:"helped_samples"`
	HarmedSamples []analysis.Call `json:"harmed_samples"`
}

// comparedDomains are effects with the gains of the same domains, if there are
// any.
func comparedDomains(effects []analysis.Effect, gains []analysis.Gain) []comparedDomain {
	domains := make([]comparedDomain, 0, len(effects))
	for _, e := range effects {
		domains = append(domains, comparedDomain{
			Domain: e.Domain, Measure: e.Measure, Samples: e.Samples, Groups: e.Groups,
			Seeds:    comparedSeeds{e.SeedsA, e.SeedsB},
			Accuracy: comparedAccuracy{known(e.AccuracyA), known(e.AccuracyB)},
			Delta:    meanOf(e.Delta), Transfer: sideOf(e, e.Transfer), Interference: sideOf(e, e.Interference),
			Changed: known(e.Changed), Loss: comparedLoss{known(e.LossA), known(e.LossB)}, Reduction: meanOf(e.Loss), NoEffect: e.NoEffect,
			Calls: comparedCalls{
				Helped: e.Calls.HelpedTotal, Harmed: e.Calls.HarmedTotal, HelpedGroups: e.Calls.HelpedGroups, HarmedGroups: e.Calls.HarmedGroups, Power: e.Calls.Needed, Called: e.Calls.Called,
				Note: e.Calls.Note, HelpedSamples: e.Calls.Helped, HarmedSamples: e.Calls.Harmed,
			},
			Warnings: e.Warnings,
		})
	}
	for i, g := range gains {
		domains[i].Gain = &comparedGain{g.Metric, meanOf(g.Relative), meanOf(g.Absolute)}
	}
	return domains
}

// known is nil for a number that JSON does not have.
func known(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

func meanOf(v analysis.Interval) comparedMean {
	return comparedMean{known(v.Value), known(v.Lo), known(v.Hi)}
}

func sideOf(e analysis.Effect, s analysis.Side) comparedSide {
	return comparedSide{
		Estimate: known(s.Estimate), BoundLo: known(s.BoundLo), BoundHi: known(s.BoundHi),
		Crossfit: known(s.Crossfit.Value), CrossfitLo: known(s.Crossfit.Lo), CrossfitHi: known(s.Crossfit.Hi),
		Raw: known(s.Raw.Value), RawLo: known(s.Raw.Lo), RawHi: known(s.Raw.Hi),
		Floor: known(s.Floor.Value), FloorLo: known(s.Floor.Lo), FloorHi: known(s.Floor.Hi),
		Excess: known(s.Excess.Value), ExcessLo: known(s.Excess.Lo), ExcessHi: known(s.Excess.Hi),
		Normalised: known(s.Normalised),
		RelativeLo: known(e.Relative(s.BoundLo)), RelativeHi: known(e.Relative(s.BoundHi)),
	}
}

// printComparison prints the effects for a terminal of 100 columns: those on
// correctness in percent of samples, those on losses in their units. Raw
// figures never stand without their floor.
func printComparison(out io.Writer, effects []analysis.Effect, gains []analysis.Gain, level float64) error {
	var b strings.Builder
	var onErrors, onLosses []analysis.Effect
	for _, e := range effects {
		if e.Measure == analysis.MeasureLoss {
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
			fmt.Fprintf(&b, "%s: %d samples called helped, %d harmed\n", e.Domain, e.Calls.HelpedTotal, e.Calls.HarmedTotal)
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
			wrap(&b, fmt.Sprintf("warning: %s: gain: %s", g.Target, warning))
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func printOnErrors(b *strings.Builder, effects []analysis.Effect) {
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "DOMAIN\tSAMPLES\tSEEDS\tINDEPENDENT\tARM\tCHANGE OF ACCURACY\tP(NO EFFECT)")
	for _, e := range effects {
		fmt.Fprintf(w, "%s\t%s\t%d, %d\t%s\t%s\t%s\t%s\n", shorten(e.Domain), samples(e), e.SeedsA, e.SeedsB,
			percent(e.AccuracyA), percent(e.AccuracyB), signedInterval(e.Delta), pValue(e.NoEffect.P))
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

// printGains prints gains in AUC or in the balanced error.
func printGains(b *strings.Builder, gains []analysis.Gain) {
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	rise, write := "BALANCED ACCURACY, POINTS", signedInterval
	if gains[0].Metric == analysis.MetricAUC {
		rise = "AUC"
		write = func(v analysis.Interval) string {
			if math.IsNaN(v.Lo) {
				return figure("%+.4f", v.Value)
			}
			return fmt.Sprintf("%+.4f [%+.4f, %+.4f]", v.Value, v.Lo, v.Hi)
		}
	}
	fmt.Fprintf(w, "DOMAIN\tGAIN, %%\tRISE OF %s\n", rise)
	for _, g := range gains {
		fmt.Fprintf(w, "%s\t%s\t%s\n", shorten(g.Target), signedInterval(g.Relative), write(g.Absolute))
	}
	w.Flush()
	b.WriteString("\n")
}

func printOnLosses(b *strings.Builder, effects []analysis.Effect) {
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "DOMAIN\tSAMPLES\tSEEDS\tINDEPENDENT\tARM\tFALL OF THE MEAN LOSS\tP(NO EFFECT)")
	for _, e := range effects {
		fall := significant(e.Delta.Value)
		if !math.IsNaN(e.Delta.Lo) {
			fall += fmt.Sprintf(" [%s, %s]", significant(e.Delta.Lo), significant(e.Delta.Hi))
		}
		if r := e.Relative(e.Delta.Value); !math.IsNaN(r) {
			fall += fmt.Sprintf(" (%s)", figure("%+.1f", 100*r))
		}
		fmt.Fprintf(w, "%s\t%s\t%d, %d\t%s\t%s\t%s\t%s\n", shorten(e.Domain), samples(e), e.SeedsA, e.SeedsB,
			significant(e.LossA), significant(e.LossB), fall, pValue(e.NoEffect.P))
	}
	w.Flush()
	b.WriteString("\n")
	fmt.Fprintln(w, "DOMAIN\tSIDE\tBOUNDS\tRAW\tFLOOR\tEXCESS\tCROSS-FIT")
	for _, e := range effects {
		for _, s := range bothSides(e) {
			bounds := fmt.Sprintf("%s to %s", significant(s.BoundLo), significant(s.BoundHi))
			if lo, hi := e.Relative(s.BoundLo), e.Relative(s.BoundHi); !math.IsNaN(hi) {
				bounds += fmt.Sprintf(" (%s to %s)", figure("%.1f", 100*lo), figure("%.1f", 100*hi))
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
	analysis.Side
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

func significant(v float64) string { return figure("%.3g", v) }

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

func percent(v float64) string { return figure("%.2f", 100*v) }

func signed(v float64) string { return figure("%+.2f", 100*v) }

func pValue(p float64) string { return figure("%.3g", p) }

func figure(format string, v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return fmt.Sprintf(format, v)
}

func signedInterval(v analysis.Interval) string {
	if math.IsNaN(v.Lo) {
		return signed(v.Value)
	}
	return fmt.Sprintf("%s [%s, %s]", signed(v.Value), signed(v.Lo), signed(v.Hi))
}
