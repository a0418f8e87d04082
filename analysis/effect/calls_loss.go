package effect

import (
	"cmp"
	"math"
	"slices"
)

// lossCalls decides about every sample by the permutation test of its losses,
// and lists those that are called or, where calling is refused or finds
// nothing, those that seem to have changed most.
func (c *Comparison) lossCalls(m moments) Calls {
	a, b := c.arranged()
	n := c.a.Samples
	test := newLabels(c.arrangement, c.o.Choices, c.o.Seed)
	p := make([]float64, n)
	seen, shrunk := drops(m, a, b)
	can := make([]bool, n)
	inParts(n, func(from, to int) struct{} {
		test := test.clone()
		xa, xb := make([]float64, len(a)), make([]float64, len(b))
		for i := from; i < to; i++ {
			gather(xa, a, i)
			gather(xb, b, i)
			var least float64
			p[i], least = test.p(xa, xb)
			can[i] = least <= c.o.Alpha
		}
		return struct{}{}
	})
	candidates := candidatesOf(p, can)
	leastOf := leastOfSplits
	if test.shared > 0 {
		leastOf = leastOfPairs
	}
	d := decide(candidates, test.smallest(), c.o.Alpha, leastOf)
	out := d.calls(c.o.Alpha)
	called := func(i int) bool { return can[i] && p[i] <= d.cut }
	direction := func(i int) int {
		switch {
		case !called(i):
			return 0
		case seen[i] > 0:
			return 1
		}
		return -1
	}
	for i := range n {
		switch direction(i) {
		case 1:
			out.Helped++
		case -1:
			out.Harmed++
		}
	}
	out.countGroups(c.a.Group, direction)
	list := func(sign float64) []Call {
		rows := topRows(n, c.o.Exemplars, func(i int) bool {
			return sign*seen[i] > 0 && (!out.Called || called(i))
		}, func(i, j int) int {
			if order := cmp.Compare(sign*shrunk[j], sign*shrunk[i]); order != 0 {
				return order
			}
			return cmp.Or(cmp.Compare(sign*seen[j], sign*seen[i]), cmp.Compare(i, j))
		})
		calls := make([]Call, 0, len(rows))
		for _, i := range rows {
			middle, half := (meanAt(a, i)+meanAt(b, i))/2, shrunk[i]/2
			calls = append(calls, Call{Row: i, P: Number(middle + half), Q: Number(middle - half), PValue: Number(p[i])})
		}
		return calls
	}
	out.HelpedSamples, out.HarmedSamples = list(1), list(-1)
	return out
}

// candidatesOf counts the samples of each p that can be called.
func candidatesOf(p []float64, can []bool) []candidate {
	count := map[float64]int{} // there are as many as labellings, and far fewer than samples
	for i, ok := range can {
		if ok {
			count[p[i]]++
		}
	}
	out := make([]candidate, 0, len(count))
	for p, n := range count {
		out = append(out, candidate{p, n})
	}
	slices.SortFunc(out, func(x, y candidate) int { return cmp.Compare(x.p, y.p) })
	return out
}

// gather copies the losses of sample i, run by run.
func gather(to []float64, loss [][]float32, i int) {
	for k, l := range loss {
		to[k] = float64(l[i])
	}
}

// drops are the falls of the samples' mean losses: as they were seen, and pulled
// towards their mean as far as seed noise asks for: under normal noise and changes, the
// mean of the change given what was seen. A sample's noise is half its own, half that
// of all, because few runs say little about it.
func drops(m moments, a, b [][]float32) (seen, shrunk []float64) {
	mean := m.estimate(combDelta)
	between := math.Max(0, m.estimate(combS)-mean*mean)
	seen, shrunk = make([]float64, len(a[0])), make([]float64, len(a[0]))
	noise := shrunk // until it is known how large it is usually
	usual := 0.0
	for _, part := range inParts(len(seen), func(from, to int) float64 {
		xa, xb := make([]float64, len(a)), make([]float64, len(b))
		total := 0.0
		for i := from; i < to; i++ {
			gather(xa, a, i)
			gather(xb, b, i)
			meanA, varianceA := meanVariance(xa)
			meanB, varianceB := meanVariance(xb)
			seen[i], noise[i] = meanA-meanB, varianceA/float64(len(a))+varianceB/float64(len(b))
			total += noise[i]
		}
		return total
	}) {
		usual += part / float64(len(seen))
	}
	for i, drop := range seen {
		change := mean
		if between > 0 {
			change += between / (between + (noise[i]+usual)/2) * (drop - mean)
		}
		shrunk[i] = change
	}
	return seen, shrunk
}

// meanVariance is the mean of a few values, and their variance with a divisor of one
// less.
func meanVariance(v []float64) (mean, variance float64) {
	mean = sum(v) / float64(len(v))
	for _, x := range v {
		variance += (x - mean) * (x - mean)
	}
	return mean, variance / float64(len(v)-1)
}
