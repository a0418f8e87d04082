package grouping

import "github.com/sharewise/sharewise/grouping/solve"

// maxEstimated is the largest number of estimated pools that are listed.
const maxEstimated = 20_000

// estimates lists pools that were not measured themselves and all pairs of
// which were.
//
// Without a bound on the number of groups only odd pools are needed, mostly of
// three. An even pool splits into pairs, and an odd one into pairs and a pool
// of three, in such ways that every pair enters equally often; the mean over
// these ways is what the pool itself is worth, so that one of them is worth no
// less. Only where a pool of three was measured, and is worth less than its
// pairs say, may a larger odd pool be better than all of its splits.
type estimates struct {
	gains *gains
	// units are domains that must be together, and all others alone.
	units [][]int
	// largest is the size of the largest pools to list; odd leaves out those
	// of even size.
	largest int
	odd     bool
	// lack is what the prices of a pair's members exceed its weight by, at
	// [i*n+j], and gap bounds what those of a pool may exceed its worth by.
	// Without lack every pool is listed.
	lack []float64
	gap  float64

	pools []set
	spent int
}

// list returns false where there are too many.
func (e *estimates) list() bool { return e.extend(nil, 0, 0) }

// add adds a unit to a pool. It returns false where a pair was not measured.
func (e *estimates) add(members, unit []int, lack float64) ([]int, float64, bool) {
	n := e.gains.n
	for _, j := range unit {
		for _, i := range members {
			if e.gains.pair[i*n+j] < 0 {
				return nil, 0, false
			}
			if e.lack != nil {
				lack += e.lack[i*n+j]
			}
		}
		members = append(members, j)
	}
	return members, lack, true
}

func (e *estimates) extend(members []int, next int, lack float64) bool {
	for at := next; at < len(e.units); at++ {
		pool, sum, usable := e.add(members, e.units[at], lack)
		if !usable || e.lack != nil && sum > e.gap*float64(e.largest-1) {
			continue
		}
		size := len(pool)
		if size > 1 && e.gains.problem.forbids(solve.SetOf(pool...)) {
			continue // and so are all that hold it
		}
		if size > 1 {
			if e.spent++; e.spent > 10*maxEstimated {
				return false
			}
		}
		if size > 2 && !(e.odd && size%2 == 0) && (e.lack == nil || sum <= e.gap*float64(size-1)) {
			if s := solve.SetOf(pool...); !e.gains.isMeasured(s) {
				e.pools = append(e.pools, s)
			}
			if len(e.pools) > maxEstimated {
				return false
			}
		}
		if size < e.largest && !e.extend(pool, at+1, sum) {
			return false
		}
	}
	return true
}

func (g *gains) isMeasured(pool set) bool {
	_, ok := g.pools[pool]
	return ok
}

// measuredTriple says whether a pool of three was measured beside all of its
// pairs.
func (g *gains) measuredTriple() bool {
	for _, s := range g.sets {
		if s.Count() == 3 && g.hasPairs(s) {
			return true
		}
	}
	return false
}
