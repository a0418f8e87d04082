package dataset

import (
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/study"
)

// RowTransform is what is done to the numbers of a row before they are
// normalised, in this order. A nil one does nothing.
type RowTransform struct {
	// Numbers is how many of a row's values, from the first on, are concerned:
	// all but indicators and codes of words.
	Numbers int `json:"numbers"`
	// Log makes sign(x)·ln(1 + |x|) of x.
	Log bool `json:"log,omitempty"`
	// Weights, where not nil, multiply the numbers: the inverse document
	// frequencies of tf-idf.
	Weights []float32 `json:"weights,omitempty"`
	// Length divides the numbers by the root of the sum of their squares, unless
	// it is 0.
	Length bool `json:"length,omitempty"`
}

// Apply transforms a row in place.
func (t *RowTransform) Apply(x []float32) {
	if t == nil {
		return
	}
	x = x[:t.Numbers]
	if t.Log {
		for j, v := range x {
			x[j] = float32(math.Copysign(math.Log1p(math.Abs(float64(v))), float64(v)))
		}
	}
	for j, w := range t.Weights {
		x[j] *= w
	}
	if !t.Length {
		return
	}
	sum := 0.0
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	if sum == 0 {
		return
	}
	length := math.Sqrt(sum)
	for j, v := range x {
		x[j] = float32(float64(v) / length)
	}
}

// transformedRows are rows whose missing numbers are filled in, with their
// offsets, transformed.
type transformedRows struct {
	numberRows
	offset    []float64
	fill      []float32 // less the offset; nil where nothing is missing
	transform *RowTransform
}

func (t *transformedRows) read(row int, dst []float32) {
	t.numberRows.read(row, dst)
	for j, v := range dst {
		if v != v {
			v = t.fill[j]
		}
		if t.offset != nil {
			v = float32(float64(v) + t.offset[j])
		}
		dst[j] = v
	}
	t.transform.Apply(dst)
}

// transformRows fits what input.normalize does to rows before they are
// normalised, on the training rows; nil where it does nothing.
func (a *assembly) transformRows(st *store, train []int, fill []float32) *transformedRows {
	numbers := st.size() - st.indicators - len(st.categories)
	t := &RowTransform{Numbers: numbers}
	out := &transformedRows{numberRows: st.values, offset: st.offset, transform: t}
	if fill != nil {
		out.fill = slices.Clone(fill)
		for j, v := range out.fill {
			if v != v { // missing in all training rows
				out.fill[j] = 0
			}
		}
	}
	switch a.study.Input.Normalize {
	case study.NormalizeLog:
		t.Log = true
	case study.NormalizeLength:
		t.Length = true
	case study.NormalizeTFIDF:
		t.Weights = inverseFrequencies(out, st.size(), numbers, train)
		t.Length = true
	}
	return out
}

// inverseFrequencies are ln((1 + n) / (1 + df)) + 1 for n rows, of which df have
// another number than 0 in the column: the smooth form of scikit-learn's
// TfidfTransformer, after Salton and Buckley: Term-weighting approaches in
// automatic text retrieval, 1988.
func inverseFrequencies(rows *transformedRows, size, numbers int, train []int) []float32 {
	count := make([]int, numbers)
	x := make([]float32, size)
	for _, row := range train {
		rows.read(row, x)
		for j := range count {
			if x[j] != 0 {
				count[j]++
			}
		}
	}
	out := make([]float32, numbers)
	for j, df := range count {
		out[j] = float32(math.Log(float64(1+len(train))/float64(1+df)) + 1)
	}
	return out
}

// oneScale is the root of the mean square of the numbers that are not 0 in
// training, 1 where there are none. Divided by it, zeros stay zeros and the
// others are of the size that networks expect, whatever the number of columns.
func oneScale(rows numberRows, size, numbers int, train []int) float32 {
	x := make([]float32, size)
	sum, n := 0.0, 0
	for _, row := range train {
		rows.read(row, x)
		for _, v := range x[:numbers] {
			if v != 0 {
				sum += float64(v) * float64(v)
				n++
			}
		}
	}
	if n == 0 {
		return 1
	}
	return float32(math.Sqrt(sum / float64(n)))
}
