package linear

import (
	"context"

	"gonum.org/v1/gonum/stat"
)

// Features are numbers of samples on which linear layers are fitted, every column in
// units of its own standard deviation about its mean; columns that do not vary are zero.
type Features struct {
	values          []float32
	width           int
	mean, deviation []float64
}

// Standard takes features, row after row, of so many columns.
func Standard(values []float32, width int) *Features {
	f := &Features{values: values, width: width, mean: make([]float64, width), deviation: make([]float64, width)}
	column := make([]float64, f.Len())
	for k := range width {
		for i := range column {
			column[i] = float64(values[i*width+k])
		}
		if f.mean[k], f.deviation[k] = stat.PopMeanStdDev(column, nil); !(f.deviation[k] > 0) {
			f.deviation[k] = 1
		}
	}
	return f
}

// Len is the number of samples.
func (f *Features) Len() int { return len(f.values) / f.width }

// Row writes a sample's features in standard units.
func (f *Features) Row(i int, x []float32) error {
	for k := range x {
		x[k] = float32((float64(f.values[i*f.width+k]) - f.mean[k]) / f.deviation[k])
	}
	return nil
}

// Collect takes all of them into memory.
func (f *Features) Collect(ctx context.Context) (*Rows, error) {
	n := f.Len()
	survey, err := Look(n, f.width, f.Row)
	if err != nil {
		return nil, err
	}
	return Collect(ctx, n, survey, f.Row)
}

// Layer writes models that were fitted to features in standard units as one linear layer
// on the features as they are: weight is [outputs, columns] row by row, with the outputs
// of one model after those of another.
func (f *Features) Layer(models []Model, weight, bias []float32) {
	first := 0
	for _, m := range models {
		for o := range m.Outputs {
			b := m.Bias[o]
			for k := range f.width {
				w := m.Weights[k*m.Outputs+o] / f.deviation[k]
				weight[(first+o)*f.width+k] = float32(w)
				b -= w * f.mean[k]
			}
			bias[first+o] = float32(b)
		}
		first += m.Outputs
	}
}
