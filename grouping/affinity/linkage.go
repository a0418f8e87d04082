package affinity

import (
	"fmt"
	"math"

	"github.com/sharewise/sharewise/grouping/clusters"
)

// Matrix has in row i and column j the score of domain i with j, NaN where the
// estimator has none, and on the diagonal.
func Matrix(e Estimator, domains int) [][]float64 {
	m := make([][]float64, domains)
	for i := range m {
		m[i] = make([]float64, domains)
		m[i][i] = math.NaN()
	}
	for i := range m {
		for j := i + 1; j < domains; j++ {
			s := e.Score([]int{i, j})
			m[i][j], m[j][i] = s[0].Value, s[1].Value
		}
	}
	return m
}

// Linkage draws the domains as a tree by average linkage on the scores of pairs,
// each pair's the mean of its members': those that score highest together join
// first. On cross-evaluation this is average linkage (UPGMA) of the distances
// D(i,j). Scores of the joins are mean scores across the two sides, and no gains.
func Linkage(e Estimator, domains int) (*clusters.Tree, error) {
	a, _, err := clusters.Symmetrise(Matrix(e, domains))
	if err != nil {
		return nil, fmt.Errorf("affinity: linkage by %s: %w", e.Method().Name, err)
	}
	return clusters.Agglomerate(a, clusters.Average)
}
