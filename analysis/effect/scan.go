package effect

import "math"

// lossScan is what one look at the losses of a run tells.
type lossScan struct {
	sum, min, max float64
	varies        bool
}

// scan looks at the losses of all runs.
func (r *Runs) scan() []lossScan {
	out := make([]lossScan, len(r.Loss))
	atOnce(len(out), func(k int) { out[k] = scanLosses(r.Loss[k]) })
	return out
}

func scanLosses(run []float32) lossScan {
	if len(run) == 0 {
		return lossScan{}
	}
	sum, least, most := 0.0, run[0], run[0]
	for _, l := range run {
		sum += float64(l)
		if l < least { // no loss is NaN
			least = l
		}
		if l > most {
			most = l
		}
	}
	return lossScan{sum, float64(least), float64(most), least != most}
}

// scans are those of both arms, in the order of their runs.
func (c *Comparison) scans() Pair[[]lossScan] {
	return remember(c, "scans", func() Pair[[]lossScan] { return Pair[[]lossScan]{c.a.scan(), c.b.scan()} })
}

// meanLosses are the mean losses of the runs of both arms; none where losses are not
// known.
func (c *Comparison) meanLosses() (a, b []float64) {
	s := c.scans()
	return c.a.means(s.Independent), c.b.means(s.Arm)
}

// meanLoss is the mean loss of both arms, NaN where unknown.
func (c *Comparison) meanLoss() (a, b float64) {
	if c.inFolds() || c.a.Loss == nil || c.b.Loss == nil {
		return c.a.MeanLoss(), c.b.MeanLoss()
	}
	ofA, ofB := c.meanLosses()
	return sum(ofA) / float64(c.a.K()), sum(ofB) / float64(c.b.K())
}

func (r *Runs) means(scans []lossScan) []float64 {
	var out []float64
	for _, s := range scans {
		out = append(out, s.sum/float64(r.Samples))
	}
	return out
}

// largestLoss is that of any run on any sample, and 1 where all are zero, which says
// nothing about the scale of those that other samples may have.
func (c *Comparison) largestLoss() float64 {
	most := 0.0
	s := c.scans()
	for _, arm := range [][]lossScan{s.Independent, s.Arm} {
		for _, run := range arm {
			most = max(most, math.Abs(run.min), math.Abs(run.max))
		}
	}
	if most == 0 {
		return 1
	}
	return most
}

// nonnegative reports whether no loss is below zero.
func (c *Comparison) nonnegative() bool {
	s := c.scans()
	for _, arm := range [][]lossScan{s.Independent, s.Arm} {
		for _, run := range arm {
			if run.min < 0 {
				return false
			}
		}
	}
	return true
}
