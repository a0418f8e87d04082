package economics

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Enlarged is what larger models in place of those of an option are worth at most.
type Enlarged struct {
	// Factor is how many times as large they are.
	Factor float64 `json:"factor"`
	// AtMost is what less error is worth a month: a one-sided upper limit at the level
	// of the case, before what larger models cost. It is never below zero, since a model
	// that is not better need not be used.
	AtMost float64 `json:"at_most"`
	// Present is AtMost over the horizon, today; Cost is what the larger models cost
	// today beyond going on with those of the option.
	Present float64 `json:"present"`
	Cost    float64 `json:"cost"`
	// Advice is Stop where Cost is no less than Present, and Unknown otherwise: a limit
	// says when to stop and never to go on.
	Advice Advice `json:"advice"`
}

// Enlarge puts money on models of factor times the size of those of an option. Less has,
// by domain, draws of by how much its gain rises, in the units of its value; nil for
// domains that count nothing. Draws of domains that share a model are put together in
// order, as if these always rose together, which is the widest they can be; those of
// several models are independent. A larger model is set up and trained anew, and takes
// factor times as long to train, as much memory and as many operations.
func (c *Case) Enlarge(option int, factor float64, less [][]float64, seed uint64) (*Enlarged, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if option < 0 || option >= len(c.Options) || len(less) != len(c.Domains) || !(factor > 1) || !finite(factor) {
		return nil, fmt.Errorf("economics: option %d of %d, %v times as large, with gains of %d domains for %d", option, len(c.Options), factor, len(less), len(c.Domains))
	}
	draws := 0
	for _, d := range less {
		switch {
		case d == nil:
		case draws != 0 && len(d) != draws:
			return nil, fmt.Errorf("economics: %d draws of one domain and %d of another", draws, len(d))
		case slices.ContainsFunc(d, func(x float64) bool { return !finite(x) }):
			return nil, fmt.Errorf("economics: draws of gains that are no numbers")
		default:
			draws = len(d)
		}
	}
	if draws == 0 {
		return nil, fmt.Errorf("economics: %w: no domain has draws of what larger models bring", ErrNoValue)
	}
	f := c.Prices.factors()
	out := &Enlarged{Factor: factor, Advice: Unknown}
	random := rand.New(rand.NewPCG(seed, 0x656e6c6172676500)) // "enlarge"
	sum := make([]float64, draws)
	for _, m := range c.Options[option].Models {
		of := make([]float64, draws)
		for _, j := range m.Members {
			for d, x := range slices.Sorted(slices.Values(less[j])) {
				of[d] += c.Domains[j].monthly() * x
			}
		}
		random.Shuffle(draws, func(i, j int) { of[i], of[j] = of[j], of[i] })
		for d, x := range of {
			sum[d] += math.Max(0, x)
		}
		now := c.costs(&m, f)
		larger := m
		larger.Seconds, larger.FLOPs, larger.Bytes, larger.Running = factor*m.Seconds, factor*m.FLOPs, factor*m.Bytes, false
		// What was spent on the models at hand is spent.
		out.Cost += c.costs(&larger, f).Present - (now.Present - now.Once)
	}
	slices.Sort(sum)
	out.AtMost = quantile(sum, c.level())
	out.Present = out.AtMost * f.monthly
	if out.Cost >= out.Present {
		out.Advice = Stop
	}
	return out, nil
}
