package train

import (
	"math"

	"github.com/sharewise/sharewise/analysis/layout"
)

// epochSums gathers what one epoch's steps report.
type epochSums struct {
	Steps  int
	Loss   []float64
	Weight []float64
}

func newEpochSums(domains int) epochSums {
	return epochSums{Loss: make([]float64, domains), Weight: make([]float64, domains)}
}

func (s *epochSums) add(losses, weights []float32) {
	s.Steps++
	for i := range losses {
		s.Loss[i] += float64(losses[i])
		s.Weight[i] += float64(weights[i])
	}
}

// means are the mean losses of the epoch so far.
func (s *epochSums) means() []float64 {
	out := make([]float64, len(s.Loss))
	for i, l := range s.Loss {
		out[i] = l / float64(s.Steps)
	}
	return out
}

// historyRow returns a row of the history in which all figures are still NaN.
func historyRow(epoch int, domain, split string) layout.HistoryRow {
	nan := math.NaN()
	return layout.HistoryRow{Epoch: int32(epoch), Domain: domain, Split: split, Loss: nan, Weight: nan, Cosine: nan, Norm: nan, OtherNorm: nan, Accuracy: nan}
}

func trainRow(epoch int, domain string, loss, weight float64) layout.HistoryRow {
	r := historyRow(epoch, domain, layout.TrainSplit)
	r.Loss, r.Weight = loss, weight
	return r
}

func valRow(epoch int, domain string, loss, accuracy float64) layout.HistoryRow {
	r := historyRow(epoch, domain, layout.ValSplit)
	r.Loss, r.Accuracy = loss, accuracy
	return r
}

// gradientRow describes two domains' trunk gradients, given the entries of their
// Gram matrix: both squared lengths and the product.
func gradientRow(epoch int, domain, other string, square, otherSquare, product float64) layout.HistoryRow {
	r := historyRow(epoch, domain, layout.GradientSplit)
	r.Other, r.Norm, r.OtherNorm = other, math.Sqrt(square), math.Sqrt(otherSquare)
	r.Cosine = product / (r.Norm * r.OtherNorm)
	return r
}
