package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/wording"
)

// manyScores is how many lines of domains and arms are printed; more are told
// arm by arm.
const manyScores = 200

// armGains are the gains of one arm, or of all pairs, at one rung and weighting.
type armGains struct {
	arm, rung, weighting string
	pools                map[string]bool
	gains                []analysis.Gain
}

// printByArm prints a line for each arm, and one for all pairs: the median of
// its domains' gains, the extremes, and how many lie on one side of zero with
// their limits.
func printByArm(w io.Writer, r *analysis.Results) {
	var order []*armGains
	at := map[string]*armGains{}
	for _, g := range r.Gains {
		if len(g.Pool) < 2 || !g.Relative.Known() {
			continue
		}
		arm := g.Arm
		if len(g.Pool) == 2 && strings.HasPrefix(arm, "pool{") {
			arm = "pairs"
		}
		key := arm + "\x00" + g.Rung + "\x00" + g.Weighting
		a := at[key]
		if a == nil {
			a = &armGains{arm: arm, rung: g.Rung, weighting: g.Weighting, pools: map[string]bool{}}
			at[key] = a
			order = append(order, a)
		}
		a.pools[g.Arm] = true
		a.gains = append(a.gains, g)
	}
	t := newColumns(w)
	fmt.Fprintln(t, "\narm\trung\tweighting\tgains\tmedian\tleast\t\tmost\t\tgain, by limits\tlose, by limits")
	for _, a := range order {
		slices.SortStableFunc(a.gains, func(x, y analysis.Gain) int { return cmp.Compare(x.Relative.Value, y.Relative.Value) })
		name := shortArm(a.arm)
		if a.arm == "pairs" {
			name = wording.Plural(len(a.pools), "pair")
		}
		above, below := 0, 0
		for _, g := range a.gains {
			if g.Relative.Lo > 0 {
				above++
			}
			if g.Relative.Hi < 0 {
				below++
			}
		}
		least, median, most := a.gains[0], a.gains[len(a.gains)/2], a.gains[len(a.gains)-1]
		text := func(g analysis.Gain) string { return fmt.Sprintf("%+.1f %%", 100*g.Relative.Value) }
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\t%d\t%d\n", name, a.rung, dash(a.weighting), len(a.gains), text(median), text(least), least.Domain, text(most), most.Domain, above, below)
	}
	t.Flush()
	fmt.Fprintf(w, "\nGain: relative reduction of the domain's own error or loss. The %d lines of single domains and arms stand\nin the tables.\n", len(r.Scores))
}

// shortArm cuts the name of a pool of many domains.
func shortArm(arm string) string {
	const most, kept = 60, 40
	runes := []rune(arm)
	if len(runes) <= most {
		return arm
	}
	return fmt.Sprintf("%s…} (%d domains)", string(runes[:kept]), strings.Count(arm, ",")+1)
}
