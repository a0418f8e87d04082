package grouping

// solveExactly finds the best partition by dynamic programming over subsets.
// With best[c][m] the best score of a partition of the subset m into exactly c
// pools,
//
//	best[c][m] = max over pools S ⊆ m that hold m's first domain of
//	             score(S) + best[c-1][m\S].
//
// Without a bound on the number of groups the index c is dropped.
func solveExactly(s *scorer) []set {
	n := s.gains.n
	all := uint64(1)<<n - 1
	score := s.scores()
	k := s.gains.problem.maxGroups()
	if k == n {
		t := newTable(all)
		t.fill(score, t.best)
		return t.partition(all, func() *table { return t })
	}
	layers := make([]*table, k)
	previous := make([]int64, all+1)
	for m := range previous[1:] {
		previous[m+1] = unusable
	}
	chosen := -1
	for c := range layers {
		layers[c] = newTable(all)
		layers[c].fill(score, previous)
		previous = layers[c].best
		if layers[c].usable(all) && (chosen < 0 || layers[c].best[all] > layers[chosen].best[all]) {
			chosen = c
		}
	}
	if chosen < 0 {
		return nil
	}
	next := chosen + 1
	return layers[chosen].partition(all, func() *table { next--; return layers[next] })
}

// scores are those of all subsets, of few domains.
func (s *scorer) scores() []int64 {
	score := make([]int64, 1<<s.gains.n)
	for m := range score {
		score[m] = s.compute(setOfMask(uint64(m)))
	}
	if !s.forbidden.Empty() {
		score[s.forbidden[0]] = unusable
	}
	return score
}

func setOfMask(m uint64) set { return set{m} }

// table is one layer of the dynamic program, by subset.
type table struct {
	best  []int64
	first []uint64 // the pool that holds the subset's first domain
}

func newTable(all uint64) *table {
	return &table{best: make([]int64, all+1), first: make([]uint64, all+1)}
}

func (t *table) usable(m uint64) bool { return t.best[m] > unusable/2 }

// fill computes the layer from the scores of pools and the best scores of what
// a pool leaves over: the previous layer's, or the layer's own, which are
// complete for smaller subsets. Of equal candidates the pool with the smallest
// mask is kept.
func (t *table) fill(score, rest []int64) {
	if &t.best[0] != &rest[0] {
		t.best[0] = unusable
	}
	for m := uint64(1); m < uint64(len(score)); m++ {
		low := m & -m
		others := m ^ low
		best, first := int64(unusable), m
		for sub := uint64(0); ; sub = (sub - others) & others {
			pool := sub | low
			if v := score[pool] + rest[m^pool]; v > best {
				best, first = v, pool
			}
			if sub == others {
				break
			}
		}
		t.best[m], t.first[m] = best, first
	}
}

// partition follows the choices from the full set down; layer returns the
// table to read next.
func (t *table) partition(all uint64, layer func() *table) []set {
	if !t.usable(all) {
		return nil
	}
	var groups []set
	for m := all; m != 0; {
		pool := layer().first[m]
		groups = append(groups, setOfMask(pool))
		m ^= pool
	}
	return groups
}
