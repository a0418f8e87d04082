package remedies

import (
	"context"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/dataset"
)

const (
	// neighbours are those that a sample's label is held against, mostCompared the most
	// samples of a domain of which every two are compared.
	neighbours   = 5
	mostCompared = 3000
)

// doubtful lists training samples of a domain that may harm: those whose nearest
// neighbours all have another class, and no two of them different ones (a strict form of
// the rule of Wilson: Asymptotic Properties of Nearest Neighbor Rules Using Edited Data,
// IEEE Transactions on Systems, Man, and Cybernetics 2, 1972), and repetitions of a
// sample before. Neighbours are by the distance of normalised inputs. It looks at
// nothing but classes, and at no domain of more than 3000 training samples.
func doubtful(ctx context.Context, d *dataset.Domain) ([]int, error) {
	n := d.Train.Len()
	if n > mostCompared || n <= neighbours || d.Task.Kind != dataset.Classification && d.Task.Kind != dataset.Binary {
		return nil, nil
	}
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	size := 1
	for _, s := range d.Shape {
		size *= s
	}
	x := make([]float32, n*size)
	if err := d.Train.Gather(all, x); err != nil {
		return nil, err
	}
	distances := make([][]float32, n)
	for i := range distances {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		distances[i] = make([]float32, n)
		for j := range i {
			sum := float32(0)
			a, b := x[i*size:(i+1)*size], x[j*size:(j+1)*size]
			for k, v := range a {
				sum += (v - b[k]) * (v - b[k])
			}
			distances[i][j], distances[j][i] = sum, sum
		}
		distances[i][i] = math.MaxFloat32
	}
	var out []int
	for i, row := range distances {
		if slices.Contains(row[:i], 0) && d.Train.Label(slices.Index(row[:i], 0)) == d.Train.Label(i) || mislabelled(d.Train, i, row) {
			out = append(out, i)
		}
	}
	return out, nil
}

// mislabelled reports whether the nearest neighbours of a sample agree on another class.
func mislabelled(s *dataset.Split, i int, distance []float32) bool {
	nearest := make([]int, 0, neighbours+1)
	for j, v := range distance {
		if j == i {
			continue
		}
		at, _ := slices.BinarySearchFunc(nearest, v, func(k int, v float32) int {
			if distance[k] <= v {
				return -1
			}
			return 1
		})
		if at < neighbours {
			nearest = slices.Insert(nearest, at, j)
			nearest = nearest[:min(neighbours, len(nearest))]
		}
	}
	other := s.Label(nearest[0])
	return other != s.Label(i) && !slices.ContainsFunc(nearest, func(j int) bool { return s.Label(j) != other })
}
