package gram_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/floats"

	"github.com/sharewise/sharewise/analysis/weighting/gram"
)

// TestPublishedWeights compares with the weights that TorchJD's documentation and
// tests state for one matrix, to the four digits that are given.
func TestPublishedWeights(t *testing.T) {
	j := [][]float64{{-4, 1, 1}, {6, 1, 1}}
	m := mustMatrix(t, j)
	r := rand.New(rand.NewPCG(1, 2))
	imtl := m.IMTLG()
	floats.Scale(1/floats.Sum(imtl), imtl)
	for _, test := range []struct {
		name      string
		got, want []float64
	}{
		{"AlignedMTL", m.Aligned(), []float64{0.5591, 0.4083}},
		{"DualProj", m.DualProjection(), []float64{0.6109, 0.5000}},
		{"IMTLG", imtl, []float64{0.5923, 0.4077}},
		{"MGDA", m.MGDA(), []float64{0.6, 0.4}},
		{"PCGrad", m.PCGrad(r), []float64{2.2222, 1.5789}},
		{"UPGrad", m.UPGrad(), []float64{1.1109, 0.7894}},
		{"CAGrad with c = 0.5", m.CAGrad(0.5), []float64{0.7041, 0.5000}},
	} {
		for i := range test.want {
			if d := test.got[i] - test.want[i]; d > 1e-4 || d < -1e-4 {
				t.Errorf("%s: %.5f, published are %.4f", test.name, test.got, test.want)
				break
			}
		}
	}
	// Of Nash-MTL a direction is published, in its own scale.
	direction := combine(j, m.Nash())
	if got, want := direction[0]/direction[1], 0.0542/0.7061; got-want > 2e-4 || want-got > 2e-4 {
		t.Errorf("Nash: elements of the direction have the ratio %.5f, published is %.5f", got, want)
	}
	// GradVac with targets of zero is PCGrad.
	target := make([]float64, 4)
	wantClose(t, "GradVac with targets of zero", m.GradVac(r, target, 0), m.PCGrad(r), 1e-12)
}

func ExampleMatrix_UPGrad() {
	// Two gradients that conflict.
	m, err := gram.New([]float64{18, -22, -22, 38}, 2)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.4f\n", m.UPGrad())
	// Output: [1.1109 0.7894]
}
