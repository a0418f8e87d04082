package reference

import (
	"math"
	"slices"
)

// compress takes the elements, or pieces along an axis, for which a condition
// holds.
func compress(c *call) *value {
	x, cond := c.input(0), c.input(1).bools()
	a := 0
	if c.Attr("axis") == nil {
		x = x.reshaped([]int{x.len()})
	} else {
		a = axis(c.int("axis", 0), x.rank())
	}
	var taken []int
	for i, take := range cond {
		if i >= x.shape[a] && take {
			failf("element %d of %d", i, x.shape[a])
		}
		if take {
			taken = append(taken, i)
		}
	}
	return pieces(x, a, taken)
}

// pieces are those of x at the given places along an axis.
func pieces(x *value, a int, places []int) *value {
	shape := slices.Clone(x.shape)
	shape[a] = len(places)
	from, to := strides(x.shape), strides(shape)
	at := make([]int, size(shape))
	for p := range at {
		for i, n := range shape {
			k := p / to[i] % n
			if i == a {
				k = places[k]
			}
			at[p] += k * from[i]
		}
	}
	return x.pick(shape, at, nil)
}

// unique gives every element, or piece along an axis, once: in ascending order
// unless sorted is 0, then in that of its first place; with its first place, the
// place in the result of every input and how often it occurs.
func unique(c *call) []*value {
	x := c.input(0)
	a := 0
	if c.Attr("axis") == nil {
		x = x.reshaped([]int{x.len()})
	} else {
		a = axis(c.int("axis", 0), x.rank())
	}
	in := make([]bool, x.rank())
	for i := range in {
		in[i] = i != a
	}
	rows := lanes(x.shape, in)
	compare := func(i, j int) int {
		for k := range rows[i] {
			if p, q := x.number(rows[i][k]), x.number(rows[j][k]); p != q {
				if p < q {
					return -1
				}
				return 1
			}
		}
		return 0
	}
	var first, counts []int
	inverse := make([]int64, len(rows))
	for i := range rows {
		k := slices.IndexFunc(first, func(j int) bool { return compare(i, j) == 0 })
		if k < 0 {
			k = len(first)
			first, counts = append(first, i), append(counts, 0)
		}
		counts[k]++
		inverse[i] = int64(k)
	}
	order := make([]int, len(first))
	for i := range order {
		order[i] = i
	}
	if c.flag("sorted", true) {
		slices.SortStableFunc(order, func(i, j int) int { return compare(first[i], first[j]) })
	}
	places, rank := make([]int, len(order)), make([]int64, len(order))
	firsts, often := make([]int64, len(order)), make([]int64, len(order))
	for to, from := range order {
		places[to], rank[from] = first[from], int64(to)
		firsts[to], often[to] = int64(first[from]), int64(counts[from])
	}
	for i := range inverse {
		inverse[i] = rank[inverse[i]]
	}
	n := []int{len(order)}
	return []*value{pieces(x, a, places), intValue(n, firsts), intValue([]int{len(inverse)}, inverse), intValue(n, often)}
}

// nonMaxSuppression chooses, for each batch and class, the boxes of the largest
// scores that overlap no box chosen before by more than a threshold: rows of
// batch, class and box.
func nonMaxSuppression(c *call) *value {
	boxes, scores := c.input(0), c.input(1)
	if boxes.rank() != 3 || boxes.shape[2] != 4 || scores.rank() != 3 || scores.shape[0] != boxes.shape[0] || scores.shape[2] != boxes.shape[1] {
		failf("boxes of shape %v with scores of shape %v", boxes.shape, scores.shape)
	}
	setting := func(i int, def float64) float64 {
		if v := c.optional(i); v != nil {
			return v.scalar()
		}
		return def
	}
	most, overlap, least := int(setting(2, 0)), setting(3, 0), setting(4, math.Inf(-1))
	var rows []int64
	n := boxes.shape[1]
	for b := range boxes.shape[0] {
		for class := range scores.shape[1] {
			score := scores.floats()[(b*scores.shape[1]+class)*n:][:n]
			order := make([]int, 0, n)
			for i, s := range score {
				if s > least {
					order = append(order, i)
				}
			}
			slices.SortStableFunc(order, func(i, j int) int {
				switch {
				case score[i] > score[j]:
					return -1
				case score[i] < score[j]:
					return 1
				}
				return 0
			})
			var chosen []int
			for _, i := range order {
				if len(chosen) >= most {
					break
				}
				box := func(k int) [4]float64 { return c.corners(boxes.floats()[(b*n+k)*4:][:4]) }
				if !slices.ContainsFunc(chosen, func(j int) bool { return intersection(box(i), box(j)) > overlap }) {
					chosen = append(chosen, i)
					rows = append(rows, int64(b), int64(class), int64(i))
				}
			}
		}
	}
	return intValue([]int{len(rows) / 3, 3}, rows)
}

// corners are the smallest and the largest coordinates of a box, which is given by
// two corners or by its center and sizes.
func (c *call) corners(box []float64) [4]float64 {
	if c.flag("center_point_box", false) {
		x, y, w, h := box[0], box[1], box[2]/2, box[3]/2
		return [4]float64{x - w, y - h, x + w, y + h}
	}
	return [4]float64{min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3])}
}

// intersection is the part of the union of two boxes that both cover.
func intersection(a, b [4]float64) float64 {
	w, h := min(a[2], b[2])-max(a[0], b[0]), min(a[3], b[3])-max(a[1], b[1])
	if w <= 0 || h <= 0 {
		return 0
	}
	area := func(x [4]float64) float64 { return (x[2] - x[0]) * (x[3] - x[1]) }
	return w * h / (area(a) + area(b) - w*h)
}
