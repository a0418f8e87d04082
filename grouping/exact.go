package grouping

import "github.com/sharewise/sharewise/grouping/solve"

// solveExactly finds the best partition by dynamic programming over subsets.
func solveExactly(s *scorer) []set {
	most := s.gains.problem.maxGroups()
	if most == s.gains.n {
		most = 0
	}
	all := uint64(1)<<s.gains.n - 1
	return setsOfMasks(solve.NewSubsets(s.scores(), most, unusable).Partition(all))
}

func setsOfMasks(masks []uint64) []set {
	var out []set
	for _, m := range masks {
		out = append(out, set{m})
	}
	return out
}

// scores are those of all subsets, of few domains.
func (s *scorer) scores() []int64 {
	score := make([]int64, 1<<s.gains.n)
	for m := range score {
		score[m] = s.compute(set{uint64(m)})
	}
	if !s.forbidden.Empty() {
		score[s.forbidden[0]] = unusable
	}
	return score
}
