package linear

import "math"

// reduction is rows in other coordinates: rows that are fewer than their columns span no
// more directions than there are rows, and in an orthonormal basis of these, which Gram
// and Schmidt's procedure finds, row i has numbers along the first i only: they are row i
// of the Cholesky factor of the rows' inner products. Lengths and inner products are
// kept, and with them objective, gradient, penalty and minimum.
type reduction struct {
	of   *Rows
	rows *Rows
	low  []float64 // the Cholesky factor, [rows, rows]
}

const (
	// spanned is the share of a row's square left beside the rows before it below
	// which they count as spanning it.
	spanned = 1e-11
	// mostReduced is the number of rows up to which their inner products are taken:
	// 32 MB.
	mostReduced = 2048
)

// reduced returns the rows in coordinates that are fewer numbers, nil if there are none.
func (r *Rows) reduced() *reduction {
	r.shorten.Do(func() {
		if r.dense != nil && r.n <= mostReduced && r.n*(r.n+1) <= len(r.dense) {
			r.short = r.reduce()
		}
	})
	return r.short
}

func (r *Rows) reduce() *reduction {
	n := r.n
	d := &reduction{of: r, low: make([]float64, n*n)}
	r.products(d.low)
	d.rows = &Rows{n: n, p: n, origin: make([]float32, n), mean: make([]float64, n), square: make([]float64, n), starts: []int{0}}
	for i := range n {
		row := d.row(i)
		whole := row[i]
		for j := range i {
			if before := d.row(j); before[j] > 0 {
				row[j] = (row[j] - inner(before[:j], row[:j])) / before[j]
			} else {
				row[j] = 0
			}
		}
		if left := whole - inner(row[:i], row[:i]); left > spanned*whole {
			row[i] = math.Sqrt(left)
		} else {
			row[i] = 0
		}
		for j, v := range row {
			d.rows.columns, d.rows.values = append(d.rows.columns, int32(j)), append(d.rows.values, float32(v))
			d.rows.square[j] += v * v / float64(n)
		}
		d.rows.starts = append(d.rows.starts, len(d.rows.values))
	}
	d.rows.divide()
	return d
}

// row is row i of the factor up to the diagonal.
func (d *reduction) row(i int) []float64 { return d.low[i*d.of.n:][:i+1] }

// products writes the inner products of dense rows, less their mean, into the lower half
// of out, [rows, rows].
func (r *Rows) products(out []float64) {
	dense := func(i int) []float32 { return r.dense[i*r.p:][:r.p] }
	r.each(func(_, from, to int) {
		x := make([]float64, r.p)
		for i := from; i < to; i++ {
			for j, v := range dense(i) {
				x[j] = float64(v) - r.mean[j]
			}
			own := inner(r.mean, x)
			for j := range i + 1 {
				out[i*r.n+j] = dot(dense(j), x) - own
			}
		}
	})
}

// weights of the columns, [columns, outputs], for those of the coordinates: the sum of
// the rows as these combine to the basis.
func (d *reduction) weights(w []float64, outputs int) []float64 {
	n := d.of.n
	parts, one := make([]float64, len(w)), make([]float64, n)
	copy(parts, w)
	for i := n - 1; i >= 0; i-- {
		one[i] = 1
		row, part := d.row(i), parts[i*outputs:][:outputs]
		if row[i] == 0 {
			clear(part)
			continue
		}
		for o := range part {
			part[o] /= row[i]
		}
		for j, v := range row[:i] {
			add(parts[j*outputs:][:outputs], -v, part)
		}
	}
	out := make([]float64, d.of.p*outputs)
	d.of.transposed(parts, one, out, make([]float64, outputs))
	return out
}
