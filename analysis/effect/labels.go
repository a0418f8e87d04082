package effect

import (
	"math"
	"math/bits"
	"math/rand/v2"
)

// maxExactItems is the number of free decisions of a labelling up to which all
// labellings of a sample's runs are counted; beyond it they are drawn.
const maxExactItems = 24

// labels is the permutation test of one sample's losses: its statistic is the
// difference of the arms' means, two-sided, and every choice of which runs are
// the arm's is as likely as the one that happened if sharing did nothing to the
// sample. Two runs of the same seed only change places.
//
// Against the labelling in which all runs without a partner are independent
// and no seed has changed places, the difference is
//
//	constant - weight · sum of the chosen items
//
// where an item is the loss of a run without a partner, of which take are
// chosen, or a-b of a seed. Labellings are counted without listing them: sums
// over the chosen ones of one half of the items, sorted, meet those of the
// other half (Horowitz and Sahni 1974).
type labels struct {
	ka, kb, shared int
	take           int
	draws          [][]int // chosen items of labellings drawn at random
	labellings     float64 // how many there are
	items          []float64
	constant       float64
	slack          float64 // of sums that are equal on paper
	halves         [2]subsets
	listed         []int64 // sums of labellings of pairs, see pairedP
}

func newLabels(l arrangement, limit int, seed uint64) *labels {
	ka, kb := l.runs()
	t := &labels{ka: ka, kb: kb, shared: bits.OnesCount64(l.shared)}
	t.take = kb - t.shared
	t.items = make([]float64, ka+kb-t.shared)
	t.labellings = math.Exp2(float64(t.shared)) * math.Round(math.Exp(logChoose(len(t.items)-t.shared, t.take)))
	if len(t.items) > maxExactItems {
		r := rand.New(rand.NewPCG(seed, uint64(len(t.items))))
		for range limit - 1 {
			t.draws = append(t.draws, t.draw(r))
		}
	}
	return t
}

// clone is the same test for another goroutine.
func (t *labels) clone() *labels {
	out := *t
	out.items = make([]float64, len(t.items))
	out.halves, out.listed = [2]subsets{}, nil
	return &out
}

// draw is a random labelling.
func (t *labels) draw(r *rand.Rand) []int {
	var chosen []int
	for s := range t.shared {
		if r.IntN(2) == 1 {
			chosen = append(chosen, s)
		}
	}
	for _, i := range r.Perm(len(t.items) - t.shared)[:t.take] {
		chosen = append(chosen, t.shared+i)
	}
	return chosen
}

// smallest is the smallest p that the runs can give.
func (t *labels) smallest() float64 {
	if t.draws != nil {
		return 1 / float64(len(t.draws)+1)
	}
	p := 1 / t.labellings
	if t.ka == t.kb {
		p *= 2 // exchanging the arms gives the same difference
	}
	return p
}

func (t *labels) weight() float64 { return 1/float64(t.ka) + 1/float64(t.kb) }

// difference is that of the arms' means under a labelling with the given sum of
// chosen items.
func (t *labels) difference(chosen float64) float64 { return t.constant - t.weight()*chosen }

// load takes the losses of a sample, in the order of the arrangement, and returns
// the difference of their means.
func (t *labels) load(a, b []float64) float64 {
	items := t.items[:0]
	t.constant, t.slack = 0, 0
	for s := range t.shared {
		items = append(items, a[s]-b[s])
		t.constant += a[s]/float64(t.ka) - b[s]/float64(t.kb)
	}
	for _, x := range a[t.shared:] {
		items = append(items, x)
		t.constant += x / float64(t.ka)
	}
	for _, x := range b[t.shared:] {
		items = append(items, x)
		t.constant += x / float64(t.ka)
	}
	for _, v := range [][]float64{a, b} {
		for _, x := range v {
			t.slack += 1e-12 * math.Abs(x)
		}
	}
	return sum(a)/float64(t.ka) - sum(b)/float64(t.kb)
}

// p returns the p of a sample with losses a and b, and the smallest p that
// labellings of these very losses can give, which ties raise.
func (t *labels) p(a, b []float64) (p, least float64) {
	observed := math.Abs(t.load(a, b))
	if t.draws != nil {
		extreme := 1
		for _, d := range t.draws {
			chosen := 0.0
			for _, i := range d {
				chosen += t.items[i]
			}
			if math.Abs(t.difference(chosen)) >= observed-t.slack {
				extreme++
			}
		}
		return float64(extreme) / float64(len(t.draws)+1), t.smallest()
	}
	if t.take == 0 && t.ka == t.shared && t.shared <= maxListedPairs {
		if p, least, ok := t.pairedP(observed); ok {
			return p, least
		}
	}
	half := len(t.items) / 2
	t.halves[0].fill(t.items[:half], t.shared, t.take)
	t.halves[1].fill(t.items[half:], t.shared-half, t.take)
	lo, hi := t.extremes()
	largest := max(math.Abs(t.difference(lo)), math.Abs(t.difference(hi)))
	return t.count(observed) / t.labellings, t.count(largest) / t.labellings
}

