package kernels_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio/kernels"
)

// leastSquares finds weights that are not negative.
type leastSquares struct {
	rows [][]float64
	want []float64
}

// add adds an observation, by its weight.
func (l *leastSquares) add(amounts []float64, want, weight float64) {
	row := make([]float64, len(amounts))
	for i, v := range amounts {
		row[i] = v * weight
	}
	l.rows, l.want = append(l.rows, row), append(l.want, want*weight)
}

// solve improves one weight after another until all are at their best.
func (l *leastSquares) solve() []float64 {
	x := make([]float64, len(l.rows[0]))
	left := slices.Clone(l.want)
	for range 20000 {
		for j := range x {
			up, down := 0.0, 0.0
			for i, row := range l.rows {
				up += row[j] * left[i]
				down += row[j] * row[j]
			}
			if down == 0 {
				continue
			}
			next := max(0, x[j]+up/down)
			for i, row := range l.rows {
				left[i] -= row[j] * (next - x[j])
			}
			x[j] = next
		}
	}
	return x
}

func (l *leastSquares) table() string {
	var b strings.Builder
	b.WriteString("Constants in nanoseconds that describe the differences below best (least squares relative to the time of a step, none below 0), beside those of the cost model:\n\n| of | fitted | cost model |\n|---|---|---|\n")
	names := append(slices.Clone(kernels.AmountNames), "transposing, near", "transposing, far", "a step")
	costs := append(slices.Clone(kernels.AmountCosts), kernels.TransposingNear, kernels.TransposingFar, 0)
	for i, v := range l.solve() {
		fmt.Fprintf(&b, "| %s | %.3g | %.3g |\n", names[i], v, math.Abs(costs[i]))
	}
	return b.String()
}

// TestLeastSquares finds weights that are there, and none below zero.
func TestLeastSquares(t *testing.T) {
	var l leastSquares
	for i := range 9 {
		x, y, z := float64(i), float64(i*i%7), float64(i%3)
		l.add([]float64{x, y, z}, 2*x+0.5*y-0.01*z, 1/(1+x))
	}
	got := l.solve()
	if math.Abs(got[0]-2) > 0.05 || math.Abs(got[1]-0.5) > 0.05 || got[2] != 0 {
		t.Errorf("weights are %v", got)
	}
}
