package clusters

import (
	"fmt"
	"math"
	"slices"
)

// Linkage says what counts as the similarity of two sets of domains.
type Linkage string

// The linkages.
const (
	// Average is the mean over the pairs across (UPGMA: Sokal and Michener 1958).
	Average Linkage = "average"
	// Complete is the smallest over the pairs across: no two in a cluster may be
	// unlike.
	Complete Linkage = "complete"
	// Single is the largest: clusters are chains.
	Single Linkage = "single"
	// Ward joins what raises the sum of squares within clusters least (Ward 1963).
	// That takes squared Euclidean distances, which similarities are none of.
	// With any constant c the matrix c - A(i,j) orders pairs as A does, and the
	// smallest c for which it is one of squared Euclidean distances (Lingoes,
	// Psychometrika 36, 1971) is minus the smallest eigenvalue of A, with a
	// diagonal of zeros, on the vectors that add up to zero.
	Ward Linkage = "ward"
)

// Agglomerate joins the two sets that are most alike, again and again. Ties go to
// those that are listed first. Unknown pairs, NaN, are left out, and sets that no
// known pair connects join last; Ward takes the mean of the known ones for them.
//
// The score of a join is the similarity of its sides; for Ward it is minus the
// distance √(2·rise of the sum of squares), as SciPy and scikit-learn have it.
func Agglomerate(a Matrix, by Linkage) (*Tree, error) {
	n := len(a)
	if n == 0 {
		return nil, fmt.Errorf("clusters: %w: there are no domains", ErrFew)
	}
	nodes := make([]*Tree, n)
	for i := range nodes {
		if len(a[i]) != n {
			return nil, fmt.Errorf("clusters: %w: row %d has %d entries, and there are %d rows", ErrShape, i, len(a[i]), n)
		}
		nodes[i] = &Tree{Leaf: i, Score: math.NaN()}
	}
	j, err := newJoins(a, by)
	if err != nil {
		return nil, err
	}
	b := &bests{joins: j, of: make([]best, n)}
	for i := range n {
		b.active = append(b.active, i)
	}
	for x := range b.active {
		b.find(x)
	}
	for len(b.active) > 1 {
		p, q, score := b.most()
		nodes[p] = &Tree{Leaf: -1, Score: score, Children: []*Tree{nodes[p], nodes[q]}}
		b.active = slices.DeleteFunc(b.active, func(r int) bool { return r == q })
		for _, r := range b.active {
			if r != p {
				j.merge(p, q, r)
			}
		}
		j.size[p] += j.size[q]
		b.merged(p, q)
	}
	return nodes[b.active[0]], nil
}

// bests knows of every set that is not joined yet with which of those listed after it
// it is most alike, the first of equal ones, so that a join takes few comparisons.
type bests struct {
	*joins
	active []int
	of     []best
}

// best is a set's partner, with the similarity, NaN where nothing is known.
type best struct {
	with  int
	score float64
}

// find compares the x-th set with all after it.
func (b *bests) find(x int) {
	p := b.active[x]
	found := best{-1, math.NaN()}
	for _, q := range b.active[x+1:] {
		if s := b.score(p, q); found.with < 0 || above(s, found.score) {
			found = best{q, s}
		}
	}
	b.of[p] = found
}

// above orders similarities, of which unknown ones are the least.
func above(s, than float64) bool { return s > than || math.IsNaN(than) && !math.IsNaN(s) }

// most is the pair that is most alike.
func (b *bests) most() (p, q int, score float64) {
	p = b.active[0]
	for _, r := range b.active[1 : len(b.active)-1] {
		if above(b.of[r].score, b.of[p].score) {
			p = r
		}
	}
	return p, b.of[p].with, b.of[p].score
}

// merged looks again where q, which is gone, or p, which has become larger, was a
// partner, and where p may have become one.
func (b *bests) merged(p, q int) {
	for x, r := range b.active {
		of := b.of[r]
		switch {
		case r == p || of.with == p || of.with == q:
			b.find(x)
		case r < p:
			if s := b.score(r, p); above(s, of.score) || s == of.score && p < of.with {
				b.of[r] = best{p, s}
			}
		}
	}
}

// joins holds between sets, known by one of their members, what their similarity
// follows from: with Average the sum over known pairs and their number, with
// Complete and Single the similarity, with Ward the squared distance.
type joins struct {
	by    Linkage
	value Matrix
	count Matrix
	size  []float64
}

func newJoins(a Matrix, by Linkage) (*joins, error) {
	n := len(a)
	j := &joins{by: by, value: newMatrix(n), count: newMatrix(n), size: make([]float64, n)}
	shift := 0.0
	switch by {
	case Average, Complete, Single:
	case Ward:
		a = a.filled()
		shift = euclidean(a)
	default:
		return nil, fmt.Errorf("clusters: there is no linkage %q", by)
	}
	for p := range n {
		j.size[p] = 1
		for q := range n {
			switch x := a[p][q]; {
			case by == Ward:
				j.value[p][q] = max(0, shift-x)
			case finite(x):
				j.value[p][q], j.count[p][q] = x, 1
			case by != Average:
				j.value[p][q] = math.NaN()
			}
		}
	}
	return j, nil
}

func (j *joins) score(p, q int) float64 {
	switch j.by {
	case Average:
		return j.value[p][q] / j.count[p][q] // 0/0 where nothing is known
	case Ward:
		return -math.Sqrt(max(0, j.value[p][q]))
	}
	return j.value[p][q]
}

// merge puts between p and r what holds between the union of p and q, and r.
func (j *joins) merge(p, q, r int) {
	x, y := j.value[p][r], j.value[q][r]
	switch {
	case j.by == Average:
		j.count[p][r] += j.count[q][r]
		j.count[r][p] = j.count[p][r]
		x += y
	case j.by == Ward: // Lance and Williams 1967
		a, b, c := j.size[p], j.size[q], j.size[r]
		x = ((a+c)*x + (b+c)*y - c*j.value[p][q]) / (a + b + c)
	case math.IsNaN(x):
		x = y
	case math.IsNaN(y):
	case j.by == Complete:
		x = min(x, y)
	default:
		x = max(x, y)
	}
	j.value[p][r], j.value[r][p] = x, x
}

// euclidean is the smallest c for which c - A(i,j) are squared Euclidean
// distances.
func euclidean(a Matrix) float64 {
	if len(a) == 1 {
		return 0
	}
	values, _, _ := within(a, false)
	return -values[0]
}
