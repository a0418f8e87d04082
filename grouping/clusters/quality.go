package clusters

import "math"

// Silhouette is the mean silhouette of a partition (Rousseeuw 1987) by distances:
// of a domain (b - a)/max(a, b), with a its mean distance to the others of its
// cluster and b the least mean distance to another cluster; 0 for a domain alone,
// and where both are 0. NaN unless there are at least two clusters and fewer than
// domains.
func Silhouette(d Matrix, p Partition) float64 {
	p = p.ordered()
	k, n := p.Count(), len(p)
	if k < 2 || k >= n {
		return math.NaN()
	}
	size := make([]float64, k)
	for _, c := range p {
		size[c]++
	}
	sum, to := 0.0, make([]float64, k)
	for i, own := range p {
		if size[own] == 1 {
			continue
		}
		clear(to)
		for j, c := range p {
			if i != j {
				to[c] += d[i][j]
			}
		}
		a, b := to[own]/(size[own]-1), math.Inf(1)
		for c := range k {
			if c != own {
				b = min(b, to[c]/size[c])
			}
		}
		if top := max(a, b); top > 0 {
			sum += (b - a) / top
		}
	}
	return sum / float64(n)
}

// dispersion is that of the gap statistic (Tibshirani, Walther and Hastie 2001):
// the sum over clusters of their distances, each pair twice, over twice the size.
func dispersion(d Matrix, p Partition) float64 {
	size := make([]float64, len(p))
	for _, c := range p {
		size[c]++
	}
	sum := 0.0
	for i, c := range p {
		for j, other := range p {
			if c == other {
				sum += d[i][j] / (2 * size[c])
			}
		}
	}
	return sum
}

// contrast is the sum of squares of the pairs' similarities that "within a cluster
// or across" explains, 0 where those across are the larger ones.
func contrast(a Matrix, p Partition) float64 {
	var sum, count [2]float64
	for i := range p {
		for j := range i {
			side := 0
			if p[i] == p[j] {
				side = 1
			}
			sum[side] += a[i][j]
			count[side]++
		}
	}
	if count[0] == 0 || count[1] == 0 {
		return 0
	}
	d := sum[1]/count[1] - sum[0]/count[0]
	return max(0, d) * max(0, d) * count[0] * count[1] / (count[0] + count[1])
}

// Agreement is the adjusted Rand index of two partitions (Hubert and Arabie 1985):
// 1 where they are the same, 0 on average where one is drawn at random with
// clusters of the sizes it has.
func Agreement(p, q Partition) float64 {
	n := len(p)
	both, first, second := map[[2]int]float64{}, map[int]float64{}, map[int]float64{}
	for i := range n {
		both[[2]int{p[i], q[i]}]++
		first[p[i]]++
		second[q[i]]++
	}
	pairs := func(x float64) float64 { return x * (x - 1) / 2 }
	// Sums of whole numbers: the order does not matter.
	together, a, b := 0.0, 0.0, 0.0
	for _, x := range both {
		together += pairs(x)
	}
	for _, x := range first {
		a += pairs(x)
	}
	for _, x := range second {
		b += pairs(x)
	}
	expected := a * b / pairs(float64(n))
	if top := (a + b) / 2; top != expected {
		return (together - expected) / (top - expected)
	}
	return 1 // both all alone, or both all together
}
