package linear

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
)

// Rows are samples by row, as they are fitted: each number less its column's
// origin, and less the mean of that over the rows. Of sparse rows only numbers
// that are not at their origin are stored.
type Rows struct {
	n, p   int
	origin []float32 // what stands in most rows, or 0
	mean   []float64 // of numbers less their origin
	// square is the mean square of numbers less origin and mean.
	square []float64

	dense []float32 // [n, p]; nil for sparse rows
	// Sparse rows: columns and values of row i stand at starts[i]:starts[i+1].
	starts  []int
	columns []int32
	values  []float32

	pieces []int // where the pieces of the rows begin, and the end

	turn   sync.Once
	turned []columns // of each piece, once byColumn was called

	shorten sync.Once
	short   *reduction // once reduced was called
}

// columns are the stored numbers of some sparse rows once more, by column: those of
// column j stand at starts[j]:starts[j+1], by row.
type columns struct {
	starts []int
	rows   []int32
	values []float32
}

// mostTwice is the number of stored numbers up to which sparse rows are kept by
// column too: 32 MB.
const mostTwice = 1 << 22

// byColumn returns the sparse rows of each piece by column.
func (r *Rows) byColumn() []columns {
	r.turn.Do(func() {
		r.turned = make([]columns, len(r.pieces)-1)
		r.each(func(piece, from, to int) {
			first, n := r.starts[from], r.starts[to]-r.starts[from]
			c := columns{make([]int, r.p+1), make([]int32, n), make([]float32, n)}
			for _, j := range r.columns[first:r.starts[to]] {
				c.starts[j+1]++
			}
			for j := range r.p {
				c.starts[j+1] += c.starts[j]
			}
			next := slices.Clone(c.starts)
			for i := from; i < to; i++ {
				for at := r.starts[i]; at < r.starts[i+1]; at++ {
					j := r.columns[at]
					c.rows[next[j]], c.values[next[j]] = int32(i), r.values[at]
					next[j]++
				}
			}
			r.turned[piece] = c
		})
	})
	return r.turned
}

// Len is the number of rows.
func (r *Rows) Len() int { return r.n }

// Columns is the number of numbers of a row.
func (r *Rows) Columns() int { return r.p }

// Sparse says that only numbers that are not at their origin are stored.
func (r *Rows) Sparse() bool { return r.dense == nil }

// Variances of the columns over all rows.
func (r *Rows) Variances() []float64 { return r.square }

// sparseShare is the share of numbers away from their origin up to which rows
// are stored sparsely: each costs twice the room and more time.
const sparseShare = 0.3

// surveyed is the number of rows that the origins of columns are found in.
const surveyed = 1000

// Survey is what a look at some rows says of all: the number that most rows
// have in each column, 0 where there is none, and the share of numbers that
// are others.
type Survey struct {
	Origin []float32
	Share  float64
}

// Look surveys up to a thousand of n rows of p numbers, evenly spread.
func Look(n, p int, read func(row int, x []float32) error) (*Survey, error) {
	s := &Survey{Origin: make([]float32, p)}
	looked := min(n, surveyed)
	lead := make([]int32, p) // of the candidate over all others: Boyer and Moore's majority vote
	x := make([]float32, p)
	visit := func(f func(j int, v float32)) error {
		for k := range looked {
			if err := read(k*n/looked, x); err != nil {
				return err
			}
			for j, v := range x {
				f(j, v)
			}
		}
		return nil
	}
	if err := visit(func(j int, v float32) {
		switch {
		case lead[j] == 0:
			s.Origin[j], lead[j] = v, 1
		case s.Origin[j] == v:
			lead[j]++
		default:
			lead[j]--
		}
	}); err != nil {
		return nil, err
	}
	away := make([]int32, p)
	if err := visit(func(j int, v float32) {
		if v != s.Origin[j] {
			away[j]++
		}
	}); err != nil {
		return nil, err
	}
	total := 0.0
	for j, a := range away {
		if 2*int(a) >= looked { // no majority
			s.Origin[j] = 0
		}
		total += float64(a)
	}
	s.Share = total / (float64(looked) * float64(max(1, p)))
	return s, nil
}

// Stored is how many numbers each row stores in the mean.
func (s *Survey) Stored() float64 {
	if s.Share > sparseShare {
		return float64(len(s.Origin))
	}
	return s.Share*float64(len(s.Origin)) + 1
}

// Collect reads n rows, of as many numbers as were surveyed.
func Collect(ctx context.Context, n int, s *Survey, read func(row int, x []float32) error) (*Rows, error) {
	p := len(s.Origin)
	r := &Rows{n: n, p: p, origin: s.Origin, mean: make([]float64, p), square: make([]float64, p)}
	if s.Share > sparseShare {
		r.dense = make([]float32, n*p)
	} else {
		r.starts = append(make([]int, 0, n+1), 0)
	}
	x := make([]float32, p)
	for i := range n {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err := read(i, x); err != nil {
			return nil, err
		}
		for j, v := range x {
			if v != v {
				return nil, fmt.Errorf("linear: number %d of row %d is NaN", j, i)
			}
			v -= r.origin[j]
			x[j] = v
			if v != 0 && r.dense == nil {
				r.columns, r.values = append(r.columns, int32(j)), append(r.values, v)
			}
		}
		if r.dense != nil {
			copy(r.dense[i*p:], x)
		} else {
			r.starts = append(r.starts, len(r.values))
		}
	}
	r.moments()
	r.divide()
	return r, nil
}

// visit hands out the stored numbers of row i.
func (r *Rows) visit(i int, f func(j int, v float32)) {
	if r.dense != nil {
		for j, v := range r.dense[i*r.p : (i+1)*r.p] {
			f(j, v)
		}
		return
	}
	for at := r.starts[i]; at < r.starts[i+1]; at++ {
		f(int(r.columns[at]), r.values[at])
	}
}

// moments takes means and mean squares of the columns, by two passes.
func (r *Rows) moments() {
	n := float64(max(1, r.n))
	stored := make([]float64, r.p)
	for i := range r.n {
		r.visit(i, func(j int, v float32) {
			r.mean[j] += float64(v)
			stored[j]++
		})
	}
	for j := range r.mean {
		r.mean[j] /= n
	}
	for i := range r.n {
		r.visit(i, func(j int, v float32) {
			d := float64(v) - r.mean[j]
			r.square[j] += d * d
		})
	}
	for j, m := range r.mean {
		r.square[j] = (r.square[j] + (n-stored[j])*m*m) / n
	}
}

// divide cuts the rows into pieces that are summed side by side. Their number
// depends on the rows alone: at most 16, and few where a sum over columns costs
// as much as one over rows.
func (r *Rows) divide() {
	stored := len(r.dense) + len(r.values)
	pieces := max(1, min(16, stored/(8*max(1, r.p)), r.n/64))
	for k := range pieces + 1 {
		r.pieces = append(r.pieces, k*r.n/pieces)
	}
}

// each works on every piece of the rows, several at a time.
func (r *Rows) each(f func(piece, from, to int)) {
	pieces := len(r.pieces) - 1
	work := make(chan int, pieces)
	for k := range pieces {
		work <- k
	}
	close(work)
	var wg sync.WaitGroup
	for range min(pieces, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for k := range work {
				f(k, r.pieces[k], r.pieces[k+1])
			}
		})
	}
	wg.Wait()
}
