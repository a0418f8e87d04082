package subgroups

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/similarity"
)

// Settings of clusters: dimensions that inputs are reduced to, samples whose components
// say how, rounds of k-means and starts of which the best is kept.
const (
	clusterDimensions = 24
	componentSamples  = 500
	rounds            = 50
	starts            = 4
)

// Clusters divides the test samples of every domain into k groups that lie together:
// k-means (Lloyd, started by k-means++: Arthur and Vassilvitskii, SODA 2007) of the
// leading principal components of inputs as models see them, the best of four starts.
// Clusters are numbered by size, the largest first.
func Clusters(ctx context.Context, folds [][]*dataset.Domain, k int, seed uint64) ([]analysis.Division, error) {
	var out []analysis.Division
	for i, d := range folds[0] {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var ids []losses.SampleID
		var all []float64
		width := 1
		for _, n := range d.Shape {
			width *= n
		}
		for _, f := range folds {
			test := f[i].Test
			x := make([]float32, width)
			for row := range test.Len() {
				if err := test.Gather([]int{row}, x); err != nil {
					return nil, fmt.Errorf("domain %s: %w", d.Name, err)
				}
				for _, v := range x {
					all = append(all, float64(v))
				}
				ids = append(ids, losses.SampleID{Number: test.ID(row)})
			}
		}
		if k > len(ids)/2 {
			continue
		}
		random := rand.New(rand.NewPCG(seed, uint64(i)))
		of := kMeans(reduced(mat.NewDense(len(ids), width, all), random), k, random)
		cluster := map[losses.SampleID]int{}
		for row, id := range ids {
			cluster[id] = of[row]
		}
		out = append(out, analysis.Division{Domain: d.Name, By: "cluster", Of: func(id losses.SampleID) string {
			c, ok := cluster[id]
			if !ok {
				return ""
			}
			return fmt.Sprintf("cluster %d", c+1)
		}})
	}
	return out, nil
}

// reduced gives samples fewer coordinates where they have many.
func reduced(x *mat.Dense, random *rand.Rand) *mat.Dense {
	n, width := x.Dims()
	if width <= clusterDimensions {
		return x
	}
	some := random.Perm(n)[:min(n, componentSamples)]
	part := mat.NewDense(len(some), width, nil)
	for to, from := range some {
		part.SetRow(to, x.RawRowView(from))
	}
	var out mat.Dense
	out.Mul(x, similarity.Components(part, clusterDimensions))
	return &out
}

// kMeans numbers the cluster of every row, the largest cluster first.
func kMeans(x *mat.Dense, k int, random *rand.Rand) []int {
	var best []int
	least := math.Inf(1)
	for range starts {
		of, total := lloyd(x, plusPlus(x, k, random))
		if total < least {
			best, least = of, total
		}
	}
	sizes, order := make([]float64, k), make([]int, k)
	for _, c := range best {
		sizes[c]--
	}
	floats.Argsort(sizes, order)
	rank := make([]int, k)
	for to, from := range order {
		rank[from] = to
	}
	for i, c := range best {
		best[i] = rank[c]
	}
	return best
}

// plusPlus draws rows to start from, far ones before near ones.
func plusPlus(x *mat.Dense, k int, random *rand.Rand) *mat.Dense {
	n, p := x.Dims()
	centres := mat.NewDense(k, p, nil)
	centres.SetRow(0, x.RawRowView(random.IntN(n)))
	far := make([]float64, n)
	for i := range far {
		far[i] = math.Inf(1)
	}
	for c := 1; c < k; c++ {
		for i := range far {
			d := floats.Distance(x.RawRowView(i), centres.RawRowView(c-1), 2)
			far[i] = min(far[i], d*d)
		}
		at, row := random.Float64()*floats.Sum(far), 0
		for row < n-1 && at >= far[row] {
			at -= far[row]
			row++
		}
		centres.SetRow(c, x.RawRowView(row))
	}
	return centres
}

// lloyd moves centres to the means of the rows that are nearest to them until nothing
// changes, and returns the nearest centre of every row with the sum of squares.
func lloyd(x, centres *mat.Dense) (of []int, total float64) {
	n, p := x.Dims()
	k, _ := centres.Dims()
	of = make([]int, n)
	for range rounds {
		changed := false
		total = 0
		for i := range n {
			best, least := 0, math.Inf(1)
			for c := range k {
				if d := floats.Distance(x.RawRowView(i), centres.RawRowView(c), 2); d < least {
					best, least = c, d
				}
			}
			changed = changed || best != of[i]
			of[i] = best
			total += least * least
		}
		if !changed {
			break
		}
		sums, counts := mat.NewDense(k, p, nil), make([]float64, k)
		for i, c := range of {
			floats.Add(sums.RawRowView(c), x.RawRowView(i))
			counts[c]++
		}
		for c, count := range counts {
			if count > 0 { // an empty one stays where it is
				floats.ScaleTo(centres.RawRowView(c), 1/count, sums.RawRowView(c))
			}
		}
	}
	return of, total
}
