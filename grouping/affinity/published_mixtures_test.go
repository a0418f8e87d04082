package affinity

import (
	"compress/gzip"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/sharewise/sharewise/grouping/internal/published"
)

// mixture is a line of published-mixtures.json: losses of models of a mixture of 17
// text domains, predicted from fits to other mixtures. Figures are means over the
// 13 domains that losses are known for.
type mixture struct {
	Features  string  `json:"features"`
	Estimator string  `json:"estimator"`
	Trained   int     `json:"mixtures_trained"`
	Held      int     `json:"mixtures_held_out"`
	Spearman  float64 `json:"spearman"`
	Least     float64 `json:"least_spearman"` // over domains
	Error     float64 `json:"error"`
	OfMean    float64 `json:"error_of_mean"`
	// Large is the rank correlation with losses of models sixty times as large,
	// of the same mixtures.
	Large float64 `json:"spearman_60m"`
}

// zipped reads a compressed table without its first row and column.
func zipped(t *testing.T, path string) [][]float64 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out [][]float64
	for _, line := range lines[1:] {
		var row []float64
		for _, field := range line[1:] {
			v, err := strconv.ParseFloat(field, 64)
			if err != nil {
				t.Fatal(err)
			}
			row = append(row, v)
		}
		out = append(out, row)
	}
	return out
}

// withLogs puts log(r + 0.01) beside the shares r of a mixture.
func withLogs(x [][]float64) [][]float64 {
	var out [][]float64
	for _, row := range x {
		wide := slices.Clone(row)
		for _, r := range row {
			wide = append(wide, math.Log(r+0.01))
		}
		out = append(out, wide)
	}
	return out
}

// standard gives columns mean zero and variance one, by the first rows.
func standard(x [][]float64, fit int) [][]float64 {
	out := make([][]float64, len(x))
	for i := range x {
		out[i] = slices.Clone(x[i])
	}
	for c := range x[0] {
		sum, squares := 0.0, 0.0
		for _, row := range x[:fit] {
			sum += row[c]
			squares += row[c] * row[c]
		}
		mean := sum / float64(fit)
		deviation := math.Sqrt(squares/float64(fit) - mean*mean)
		for i := range out {
			out[i][c] = (x[i][c] - mean) / max(deviation, 1e-12)
		}
	}
	return out
}

// TestPublishedMixtures fits processes to losses over mixtures of training data and
// audits them on mixtures that were not fitted.
func TestPublishedMixtures(t *testing.T) {
	dir := published.Folder(t)
	read := func(name string) [][]float64 { return zipped(t, filepath.Join(dir, "regmix_"+name+".csv.gz")) }
	x, y := read("train_mixture_1m"), read("train_pile_loss_1m")
	heldX, heldY, large := read("test_mixture_1m"), read("test_pile_loss_1m"), read("test_pile_loss_60m")
	if mixes := read("test_mixture_60m"); !slices.EqualFunc(mixes, heldX, slices.Equal) {
		t.Fatal("the mixtures of small and large models differ")
	}
	var all []mixture
	for _, features := range []string{"shares", "shares and logarithms"} {
		in := slices.Concat(x, heldX)
		if features != "shares" {
			in = withLogs(in)
		}
		for _, fit := range []int{64, 256} {
			wide := standard(in, fit)
			for _, k := range []Kernel{Linear, LinearPairs, Radial} {
				if k == LinearPairs && fit > 64 {
					continue // takes minutes
				}
				m := mixture{Features: features, Estimator: k.String(), Trained: fit, Held: len(heldX), Least: 1}
				domains := float64(len(y[0]))
				for d := range y[0] {
					target := column(y, d)[:fit]
					p, err := FitProcess(k, wide[:fit], target)
					if err != nil {
						t.Fatal(err)
					}
					var predicted []float64
					squares, ofMean := 0.0, 0.0
					for i, row := range wide[len(x):] {
						v, _ := p.Predict(row)
						predicted = append(predicted, v)
						squares += (v - heldY[i][d]) * (v - heldY[i][d]) / float64(len(heldX))
						ofMean += math.Pow(average(target)-heldY[i][d], 2) / float64(len(heldX))
					}
					rho := spearman(predicted, column(heldY, d))
					m.Spearman += rho / domains
					m.Least = min(m.Least, rho)
					m.Large += spearman(predicted, column(large, d)) / domains
					m.Error += math.Sqrt(squares) / domains
					m.OfMean += math.Sqrt(ofMean) / domains
				}
				for _, v := range []*float64{&m.Spearman, &m.Least, &m.Large, &m.Error, &m.OfMean} {
					*v = math.Round(1e4**v) / 1e4
				}
				all = append(all, m)
			}
		}
	}
	checkPublished(t, "mixtures.json", all)
}

func column(x [][]float64, c int) []float64 {
	var out []float64
	for _, row := range x {
		out = append(out, row[c])
	}
	return out
}

func average(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}
