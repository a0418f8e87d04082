package project

import (
	"fmt"
	"strings"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/wording"
)

// ArmCost is what the runs of an arm, or of several alike, will take.
type ArmCost struct {
	// Name is that of the arm, or says of which arms this is the sum.
	Name    string
	Domains int // of the arm
	Arms    int
	Runs    int
	Done    int     // runs that have ended
	Seconds float64 // of one processor, for the runs that have not ended
	Bytes   int64   // on disk, for the runs that have not ended
}

func (c *ArmCost) add(d ArmCost) {
	c.Arms++
	c.Runs += d.Runs
	c.Done += d.Done
	c.Seconds += d.Seconds
	c.Bytes += d.Bytes
}

// isPool reports whether the arm is neither independent nor joint.
func (c ArmCost) isPool() bool { return strings.HasPrefix(c.Name, "pool{") }

// Costs has an entry for each arm, in the plan's order.
func (f *Forecast) Costs() []ArmCost {
	var costs []ArmCost
	at := map[string]int{}
	for i, r := range f.Runs {
		k, ok := at[r.Arm]
		if !ok {
			k = len(costs)
			at[r.Arm] = k
			costs = append(costs, ArmCost{Name: r.Arm, Domains: len(r.Domains), Arms: 1})
		}
		costs[k].count(r, f.States[i].State, f.Rate)
		if f.Measured == 0 && (f.States[i].State == layout.StateNew || f.States[i].State == layout.StateStarted) {
			costs[k].Seconds += secondsPerRun
		}
	}
	return costs
}

// secondsPerRun is what a run takes beside its arithmetic, to make sessions and to
// write its files, where no run has been measured. Thousands of small runs are made of
// it.
const secondsPerRun = 0.1

func (c *ArmCost) count(r study.PlannedRun, state layout.State, rate float64) {
	c.Runs++
	switch state {
	case layout.StateDone, layout.StateDiverged:
		c.Done++
	default:
		c.Seconds += r.FLOPs / rate
		c.Bytes += r.Bytes
	}
}

// manyPools is the number of larger pools, of three domains or more, from which
// on SumPools puts them into one entry.
const manyPools = 8

// SumPools puts all pairs into one entry, and larger pools into another where
// there are many of them. An entry stands where the first of its arms stood.
func SumPools(costs []ArmCost) []ArmCost {
	larger := 0
	for _, c := range costs {
		if c.isPool() && c.Domains > 2 {
			larger++
		}
	}
	var out []ArmCost
	pairsAt, poolsAt := -1, -1
	for _, c := range costs {
		var at *int
		switch {
		case !c.isPool():
		case c.Domains == 2:
			at = &pairsAt
		case larger > manyPools:
			at = &poolsAt
		}
		if at == nil {
			out = append(out, c)
			continue
		}
		if *at < 0 {
			*at = len(out)
			out = append(out, ArmCost{})
		}
		out[*at].add(c)
	}
	if pairsAt >= 0 {
		out[pairsAt].Name = wording.Plural(out[pairsAt].Arms, "pair")
	}
	if poolsAt >= 0 {
		out[poolsAt].Name = fmt.Sprintf("%s of three and more", wording.Plural(out[poolsAt].Arms, "pool"))
	}
	return out
}
