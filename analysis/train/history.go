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

func trainRow(epoch int, domain string, loss, weight float64) layout.HistoryRow {
	return layout.HistoryRow{Epoch: int32(epoch), Domain: domain, Split: layout.TrainSplit, Loss: loss, Weight: weight, Cosine: math.NaN(), Accuracy: math.NaN()}
}

func valRow(epoch int, domain string, loss, accuracy float64) layout.HistoryRow {
	return layout.HistoryRow{Epoch: int32(epoch), Domain: domain, Split: layout.ValSplit, Loss: loss, Weight: math.NaN(), Cosine: math.NaN(), Accuracy: accuracy}
}

func gradientRow(epoch int, domain, other string, cosine float64) layout.HistoryRow {
	return layout.HistoryRow{Epoch: int32(epoch), Domain: domain, Other: other, Split: layout.GradientSplit, Loss: math.NaN(), Weight: math.NaN(), Cosine: cosine, Accuracy: math.NaN()}
}
