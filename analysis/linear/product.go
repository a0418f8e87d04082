package linear

// times writes X̃V + c into out, [rows, outputs]. V is [columns, outputs]. Rows
// without weight are left alone; nil stands for weights of 1.
func (r *Rows) times(v, c, weight, out []float64) {
	k := len(c)
	shift := make([]float64, k) // c less the part of the means
	copy(shift, c)
	for j, m := range r.mean {
		if m != 0 {
			for o := range k {
				shift[o] -= m * v[j*k+o]
			}
		}
	}
	r.each(func(_, from, to int) {
		for i := from; i < to; i++ {
			if weight != nil && weight[i] == 0 {
				continue
			}
			row := out[i*k : (i+1)*k]
			copy(row, shift)
			switch {
			case r.dense != nil && k == 1:
				row[0] += dot(r.dense[i*r.p:(i+1)*r.p], v)
			case r.dense != nil:
				addRows(row, r.dense[i*r.p:(i+1)*r.p], v)
			default:
				addPicked(row, r.values[r.starts[i]:r.starts[i+1]], r.columns[r.starts[i]:r.starts[i+1]], v)
			}
		}
	})
}

// transposed writes X̃ᵀA into out, [columns, outputs], and the sums of A's
// columns into sum. A is [rows, outputs], and counts as 0 in rows without weight.
func (r *Rows) transposed(a, weight, out, sum []float64) {
	k := len(sum)
	if r.dense == nil && k > 1 && len(r.values) <= mostTwice {
		r.transposedByColumn(a, weight, out, sum)
		return
	}
	parts := make([][]float64, len(r.pieces)-1)
	sums := make([][]float64, len(parts))
	r.each(func(piece, from, to int) {
		part, s := make([]float64, r.p*k), make([]float64, k)
		block := make([]int, 0, 4) // dense rows that are not added yet
		for i := from; i < to; i++ {
			if weight[i] == 0 {
				continue
			}
			row := a[i*k : (i+1)*k]
			add(s, 1, row)
			switch {
			case r.dense != nil && k == 1:
				addRow(part, row[0], r.dense[i*r.p:(i+1)*r.p])
			case r.dense != nil:
				if block = append(block, i); len(block) == cap(block) {
					r.addProducts(part, a, block)
					block = block[:0]
				}
			default:
				for at := r.starts[i]; at < r.starts[i+1]; at++ {
					j := int(r.columns[at]) * k
					add(part[j:j+k], float64(r.values[at]), row)
				}
			}
		}
		r.addProducts(part, a, block)
		parts[piece], sums[piece] = part, s
	})
	r.sumUp(parts, sums, out, sum)
}

// sumUp adds the parts of the pieces, in order, and takes away that of the means.
func (r *Rows) sumUp(parts, sums [][]float64, out, sum []float64) {
	k := len(sum)
	clear(out)
	clear(sum)
	for piece := range parts {
		add(out, 1, parts[piece])
		add(sum, 1, sums[piece])
	}
	for j, m := range r.mean {
		if m != 0 {
			add(out[j*k:(j+1)*k], -m, sum)
		}
	}
}

// transposedByColumn is transposed for sparse rows of several outputs. It gives the
// same sums in the same order, of several rows in one pass over a column's part.
func (r *Rows) transposedByColumn(a, weight, out, sum []float64) {
	k := len(sum)
	parts := make([][]float64, len(r.pieces)-1)
	sums := make([][]float64, len(parts))
	held := make([]float64, len(a)) // A without what stands in rows without weight
	turned := r.byColumn()
	r.each(func(piece, from, to int) {
		part, s := make([]float64, r.p*k), make([]float64, k)
		for i := from; i < to; i++ {
			if weight[i] != 0 {
				add(s, 1, a[i*k:(i+1)*k])
				copy(held[i*k:], a[i*k:(i+1)*k])
			}
		}
		t := turned[piece]
		for j := range r.p {
			addPicked(part[j*k:(j+1)*k], t.values[t.starts[j]:t.starts[j+1]], t.rows[t.starts[j]:t.starts[j+1]], held)
		}
		parts[piece], sums[piece] = part, s
	})
	r.sumUp(parts, sums, out, sum)
}

