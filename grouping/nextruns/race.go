package nextruns

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/sharewise/sharewise/grouping"
)

// hopeless is the probability below which a pool is dropped.
const hopeless = 0.001

// Hopeless says of each pool of the problem whether it can be left out of what
// follows: with 99.9 % probability the best partition that has it is worse than
// the recommended one by more than the tolerance. It is nil where that cannot be
// said, see grouping.Holding.
func (o *Outlook) Hopeless(runs Runs) ([]bool, error) {
	holding, err := grouping.Holding(o.belief.Problem)
	if holding == nil || err != nil {
		return nil, err
	}
	gains := o.belief.gains()
	first := o.Contenders[best(o.mean)].Weight
	z := -distuv.UnitNormal.Quantile(hopeless)
	out := make([]bool, len(holding))
	for k, c := range holding {
		less := make([]float64, len(gains))
		for i := range less {
			less[i] = c.Weight[i] - first[i]
		}
		out[k] = dot(less, gains)+z*math.Sqrt(o.belief.variance(less, runs)) < -o.rule.Tolerance
	}
	return out, nil
}

// variance is that of a linear combination of all gains.
func (b *Belief) variance(weight []float64, runs Runs) float64 {
	sum := 0.0
	for j := range b.Targets {
		if len(b.Targets[j].Pools) == 0 {
			continue
		}
		c := b.Targets[j].covariance(runs.Alone[j], runs.Pools, 1)
		cells := b.cells(j)
		for x, at := range cells {
			for y, beside := range cells {
				sum += weight[at] * weight[beside] * c.At(x, y)
			}
		}
	}
	return math.Max(0, sum)
}
