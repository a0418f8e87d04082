package analysis

import (
	"math"

	"github.com/sharewise/sharewise/analysis/ranks"
)

// ranking is how a run orders the known samples of a label, or those of two
// classes, by how likely it takes them for positive.
type ranking struct {
	samples []ranked
	// incomplete says that a sample has no score.
	incomplete bool
}

type ranked struct {
	score    float32
	positive bool
}

func (r *ranking) add(score float32, positive bool) {
	if math.IsNaN(float64(score)) {
		r.incomplete = true
	}
	r.samples = append(r.samples, ranked{score, positive})
}

// areas returns the area under the curve of true against false positive
// rates, and the average precision.
//
// The area is the share of pairs of a positive and a negative sample that are in
// the right order, where a tie counts half: the statistic of Mann and Whitney
// over the number of pairs. Average precision is Σ (R_n - R_{n-1}) P_n with
// precision P_n and recall R_n at the n-th highest score as threshold, without
// interpolation; samples of equal score are one threshold.
//
// defined is false where a class has no sample. The figures are then NaN, and so
// they are where a sample has no score.
func (r *ranking) areas() (auc, precision float64, defined bool) {
	positives := 0
	for _, s := range r.samples {
		if s.positive {
			positives++
		}
	}
	negatives := len(r.samples) - positives
	if positives == 0 || negatives == 0 {
		return math.NaN(), math.NaN(), false
	}
	if r.incomplete {
		return math.NaN(), math.NaN(), true
	}
	scores := make([]float32, len(r.samples))
	for i, s := range r.samples {
		scores[i] = s.score
	}
	order := ranks.Descending(scores)
	above := [2]float64{} // negatives and positives of a higher score
	ordered := 0.0
	for i := 0; i < len(order); {
		tied := [2]float64{}
		score := scores[order[i]]
		for ; i < len(order) && scores[order[i]] == score; i++ {
			if r.samples[order[i]].positive {
				tied[1]++
			} else {
				tied[0]++
			}
		}
		ordered += tied[1] * (float64(negatives) - above[0] - tied[0]/2)
		above[0] += tied[0]
		above[1] += tied[1]
		precision += tied[1] * above[1] / (above[0] + above[1])
	}
	return ordered / float64(positives) / float64(negatives), precision / float64(positives), true
}
