package reports

import (
	"cmp"
	"slices"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/grouping"
)

// crowdDomains is the number of domains from which no matrix is drawn.
const crowdDomains = 33

// crowd stands in for the matrix of gains where there are too many domains for
// one: what each pool brings, and the pairs that gain and lose most.
type crowd struct {
	Less    text // what a gain is, as in "fewer errors"
	Pools   []crowdPool
	More    int // pools that are not listed
	Pairs   int // that were measured, a domain with another
	Gaining []crowdPair
	Losing  []crowdPair
}

// crowdPool is a pool of three or more.
type crowdPool struct {
	Label               text
	Domains             int
	Median, Least, Most string
	LeastName, MostName string
	Helped, Harmed      int // domains whose limits lie on one side of zero
	median              float64
}

// crowdPair is what a domain gains from another.
type crowdPair struct {
	Target, Source, Value string
	Limits                text
}

func newCrowd(in *Input) *crowd {
	if len(in.Results.Domains) < crowdDomains {
		return nil
	}
	const mostPools, mostPairs = 40, 15
	gains := in.selectedGains()
	if len(gains) == 0 {
		return nil
	}
	c := &crowd{Less: gainWordsOf(in.Results).reduction()}
	var arms []string
	byArm := map[string][]analysis.Gain{}
	var pairs []analysis.Gain
	for _, g := range gains {
		switch {
		case !finite(g.Relative.Value):
		case len(g.Pool) == 2:
			pairs = append(pairs, g)
		default:
			if byArm[g.Arm] == nil {
				arms = append(arms, g.Arm)
			}
			byArm[g.Arm] = append(byArm[g.Arm], g)
		}
	}
	for _, arm := range arms {
		c.Pools = append(c.Pools, newCrowdPool(arm, byArm[arm]))
	}
	slices.SortStableFunc(c.Pools, func(a, b crowdPool) int { return cmp.Compare(b.median, a.median) })
	if len(c.Pools) > mostPools {
		c.More = len(c.Pools) - mostPools
		c.Pools = c.Pools[:mostPools]
	}
	byGain(pairs)
	c.Pairs = len(pairs)
	for _, g := range pairs {
		if g.Relative.Value < 0 && len(c.Losing) < mostPairs {
			c.Losing = append(c.Losing, newCrowdPair(g))
		}
	}
	for _, g := range slices.Backward(pairs) {
		if g.Relative.Value > 0 && len(c.Gaining) < mostPairs {
			c.Gaining = append(c.Gaining, newCrowdPair(g))
		}
	}
	return c
}

func byGain(gains []analysis.Gain) {
	slices.SortStableFunc(gains, func(a, b analysis.Gain) int { return cmp.Compare(a.Relative.Value, b.Relative.Value) })
}

func newCrowdPool(arm string, gains []analysis.Gain) crowdPool {
	byGain(gains)
	least, median, most := gains[0], gains[len(gains)/2], gains[len(gains)-1]
	p := crowdPool{
		Label: armTitle(arm), Domains: len(gains[0].Pool), median: median.Relative.Value,
		Median: signed(median.Relative.Value),
		Least:  signed(least.Relative.Value), LeastName: least.Domain,
		Most: signed(most.Relative.Value), MostName: most.Domain,
	}
	for _, g := range gains {
		switch grouping.Judge(g.Relative.Lo, g.Relative.Hi, 0) {
		case grouping.Share:
			p.Helped++
		case grouping.Apart:
			p.Harmed++
		}
	}
	return p
}

func newCrowdPair(g analysis.Gain) crowdPair {
	source := g.Pool[0]
	if source == g.Domain {
		source = g.Pool[1]
	}
	return crowdPair{g.Domain, source, signed(g.Relative.Value), span(g.Relative.Lo, g.Relative.Hi, signed)}
}
