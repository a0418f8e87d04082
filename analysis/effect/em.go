package effect

import (
	"math"

	"gonum.org/v1/gonum/stat/combin"
)

// gridSide is the number of grid points of each probability, emSteps the
// number of steps. Both, and the start, are part of the definition of the
// estimate, because the data leave transfer and interference open.
const (
	gridSide = 21
	emSteps  = 300
)

// mixture is a joint distribution of (p, q) on the grid: weight[i][j] is the
// share of samples with p = i/20, q = j/20.
type mixture struct{ weight [gridSide][gridSide]float64 }

func gridPoint(i int) float64 { return float64(i) / (gridSide - 1) }

// fitMixture runs EM on the count table: samples have binomial counts given
// (p, q). The start is half evenly on the diagonal (no effect) and half evenly
// on the whole grid.
func fitMixture(table [][]int) *mixture {
	ka, kb := len(table)-1, len(table[0])-1
	n := 0
	for _, row := range table {
		for _, c := range row {
			n += c
		}
	}
	pa, pb := binomials(ka), binomials(kb)
	m := &mixture{}
	for i := range gridSide {
		for j := range gridSide {
			m.weight[i][j] = 0.5 / (gridSide * gridSide)
		}
		m.weight[i][i] += 0.5 / gridSide
	}
	// Sums over one count at a time: with the weights w and the chances of counts
	// given p and q, the chance of counts a and b is Σ_i pa[i][a] Σ_j w[i][j] pb[j][b].
	inner := make([][gridSide]float64, kb+1) // Σ_j w[i][j] pb[j][b], by b and i
	outer := make([][gridSide]float64, kb+1) // Σ_a pa[i][a] samples / (n chance), by b and i
	for range emSteps {
		for b := range inner {
			for i := range gridSide {
				total := 0.0
				for j := range gridSide {
					total += m.weight[i][j] * pb[j][b]
				}
				inner[b][i] = total
			}
			outer[b] = [gridSide]float64{}
		}
		for a, row := range table {
			for b, c := range row {
				if c == 0 {
					continue
				}
				chance := 0.0
				for i := range gridSide {
					chance += pa[i][a] * inner[b][i]
				}
				if chance == 0 {
					continue
				}
				f := float64(c) / (float64(n) * chance)
				for i := range gridSide {
					outer[b][i] += f * pa[i][a]
				}
			}
		}
		for i := range gridSide {
			for j := range gridSide {
				share := 0.0
				for b := range outer {
					share += outer[b][i] * pb[j][b]
				}
				m.weight[i][j] *= share
			}
		}
	}
	return m
}

// binomials returns the chance of x of k successes, by grid point and x.
func binomials(k int) [gridSide][]float64 {
	var p [gridSide][]float64
	for i := range gridSide {
		p[i] = make([]float64, k+1)
		for x := range p[i] {
			t := gridPoint(i)
			switch {
			case t == 0 && x == 0, t == 1 && x == k:
				p[i][x] = 1
			case t == 0, t == 1:
			default:
				p[i][x] = math.Exp(combin.LogGeneralizedBinomial(float64(k), float64(x)) +
					float64(x)*math.Log(t) + float64(k-x)*math.Log1p(-t))
			}
		}
	}
	return p
}

// sides returns T = mean max(q-p, 0) and I = mean max(p-q, 0).
func (m *mixture) sides() (t, i float64) {
	for x := range gridSide {
		for y := range gridSide {
			d := gridPoint(y) - gridPoint(x)
			t += m.weight[x][y] * math.Max(d, 0)
			i += m.weight[x][y] * math.Max(-d, 0)
		}
	}
	return t, i
}

// shrunk returns the posterior means of p and q for a sample with a of ka and
// b of kb runs right, given the binomials of both numbers of runs.
func (m *mixture) shrunk(pa [gridSide][]float64, a int, pb [gridSide][]float64, b int) (p, q float64) {
	total := 0.0
	for i := range gridSide {
		for j := range gridSide {
			w := m.weight[i][j] * pa[i][a] * pb[j][b]
			total += w
			p += w * gridPoint(i)
			q += w * gridPoint(j)
		}
	}
	return p / total, q / total
}
