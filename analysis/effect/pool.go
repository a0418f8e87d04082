package effect

import "math"

// pool holds the jackknives of comparisons that share what their runs tell of
// dispersions. All of them rest on the same kind of values.
type pool struct {
	members []member
	known   map[figure]map[*jackknife][]posterior
	freedom float64 // of the dispersions of all sets of runs
}

// member is one comparison's jackknife.
type member struct {
	*jackknife
	domain string
	// runs name the runs of every stratum. Strata of the same runs, such as the
	// independent ones that several arms are held against, count once.
	runs []any
}

// newPool makes the members share, and only them.
func newPool(members []member) *pool {
	p := &pool{members: members, known: map[figure]map[*jackknife][]posterior{}}
	for _, m := range members {
		m.pool = p
	}
	return p
}

// posteriors returns those of every stratum for a figure.
func (j *jackknife) posteriors(f figure) []posterior {
	if j.pool == nil {
		newPool([]member{{jackknife: j, runs: make([]any, len(j.strata))}})
	}
	f = f.mirrored()
	if j.pool.known[f] == nil {
		j.pool.known[f] = j.pool.moderate(f)
	}
	return j.pool.known[f][j]
}

// LeastFreedom is the number of degrees of freedom of all comparisons together below
// which two runs of a side tell too little of how runs vary: limits then leave it
// out, and say so. Three domains with all of their pairs have as many where runs of
// one seed are paired.
const LeastFreedom = 6

// told reports whether variances allow for how runs vary.
func (j *jackknife) told() bool {
	if len(j.strata) == 0 {
		return false
	}
	for _, s := range j.strata {
		if s.df < 2 {
			return j.pool != nil && j.pool.degrees() >= LeastFreedom
		}
	}
	return true
}

// degrees are those of freedom of all different sets of runs.
func (p *pool) degrees() float64 {
	if p.freedom == 0 {
		seen := map[any]bool{}
		for i, m := range p.members {
			for g, s := range m.strata {
				var key any = [2]int{i, g}
				if m.runs[g] != nil {
					key = m.runs[g]
				}
				if !seen[key] {
					seen[key] = true
					p.freedom += s.df
				}
			}
		}
	}
	return p.freedom
}

// moderate returns the posteriors of all members' strata. The dispersion of runs
// that several members have is the mean of theirs.
func (p *pool) moderate(f figure) map[*jackknife][]posterior {
	type origin struct{ from, stratum int }
	var sets []dispersion
	var counts []float64
	index := map[any]int{}
	at := map[origin]int{}
	for i, m := range p.members {
		c := f.in(m.jackknife)
		for g, s := range m.strata {
			key := m.runs[g]
			if key == nil {
				key = origin{i, g}
			}
			to, ok := index[key]
			if !ok {
				to = len(sets)
				index[key] = to
				sets = append(sets, dispersion{domain: m.domain, freedom: s.df})
				counts = append(counts, 0)
			}
			at[origin{i, g}] = to
			if v, independent := m.spread(g, c); independent > 0 {
				sets[to].ratio += v / independent
				counts[to]++
			}
		}
	}
	for i, n := range counts {
		sets[i].ratio /= n // NaN where there is none
		if n == 0 {
			sets[i].ratio = math.NaN()
		}
	}
	moderated := moderate(sets)
	out := map[*jackknife][]posterior{}
	for i, m := range p.members {
		for g := range m.strata {
			out[m.jackknife] = append(out[m.jackknife], moderated[at[origin{i, g}]])
		}
	}
	return out
}
