package similarity

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/sharewise/sharewise/analysis/dataset"
)

// drawn are training samples of a domain, by chance.
type drawn struct {
	domain *dataset.Domain
	rows   []int
	x      *mat.Dense // inputs as models see them, words as shares of their columns
}

// draw takes up to n training samples of a domain.
func draw(d *dataset.Domain, n int, random *rand.Rand) (*drawn, error) {
	rows := random.Perm(d.Train.Len())
	s := &drawn{domain: d, rows: rows[:min(n, len(rows))]}
	if len(s.rows) == 0 {
		return nil, fmt.Errorf("domain %s has no training samples", d.Name)
	}
	size := elements(d)
	x := make([]float32, len(s.rows)*size)
	if err := d.Train.Gather(s.rows, x); err != nil {
		return nil, fmt.Errorf("domain %s: %w", d.Name, err)
	}
	s.x = mat.NewDense(len(s.rows), expanded(d), nil)
	for i := range s.rows {
		spread(d, x[i*size:(i+1)*size], s.x.RawRowView(i))
	}
	return s, nil
}

func elements(d *dataset.Domain) int {
	n := 1
	for _, k := range d.Shape {
		n *= k
	}
	return n
}

// mostWords is the number of words of a column that have a place of their own.
const mostWords = 64

// expanded is the number of elements of a sample with a place for every word.
func expanded(d *dataset.Domain) int {
	n := elements(d) - len(d.Categories)
	for _, c := range d.Categories {
		n += places(c)
	}
	return n
}

func places(c dataset.Category) int { return min(len(c.Words)+1, mostWords) }

// spread writes a sample, with 1/√2 in the place of a word, so that two words are 1
// apart.
func spread(d *dataset.Domain, x []float32, out []float64) {
	numbers := len(x) - len(d.Categories)
	for k, v := range x[:numbers] {
		out[k] = float64(v)
	}
	at := numbers
	for k, c := range d.Categories {
		out[at+int(x[numbers+k])%places(c)] = math.Sqrt2 / 2
		at += places(c)
	}
}

// target has what is to be predicted of the samples: one column of class numbers, or
// the numbers that training sees.
func (s *drawn) target() *mat.Dense {
	if s.domain.Task.Kind == dataset.Classification {
		out := mat.NewDense(len(s.rows), 1, nil)
		for i, row := range s.rows {
			out.Set(i, 0, float64(s.domain.Train.Label(row)))
		}
		return out
	}
	outputs := s.domain.Task.Outputs()
	y := make([]float32, len(s.rows)*outputs)
	s.domain.Train.Targets(s.rows, y)
	out := mat.NewDense(len(s.rows), outputs, nil)
	for k, v := range y {
		out.Set(k/outputs, k%outputs, float64(v))
	}
	return out
}

// classShares are the shares of classes among all training samples of a domain, nil for a
// task without classes.
func classShares(d *dataset.Domain) map[string]float64 {
	if d.Task.Kind != dataset.Classification && d.Task.Kind != dataset.Binary {
		return nil
	}
	out := map[string]float64{}
	for i := range d.Train.Len() {
		out[d.Task.Classes[d.Train.Label(i)]] += 1 / float64(d.Train.Len())
	}
	return out
}
