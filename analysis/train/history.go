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
	// Unsolved counts the steps for whose gradients no weights were found.
	Unsolved int
	Gram     gramSums
}

func newEpochSums(domains int) epochSums {
	n := domains * domains
	return epochSums{
		Loss: make([]float64, domains), Weight: make([]float64, domains),
		Gram: gramSums{Cosine: make([]float64, n), Opposed: make([]float64, n), Ahead: make([]float64, n), Norm: make([]float64, domains)},
	}
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

// gramSums gathers what the Gram matrices of an epoch say, by domain or at i*n+j.
type gramSums struct {
	Steps   int
	Norm    []float64
	Cosine  []float64
	Opposed []float64 // steps with a negative cosine
	Ahead   []float64 // gᵢ·gⱼ/Lⱼ
	// Curvature is of the last step, by domain; nil where it was not measured.
	Curvature []float64
}

// add takes in the Gram matrix of a step. Matrices of gradients that are zero or no
// numbers say nothing of angles and are passed over.
func (s *gramSums) add(gram []float64, losses []float32) {
	n := len(losses)
	for i := range n {
		if !(gram[i*n+i] > 0) || math.IsInf(gram[i*n+i], 1) {
			return
		}
	}
	s.Steps++
	for i := range n {
		s.Norm[i] += math.Sqrt(gram[i*n+i])
		for j := range n {
			if i == j {
				continue
			}
			g := gram[i*n+j]
			s.Cosine[i*n+j] += g / math.Sqrt(gram[i*n+i]*gram[j*n+j])
			s.Ahead[i*n+j] += g / max(float64(losses[j]), layout.LeastLoss)
			if g < 0 {
				s.Opposed[i*n+j]++
			}
		}
	}
}

// rows describes every pair of domains, if a Gram matrix was added.
func (s *gramSums) rows(epoch int, names []string) (rows []layout.HistoryRow) {
	if s.Steps == 0 {
		return nil
	}
	n, steps := len(names), float64(s.Steps)
	for i := range names {
		for j := i + 1; j < n; j++ {
			r := historyRow(epoch, names[i], layout.GradientSplit)
			r.Other, r.Steps = names[j], steps
			r.Cosine, r.Opposed = s.Cosine[i*n+j]/steps, s.Opposed[i*n+j]/steps
			r.Norm, r.OtherNorm = s.Norm[i]/steps, s.Norm[j]/steps
			r.Ahead, r.OtherAhead = s.Ahead[i*n+j]/steps, s.Ahead[j*n+i]/steps
			if s.Curvature != nil {
				r.Curvature, r.OtherCurvature = s.Curvature[i], s.Curvature[j]
			}
			rows = append(rows, r)
		}
	}
	return rows
}

// historyRow returns a row of the history in which all figures are still NaN.
func historyRow(epoch int, domain, split string) layout.HistoryRow {
	r := layout.HistoryRow{Epoch: int32(epoch), Domain: domain, Split: split}
	r.Clear()
	return r
}

func trainRow(epoch int, domain string, loss, weight, unsolved float64) layout.HistoryRow {
	r := historyRow(epoch, domain, layout.TrainSplit)
	r.Loss, r.Weight, r.Unsolved = loss, weight, unsolved
	return r
}

func valRow(epoch int, domain string, loss, accuracy float64) layout.HistoryRow {
	r := historyRow(epoch, domain, layout.ValSplit)
	r.Loss, r.Accuracy = loss, accuracy
	return r
}
