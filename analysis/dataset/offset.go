package dataset

import "math"

// Numbers are stored in 32 bits. Where these would round away what tells the
// rows of a column apart, as with Unix seconds or three decimals near 1e9, the
// column is stored as differences from an offset of 64 bits.
const (
	// mostRounding is the largest error of rounding, as a share of the range of
	// a column, that needs no offset.
	mostRounding = 1e-4
	// largeConstant is the size from which on a column that is the same in all
	// rows seen gets an offset: later rows may differ by little.
	largeConstant = 1 << 20
	// offsetNumbers bounds the numbers that are looked at before offsets are
	// settled.
	offsetNumbers = 1 << 20
	// offsetRows are the most rows that are looked at.
	offsetRows = 4096
)

// spread describes the numbers of a column, or channel, before they are stored.
type spread struct {
	n       int
	lo, hi  float64
	rounded float64 // largest error of 32 bits
}

// add takes a number; one that is missing (NaN) says nothing.
func (s *spread) add(v float64) {
	if v != v {
		return
	}
	if s.n == 0 {
		s.lo, s.hi = v, v
	}
	s.n++
	s.lo, s.hi = min(s.lo, v), max(s.hi, v)
	s.rounded = max(s.rounded, math.Abs(v-float64(float32(v))))
}

// offset is what is subtracted before numbers are stored, 0 where 32 bits are
// enough.
func (s *spread) offset() float64 {
	switch extent := s.hi - s.lo; {
	case extent == 0 && math.Abs(s.lo) >= largeConstant, extent > 0 && s.rounded > mostRounding*extent:
		return s.lo
	}
	return 0
}

// offsetsOf returns the offsets of columns, nil where none has one.
func offsetsOf(columns []spread) []float64 {
	out := make([]float64, len(columns))
	given := false
	for j := range columns {
		out[j] = columns[j].offset()
		given = given || out[j] != 0
	}
	if !given {
		return nil
	}
	return out
}

// rowKeeper stores the rows of a table in 32 bits. It holds the first rows back
// until it knows the offsets of columns; the tables of one domain share them.
type rowKeeper struct {
	*spool[float32]
	width   int
	settled bool
	offset  []float64 // nil: none
	head    []float64
	row     []float32
}

// settledOffsets are the offsets that a domain's first table has settled for the
// others.
type settledOffsets struct {
	settled bool
	offset  []float64
}

func newRowKeeper(width int, b *budget, o settledOffsets) *rowKeeper {
	return &rowKeeper{spool: newSpool[float32](width, b), width: width, settled: o.settled, offset: o.offset, row: make([]float32, width)}
}

// keep adds a row. Errors are those of the temporary file.
func (k *rowKeeper) keep(values []float64) error {
	if k.settled {
		return k.store(values)
	}
	if k.width == 0 {
		return k.add(nil)
	}
	k.head = append(k.head, values...)
	if rows := len(k.head) / k.width; rows < offsetRows && len(k.head) < offsetNumbers {
		return nil
	}
	return k.settle()
}

// settle chooses the offsets and stores the rows held back.
func (k *rowKeeper) settle() error {
	if k.settled {
		return nil
	}
	columns := make([]spread, k.width)
	for i, v := range k.head {
		columns[i%k.width].add(v)
	}
	k.offset, k.settled = offsetsOf(columns), true
	for at := 0; at < len(k.head); at += k.width {
		if err := k.store(k.head[at : at+k.width]); err != nil {
			return err
		}
	}
	k.head = nil
	return nil
}

func (k *rowKeeper) store(values []float64) error {
	for j, v := range values {
		if k.offset != nil {
			v -= k.offset[j]
		}
		k.row[j] = float32(v)
	}
	return k.add(k.row)
}
