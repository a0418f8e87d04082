package appraisal

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
)

// assume says in sentences what the figures rest on.
func (b *builder) assume() {
	p := b.prices
	say := func(format string, args ...any) {
		b.out.Assumed = append(b.out.Assumed, fmt.Sprintf(format, args...))
	}
	say("Money is counted for %s. What is spent at the start counts in full, everything else at the end of its month, discounted by %.4g %% a year. Prices stay as they are.", wording.Plural(p.Horizon, "month"), 100*p.Discount)
	say("Gains are counted from a model of its own for every domain, at the size %s. They are those of the test samples; in use they are the same, every month.", b.at.Rung)
	by := map[string][]string{}
	for _, d := range b.out.Domains {
		by[d.By] = append(by[d.By], d.Name)
	}
	if list := by["value"]; len(list) > 0 {
		say("Less error of %s is worth money in proportion.", wording.First(list, 8))
	}
	if list := by["errors"]; len(list) > 0 {
		text := "as among the test samples"
		if len(p.ClassShares) > 0 {
			text = "as given"
		}
		say("Wrong answers of %s cost what economics.errors says, right ones nothing; classes are as frequent %s.", wording.First(list, 8), text)
	}
	if list := by[Unknown]; len(list) > 0 {
		say("Gains of %s have a value, and are not known: no figure has them in it.", wording.First(list, 8))
	}
	if list := by[Apart]; len(list) > 0 {
		say("No option has %s share a model: nothing that was trained and is allowed does.", wording.First(list, 8))
	}
	if list := by["nothing"]; len(list) > 0 {
		say("Gains of %s count nothing.", wording.First(list, 8))
	}
	if b.elsewhere {
		say("The results came without trainings: hours, sizes and operations of models count nothing.")
	} else if p.Training.Hour > 0 {
		say("A training takes as long as those of this study did in the mean, on the machine that it ran on.")
	}
	if p.Training.Retrain == 0 {
		say("Models are trained once and not again.")
	}
	if len(p.Running) > 0 {
		say("Models of %s alone are in use already, at the size %s: they cost no setup and no first training.", wording.First(p.Running, 8), b.at.Rung)
	}
	for _, of := range []struct {
		price float64
		what  string
	}{
		{p.Operation, "operating a model (operation)"}, {p.Setup, "putting a model into use (setup)"}, {p.Training.Hour + p.Training.Each, "training (training)"},
		{p.Serving.Compute + p.Serving.Memory, "serving (serving)"}, {p.Label, "labels (label)"},
	} {
		if of.price == 0 {
			say("No price was given for %s: it counts nothing.", of.what)
		}
	}
	if list := b.meter.estimated; len(list) > 0 {
		var pools []string
		for _, d := range list[:min(3, len(list))] {
			pools = append(pools, strings.Join(d, " + "))
		}
		more := ""
		if len(list) > 3 {
			more = fmt.Sprintf(" and %d others", len(list)-3)
		}
		say("%s%s were not trained; what training and serving them takes is estimated from their domains' own models.", strings.Join(pools, "; "), more)
	}
	if !b.plan.Policy.Empty() {
		say("What the study's rules forbid is no option.")
	}
	if slices.ContainsFunc(b.out.Options, func(o Option) bool { return o.Source == string(grouping.FromPairs) }) {
		say("Gains of pools that were not trained are means of those of their pairs.")
	}
	if len(b.results.Rungs) == 1 {
		say("The study has one size: nothing is known of what a larger or smaller one is worth.")
	} else {
		say("Nothing is known of sizes beyond %s.", b.results.Rungs[len(b.results.Rungs)-1])
	}
	switch d := b.out.Data; {
	case len(d.Look) > 0:
		say("Errors fall with more training samples as a power of their number, as they did between the numbers that were trained on, and are not followed further up than that. Their limits are those of runs, taken as independent between numbers.")
	case len(b.fewer) == 0:
		say("What more training samples are worth is not known: the study has one number of them for each domain.")
	}
}
