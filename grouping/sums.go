package grouping

import (
	"math"
	"slices"
)

// sums are what the pairs within and across groups weigh, kept while domains move, so
// that an exchange of two is judged without adding up all pairs of both groups.
type sums struct {
	scorer *scorer
	inner  []float64   // by group
	size   []int       // by group
	to     [][]float64 // by group and domain
}

// sums are nil where a pair was not measured.
func (p *partition) sums(groups []set) *sums {
	if p.sparse {
		return nil
	}
	out := &sums{scorer: p.scorer}
	for _, x := range groups {
		out.inner, out.size, out.to = append(out.inner, 0), append(out.size, 0), append(out.to, make([]float64, p.n))
		out.add(len(out.to)-1, x)
	}
	return out
}

func (s *sums) add(k int, x set) {
	n := s.scorer.gains.n
	for j := range x.All() {
		s.inner[k] += s.to[k][j]
		for i, w := range s.scorer.weight[j*n : j*n+n] {
			if i != j {
				s.to[k][i] += w
			}
		}
	}
	s.size[k] += x.Count()
}

func (s *sums) remove(k int, x set) {
	n := s.scorer.gains.n
	for j := range x.All() {
		for i, w := range s.scorer.weight[j*n : j*n+n] {
			if i != j {
				s.to[k][i] -= w
			}
		}
		s.inner[k] -= s.to[k][j]
	}
	s.size[k] -= x.Count()
}

// move takes domains from one group to another, which may be new.
func (s *sums) move(from, to int, x set) {
	if s == nil || x.Empty() {
		return
	}
	if to == len(s.to) {
		s.inner, s.size, s.to = append(s.inner, 0), append(s.size, 0), append(s.to, make([]float64, s.scorer.gains.n))
	}
	s.remove(from, x)
	s.add(to, x)
}

// drop forgets a group.
func (s *sums) drop(k int) {
	if s != nil {
		s.inner, s.size, s.to = slices.Delete(s.inner, k, k+1), slices.Delete(s.size, k, k+1), slices.Delete(s.to, k, k+1)
	}
}

// changed is what pairs say a group is worth without a block x and with a block y.
func (s *sums) changed(k int, x, y set) float64 {
	n := s.scorer.gains.n
	inner, size := s.inner[k], s.size[k]
	for j := range x.All() {
		inner -= s.to[k][j]
		for i := range x.All() {
			if i < j {
				inner += s.scorer.weight[j*n+i] // counted twice
			}
		}
		size--
	}
	for j := range y.All() {
		inner += s.to[k][j]
		for i := range x.All() {
			inner -= s.scorer.weight[j*n+i]
		}
		for i := range y.All() {
			if i < j {
				inner += s.scorer.weight[j*n+i]
			}
		}
		size++
	}
	return inner / float64(max(1, size-1))
}

// promising says whether an exchange of d, of one group, for e of another may have
// a score above least: by pairs, with room for rounding, or since a pool of such a
// size was measured.
func (p *partition) promising(s *sums, from, to int, d, e set, least int64) bool {
	change := e.Count() - d.Count()
	if p.sizes[s.size[from]+change] || p.sizes[s.size[to]-change] {
		return true
	}
	value := s.changed(from, d, e) + s.changed(to, e, d)
	return p.scorer.steps(value+1e-9*math.Abs(value)+64*p.scorer.unit)<<groupBits+2 >= least
}

// sizesOf are the sizes of measured pools of three and more.
func sizesOf(n int, pools []set) []bool {
	out := make([]bool, n+1)
	for _, p := range pools {
		out[p.Count()] = true
	}
	return out
}