// maxListedPairs is the number of pairs up to which it is quicker to list all sums
// than to sort those of halves.
const maxListedPairs = 11

// pairedP is p where every run has a partner: labellings give the sums Σ ±d/K of the
// items, half of them the opposite of the other half, of which one item keeps its
// sign. They are summed up as whole numbers, so finely that what is equal on paper
// stays within the slack, and told apart by borrows, without a branch that no processor
// could foresee. It is not ok where an item hardly counts: ties then raise the least p.
func (t *labels) pairedP(observed float64) (p, least float64, ok bool) {
	total := 0.0
	for _, x := range t.items {
		total += math.Abs(x)
	}
	k, last := float64(t.ka), len(t.items)-1
	slack := t.slack * k
	for _, x := range t.items {
		if !(math.Abs(x) > slack) {
			return 0, 0, false
		}
	}
	limit := observed*k - slack
	if limit <= 0 || last < 1 {
		return 1, t.smallest(), true
	}
	const fine = 1 << 55
	whole := func(x float64) int64 { return int64(x / total * fine) }
	if t.listed == nil {
		t.listed = make([]int64, 1<<(maxListedPairs-2))
	}
	t.listed[0] = whole(t.items[0])
	n := 1
	for _, x := range t.items[1:last] {
		x, sums, more := whole(x), t.listed[:n], t.listed[n:2*n]
		for i, sum := range sums {
			sums[i], more[i] = sum+x, sum-x
		}
		n *= 2
	}
	near, x, l := uint64(0), whole(t.items[last]), whole(limit)
	up, down, span := x+l-1, l-1-x, uint64(2*l-1)
	for _, sum := range t.listed[:n] {
		_, first := bits.Sub64(uint64(sum+up), span, 0)
		_, second := bits.Sub64(uint64(sum+down), span, 0)
		near += first + second
	}
	labellings := float64(2 * n)
	return (labellings - float64(near)) / labellings, t.smallest(), true
}

// extremes returns the least and the largest sum of chosen items.
func (t *labels) extremes() (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for size, first := range t.halves[0].sums {
		second := t.halves[1].of(t.take - size)
		if len(first) == 0 || len(second) == 0 {
			continue
		}
		lo = min(lo, first[0]+second[0])
		hi = max(hi, first[len(first)-1]+second[len(second)-1])
	}
	return lo, hi
}

// count is the number of labellings whose difference is at least as far from
// zero.
func (t *labels) count(difference float64) float64 {
	// In sums of chosen items, far is above or below these.
	above := (t.constant + difference - t.slack) / t.weight()
	below := (t.constant - difference + t.slack) / t.weight()
	n := 0
	for size, first := range t.halves[0].sums {
		second := t.halves[1].of(t.take - size)
		if below >= above {
			n += len(first) * len(second)
			continue
		}
		// Sums at or below the one limit, and at or above the other.
		low, high := len(second), len(second)
		for _, x := range first {
			for low > 0 && x+second[low-1] > below {
				low--
			}
			for high > 0 && x+second[high-1] >= above {
				high--
			}
			n += low + len(second) - high
		}
	}
	return float64(n)
}

// subsets are the sums of the subsets of some items, ascending, by how many
// items without a partner they hold.
type subsets struct {
	sums, spare [][]float64
}

// of returns the sums of the subsets of a size.
func (s *subsets) of(size int) []float64 {
	if size < 0 || size >= len(s.sums) {
		return nil
	}
	return s.sums[size]
}

// fill lists the subsets of items, of which the first partners count towards no
// size; sizes beyond most are left out.
func (s *subsets) fill(items []float64, partners, most int) {
	s.sums = resized(s.sums, most+1)
	s.spare = resized(s.spare, most+1)
	s.sums[0] = append(s.sums[0], 0)
	for i, x := range items {
		for size := range s.sums {
			from := size - 1
			if i < partners {
				from = size
			}
			var with []float64
			if from >= 0 {
				with = s.sums[from]
			}
			s.spare[size] = mergeShifted(s.spare[size][:0], s.sums[size], with, x)
		}
		s.sums, s.spare = s.spare, s.sums
	}
}

// resized returns n empty lists, in the memory of the given ones.
func resized(lists [][]float64, n int) [][]float64 {
	for len(lists) < n {
		lists = append(lists, nil)
	}
	for i := range lists {
		lists[i] = lists[i][:0]
	}
	return lists
}

// mergeShifted appends the sorted values of a and of b with x added.
func mergeShifted(dst, a, b []float64, x float64) []float64 {
	for len(a) > 0 && len(b) > 0 {
		if y := b[0] + x; y < a[0] {
			dst = append(dst, y)
			b = b[1:]
		} else {
			dst = append(dst, a[0])
			a = a[1:]
		}
	}
	dst = append(dst, a...)
	for _, y := range b {
		dst = append(dst, y+x)
	}
	return dst
}
