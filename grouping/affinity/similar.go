package affinity

import (
	"fmt"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/layout"
)

// NewSimilarity scores by how alike a member and its partners are, by one measure:
//
//	score(j,S) = mean over i in S, i ≠ j, of s(i,j).
//
// Pairs of which a member is not among the domains are passed over.
func NewSimilarity(domains []string, s layout.Similarity) Estimator {
	p := &pairwise{from: square(len(domains), math.NaN()), method: Method{
		Name: s.Name, Needs: s.Needs, Definition: s.Definition, Source: s.Source, Work: s.Work,
	}}
	for _, q := range s.Pairs {
		i, j := slices.Index(domains, q.A), slices.Index(domains, q.B)
		if i >= 0 && j >= 0 {
			p.from[i][j], p.from[j][i] = q.Score, q.Score
		}
	}
	return p
}

// readSimilarities takes the measures of a similarity.json. Those of models are of one
// rung, those of data of any.
func (m *Material) readSimilarities(folder layout.Folder) error {
	s, err := layout.ReadSimilarities(folder.Similar())
	if err != nil {
		return fmt.Errorf("affinity: %w", err)
	}
	if s == nil {
		m.Notes = append(m.Notes, fmt.Sprintf("without similarity.json nothing is estimated from how alike domains are; 'sharewise similarity %s' writes it and trains nothing", folder))
		return nil
	}
	for _, measure := range s.Measures {
		if s.Rung == m.Selection.Rung || measure.Needs == layout.DataAlone {
			m.Similarities = append(m.Similarities, measure)
		}
	}
	return nil
}
