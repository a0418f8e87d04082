package linear

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
)

// pictures is a problem of ten classes like those of small images: as many rows and
// columns, a share of the numbers at the value that most have.
func pictures(b *testing.B, rows int, empty float64) (*Problem, []int) {
	b.Helper()
	const columns, classes = 784, 10
	rng := rand.New(rand.NewPCG(1, 2))
	p := &Problem{Loss: Softmax, Outputs: classes, Target: make([]float64, rows), Weight: make([]float64, rows)}
	part := make([]int, rows)
	read := func(row int, x []float32) error {
		rng := rand.New(rand.NewPCG(3, uint64(row)))
		for j := range x {
			x[j] = 0
			if rng.Float64() > empty {
				x[j] = float32(rng.NormFloat64()) + float32(int(p.Target[row])*(j%7))/20
			}
		}
		return nil
	}
	for i := range rows {
		p.Target[i], p.Weight[i], part[i] = float64(rng.IntN(classes)), 1, i%3
	}
	s, err := Look(rows, columns, read)
	if err != nil {
		b.Fatal(err)
	}
	if p.Rows, err = Collect(context.Background(), rows, s, read); err != nil {
		b.Fatal(err)
	}
	return p, part
}

// BenchmarkProducts multiplies the rows by weights, and their transpose by scores.
func BenchmarkProducts(b *testing.B) {
	for _, empty := range []float64{0.35, 0.8} {
		p, _ := pictures(b, 500, empty)
		b.Run(fmt.Sprintf("sparse=%v", p.Rows.Sparse()), func(b *testing.B) { benchProducts(b, p) })
	}
}

func benchProducts(b *testing.B, p *Problem) {
	r, k := p.Rows, p.Outputs
	n := float64((len(r.dense) + len(r.values)) * k)
	v, c := make([]float64, r.p*k), make([]float64, k)
	for i := range v {
		v[i] = float64(i%13) / 13
	}
	out, back, sum := make([]float64, r.n*k), make([]float64, r.p*k), make([]float64, k)
	b.Run("times", func(b *testing.B) {
		for b.Loop() {
			r.times(v, c, nil, out)
		}
		b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds()/1e9, "Gprod/s")
	})
	b.Run("transposed", func(b *testing.B) {
		for b.Loop() {
			r.transposed(out, p.Weight, back, sum)
		}
		b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds()/1e9, "Gprod/s")
	})
}

// BenchmarkChoose chooses the penalty of a domain of 500 small images by three folds.
func BenchmarkChoose(b *testing.B) {
	p, part := pictures(b, 500, 0.8)
	for b.Loop() {
		if _, err := p.Choose(context.Background(), Search{Part: part}); err != nil {
			b.Fatal(err)
		}
	}
}
