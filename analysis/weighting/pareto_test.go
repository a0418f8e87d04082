package weighting_test

import (
	"math"
	"testing"

	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/weighting"
)

// bowls are three losses scale_d·‖θ − center_d‖² of a plane. Their Pareto set is the
// triangle between the centers: outside, a step towards it makes all fall.
type bowls struct {
	center [3][2]float64
	scale  [3]float64
}

func (b bowls) at(theta [2]float64) (losses []float32, gradients [3][2]float64) {
	losses = make([]float32, 3)
	for d, c := range b.center {
		x, y := theta[0]-c[0], theta[1]-c[1]
		losses[d] = float32(b.scale[d] * (x*x + y*y))
		gradients[d] = [2]float64{2 * b.scale[d] * x, 2 * b.scale[d] * y}
	}
	return losses, gradients
}

// descend takes steps of a length that shrinks, along the weighted gradients.
func (b bowls) descend(t *testing.T, m weighting.Method, theta [2]float64) [2]float64 {
	t.Helper()
	const steps, epoch = 1500, 25
	for step := range steps {
		losses, g := b.at(theta)
		w := make([]float32, 3)
		m.Weights(w)
		if f, ok := m.(weighting.FromGradients); ok {
			products := make([]float64, 9)
			for i := range g {
				for j := range g {
					products[3*i+j] = g[i][0]*g[j][0] + g[i][1]*g[j][1]
				}
			}
			stack := []float32{}
			for _, row := range g {
				stack = append(stack, float32(row[0]), float32(row[1]))
			}
			if whole, ok := m.(weighting.FromJacobian); ok {
				if err := whole.Keep([][]float32{stack}); err != nil {
					t.Fatal(err)
				}
			}
			if err := f.WeightsFromGram(w, products, losses); err != nil {
				t.Fatal(err)
			}
			for d := range g { // which methods may have changed
				g[d] = [2]float64{float64(stack[2*d]), float64(stack[2*d+1])}
			}
		}
		var along [2]float64
		for d := range g {
			along[0] += float64(w[d]) * g[d][0]
			along[1] += float64(w[d]) * g[d][1]
		}
		// Steps of unit length at most, so that steep bowls do not throw θ out.
		rate := 0.05 * (1 - float64(step)/steps) / max(1, math.Hypot(along[0], along[1]))
		theta[0] -= rate * along[0]
		theta[1] -= rate * along[1]
		m.Observe(losses)
		if l, ok := m.(weighting.Looks); ok {
			after, _ := b.at(theta)
			l.Look(after)
		}
		if step%epoch == epoch-1 {
			means := make([]float64, 3)
			for d := range means {
				means[d] = float64(losses[d])
			}
			m.EpochEnd(means)
		}
	}
	return theta
}

// outside is how far θ is from the triangle between the centers, by its edges.
func (b bowls) outside(theta [2]float64) float64 {
	far := 0.0
	for d := range b.center {
		p, q, r := b.center[d], b.center[(d+1)%3], b.center[(d+2)%3]
		normal := [2]float64{q[1] - p[1], p[0] - q[0]}
		if normal[0]*(r[0]-p[0])+normal[1]*(r[1]-p[1]) > 0 {
			normal = [2]float64{-normal[0], -normal[1]}
		}
		length := math.Hypot(normal[0], normal[1])
		far = max(far, (normal[0]*(theta[0]-p[0])+normal[1]*(theta[1]-p[1]))/length)
	}
	return far
}

// TestParetoSet lets every method descend from outside the Pareto set, with losses of
// very different scale: all must end on it.
func TestParetoSet(t *testing.T) {
	b := bowls{center: [3][2]float64{{0, 0}, {4, 0}, {0, 3}}, scale: [3]float64{1, 0.1, 5}}
	for _, d := range weighting.Methods() {
		m := mustNew(t, settings(d.Name), domains)
		if end := b.descend(t, m, [2]float64{6, 5}); b.outside(end) > 0.02 {
			t.Errorf("%s ends at %.3f, %.3f from the Pareto set", d.Name, end, b.outside(end))
		}
	}
}

// TestScaleOfLosses checks which methods end in the same place whatever unit a loss
// is measured in, as their papers promise, and that equal weights do not.
func TestScaleOfLosses(t *testing.T) {
	centers := [3][2]float64{{0, 0}, {4, 0}, {0, 3}}
	for name, invariant := range map[string]bool{"nash-mtl": true, "imtl-g": true, "equal": false, "mgda": false} {
		one := bowls{centers, [3]float64{1, 1, 1}}.descend(t, mustNew(t, study.Weighting{Name: name}, domains), [2]float64{3, 3})
		two := bowls{centers, [3]float64{1, 0.2, 3}}.descend(t, mustNew(t, study.Weighting{Name: name}, domains), [2]float64{3, 3})
		if moved := math.Hypot(one[0]-two[0], one[1]-two[1]); (moved < 0.05) != invariant {
			t.Errorf("%s ends at %.3f, in other units at %.3f", name, one, two)
		}
	}
}