// add adds f·x to dst.
func add(dst []float64, f float64, x []float64) {
	for o, v := range x[:len(dst)] {
		dst[o] += f * v
	}
}

// addRows adds Vᵀx to dst. V is [len(x), len(dst)]. Four rows of V are added in one
// pass over dst, in their order, which gives what one after another would.
func addRows(dst []float64, x []float32, v []float64) {
	k, j := len(dst), 0
	for ; j+4 <= len(x); j += 4 {
		f0, f1, f2, f3 := float64(x[j]), float64(x[j+1]), float64(x[j+2]), float64(x[j+3])
		v0, v1, v2, v3 := v[j*k:][:k], v[(j+1)*k:][:k], v[(j+2)*k:][:k], v[(j+3)*k:][:k]
		for o, d := range dst {
			dst[o] = d + f0*v0[o] + f1*v1[o] + f2*v2[o] + f3*v3[o]
		}
	}
	for ; j < len(x); j++ {
		add(dst, float64(x[j]), v[j*k:(j+1)*k])
	}
}

// addPicked adds Σ f_i·V[at_i] to dst, where V[i] is a row of V, [rows, len(dst)]. Four
// are added in one pass over dst, in their order.
func addPicked(dst []float64, f []float32, at []int32, v []float64) {
	k, i := len(dst), 0
	for at = at[:len(f)]; i+4 <= len(f); i += 4 {
		f0, f1, f2, f3 := float64(f[i]), float64(f[i+1]), float64(f[i+2]), float64(f[i+3])
		v0, v1, v2, v3 := v[int(at[i])*k:][:k], v[int(at[i+1])*k:][:k], v[int(at[i+2])*k:][:k], v[int(at[i+3])*k:][:k]
		for o, d := range dst {
			dst[o] = d + f0*v0[o] + f1*v1[o] + f2*v2[o] + f3*v3[o]
		}
	}
	for ; i < len(f); i++ {
		add(dst, float64(f[i]), v[int(at[i])*k:][:k])
	}
}

// addProducts adds to part, [columns, outputs], the products of dense rows and their
// rows of A, [rows, outputs], four rows at a time or one.
func (r *Rows) addProducts(part, a []float64, rows []int) {
	if len(rows) == 0 {
		return
	}
	k := len(part) / r.p
	x := func(i int) []float32 { return r.dense[i*r.p : (i+1)*r.p] }
	y := func(i int) []float64 { return a[i*k : (i+1)*k] }
	if len(rows) < 4 {
		for _, i := range rows {
			for j, v := range x(i) {
				add(part[j*k:(j+1)*k], float64(v), y(i))
			}
		}
		return
	}
	y0, y1, y2, y3 := y(rows[0]), y(rows[1]), y(rows[2]), y(rows[3])
	x1, x2, x3 := x(rows[1]), x(rows[2]), x(rows[3])
	for j, v := range x(rows[0]) {
		f0, f1, f2, f3 := float64(v), float64(x1[j]), float64(x2[j]), float64(x3[j])
		dst := part[j*k:][:k]
		y0, y1, y2, y3 := y0[:k], y1[:k], y2[:k], y3[:k]
		for o, d := range dst {
			dst[o] = d + f0*y0[o] + f1*y1[o] + f2*y2[o] + f3*y3[o]
		}
	}
}

// addRow adds f·x to dst.
func addRow(dst []float64, f float64, x []float32) {
	for j, v := range x[:len(dst)] {
		dst[j] += f * float64(v)
	}
}

// dot is the inner product, in four sums that do not wait for each other.
func dot(x []float32, v []float64) float64 {
	v = v[:len(x)]
	var a, b, c, d float64
	j := 0
	for ; j+4 <= len(x); j += 4 {
		a += float64(x[j]) * v[j]
		b += float64(x[j+1]) * v[j+1]
		c += float64(x[j+2]) * v[j+2]
		d += float64(x[j+3]) * v[j+3]
	}
	for ; j < len(x); j++ {
		a += float64(x[j]) * v[j]
	}
	return a + b + c + d
}

// inner is the inner product of equal lengths.
func inner(a, b []float64) float64 {
	sum := 0.0
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}
