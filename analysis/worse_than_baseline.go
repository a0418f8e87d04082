package analysis

import (
	"cmp"
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/combin"
)

// behind is a domain whose independent networks score less than its baseline by
// more than the tolerance.
type behind struct {
	domain, words, hint string
	certain             bool // by more than chance
}

// worseThanBaseline doubts results of networks that lose to linear models, on
// some domains by more than chance, or on so many that it is none.
func (a *analyzer) worseThanBaseline() {
	var all []behind
	judged, ahead, led := 0, 0, 0 // domains; of these, with networks ahead, or led by the baseline
	for i, b := range a.results.Baselines {
		last := b.last(a.Rungs)
		if last == nil {
			continue
		}
		judged++
		switch {
		case last.Lead.Value > 0:
			led++
		case last.Lead.Value < 0:
			ahead++
		}
		if last.Lead.Value > last.Tolerance {
			all = append(all, behind{b.Domain, last.words(b), a.Baselines[i].Hint, last.Weaker})
		}
	}
	together := signChance(led, led+ahead) <= (1-a.Options.Level)/2
	var weaker []string
	first, hint, certain := "", "", 0
	for _, b := range all {
		if b.certain {
			certain++
		}
		if !b.certain && !together {
			continue
		}
		weaker, first = append(weaker, b.domain), cmp.Or(first, b.words)
		if hint == "" && b.hint != "" {
			hint = fmt.Sprintf(" The linear model of %s %s.", b.domain, b.hint)
		}
	}
	if weaker == nil {
		return
	}
	count, how := "", ""
	if judged > 1 {
		count = fmt.Sprintf("%d of %d domains, ", len(weaker), judged)
	}
	switch {
	case certain == len(weaker):
	case certain == 0:
		how = ": on none of them by more than chance, but chance would not have so many on one side"
	default:
		how = fmt.Sprintf(": on %d of them by more than chance, and chance would not have so many on one side", certain)
	}
	a.doubt(Doubt{
		Kind: WorseThanBaseline, Domains: weaker,
		Text:  fmt.Sprintf("these networks lose to a linear model on %s%s (%s)%s", count, someNames(weaker), firstOf(weaker, first), how),
		Brief: fmt.Sprintf("these networks lose to a linear model on %s", briefly(weaker, len(a.Domains))),
		Next:  fmt.Sprintf("Train networks of %s that are no worse than a linear model, since gains over weak ones mean little: more training.epochs or another training.rate; training.select best or more training.optimizer.weight_decay where validation losses rise; a wider or another trunk.%s", someNames(weaker), hint),
	})
}

// signChance is the chance by which at least k of n fair coins show heads: the
// sign test of baselines that lead on k of n domains, whose test samples are
// not the same.
func signChance(k, n int) float64 {
	p := 0.0
	for i := k; i <= n; i++ {
		p += math.Exp(combin.LogGeneralizedBinomial(float64(n), float64(i)) - float64(n)*math.Ln2)
	}
	return p
}
