package clusters

import (
	"math"
	"math/rand/v2"
)

// kMeans is Lloyd's algorithm from starts that are spread: the first from the
// points that are farthest from those before, others by k-means++ (Arthur and
// Vassilvitskii 2007) with a fixed seed. The best by the sum of squares wins.
func kMeans(points [][]float64, k, starts int) Partition {
	random := rand.New(rand.NewPCG(uint64(k), 0x6b6d65616e73)) // "kmeans"
	var best Partition
	least := math.Inf(1)
	for start := range max(1, starts) {
		p, sum := lloyd(points, seeds(points, k, start == 0, random))
		if sum < least*(1-1e-12) || best == nil {
			best, least = p, sum
		}
	}
	return best.ordered()
}

// seeds picks k of the points.
func seeds(points [][]float64, k int, farthest bool, random *rand.Rand) [][]float64 {
	first := 0
	if !farthest {
		first = random.IntN(len(points))
	}
	out := [][]float64{points[first]}
	near := make([]float64, len(points))
	for i, p := range points {
		near[i] = square(p, points[first])
	}
	for len(out) < k {
		sum, next := 0.0, 0
		for i, d := range near {
			sum += d
			if d > near[next] {
				next = i
			}
		}
		if !farthest {
			at := random.Float64() * sum
			for i, d := range near {
				if at -= d; at < 0 {
					next = i
					break
				}
			}
		}
		out = append(out, points[next])
		for i, p := range points {
			near[i] = min(near[i], square(p, points[next]))
		}
	}
	return out
}

func lloyd(points, centres [][]float64) (Partition, float64) {
	k, dim := len(centres), len(points[0])
	p := make(Partition, len(points))
	sum := 0.0
	for range 100 {
		moved := false
		sum = 0
		for i, x := range points {
			best, least := p[i], square(x, centres[p[i]])
			for c := range k {
				if d := square(x, centres[c]); d < least {
					best, least = c, d
				}
			}
			moved = moved || best != p[i]
			p[i] = best
			sum += least
		}
		if !moved {
			break
		}
		next, count := make([][]float64, k), make([]float64, k)
		for c := range next {
			next[c] = make([]float64, dim)
		}
		for i, x := range points {
			count[p[i]]++
			for d, v := range x {
				next[p[i]][d] += v
			}
		}
		for c := range next {
			if count[c] == 0 {
				next[c] = centres[c]
				continue
			}
			for d := range next[c] {
				next[c][d] /= count[c]
			}
		}
		centres = next
	}
	return p, sum
}

func square(a, b []float64) float64 {
	sum := 0.0
	for i, x := range a {
		sum += (x - b[i]) * (x - b[i])
	}
	return sum
}
