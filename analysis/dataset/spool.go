package dataset

import (
	"fmt"
	"os"
	"runtime"
	"sync/atomic"
	"unsafe"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// stored is what rows are made of.
type stored interface{ byte | uint16 | float32 | pair }

// spool takes rows of numbers or bytes, all of one size, one after another. It
// keeps them in memory as long as the study's budget lasts, and moves them to
// a temporary file when it does not.
type spool[T stored] struct {
	size   int // elements of a row
	count  int
	budget *budget
	per    int   // rows of a block
	blocks [][]T // full ones in memory
	last   []T   // the block being filled
	file   *os.File
}

// blockBytes is about what a spool takes from the budget, and writes, at once.
const blockBytes = 1 << 20

func newSpool[T stored](size int, b *budget) *spool[T] {
	bytes := size * int(unsafe.Sizeof(*new(T)))
	return &spool[T]{size: size, budget: b, per: max(1, blockBytes/max(1, bytes))}
}

// add takes whole rows, one after another; of size 0, one. Errors are those of
// the temporary file.
func (s *spool[T]) add(rows []T) error {
	if s.size == 0 {
		s.count++
		return nil
	}
	s.count += len(rows) / s.size
	for full := s.per * s.size; len(rows) > 0; {
		if len(s.last) == full {
			if err := s.flush(); err != nil {
				return err
			}
		}
		n := min(len(rows), full-len(s.last))
		s.last = append(s.last, rows[:n]...)
		rows = rows[n:]
	}
	return nil
}

// flush puts away the block being filled, for the next one.
func (s *spool[T]) flush() error {
	if s.file == nil {
		if s.budget.take(int64(len(rawBytes(s.last)))) {
			s.blocks = append(s.blocks, s.last)
			s.last = make([]T, 0, s.per*s.size)
			return nil
		}
		if err := s.open(); err != nil {
			return err
		}
	}
	if err := s.write(s.last); err != nil {
		return err
	}
	s.last = s.last[:0]
	return nil
}

// open moves what is in memory to a temporary file.
func (s *spool[T]) open() error {
	f, err := datafile.Temporary(os.TempDir())
	if err != nil {
		return spoolError(err)
	}
	s.file = f
	for i, b := range s.blocks {
		if err := s.write(b); err != nil {
			return err
		}
		s.budget.give(int64(len(rawBytes(b))))
		s.blocks[i] = nil
	}
	s.blocks = nil
	return nil
}

func (s *spool[T]) write(block []T) error {
	_, err := s.file.Write(rawBytes(block))
	return spoolError(err)
}

func spoolError(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("dataset: data beyond the memory budget go to a temporary file, and it cannot be written; set the variable TMPDIR to a folder with room: %w", err)
}

// finish returns the rows. The spool is not used after it.
func (s *spool[T]) finish() (*blocks[T], error) {
	out := &blocks[T]{size: s.size, rows: s.count, per: s.per}
	if s.file == nil {
		s.budget.take(int64(len(rawBytes(s.last))))
		out.blocks = append(s.blocks, s.last)
		return out, nil
	}
	if err := s.write(s.last); err != nil {
		return nil, err
	}
	defer s.file.Close() // a mapping outlives it
	data, err := datafile.MapFile(s.file, int64(s.count)*int64(s.size)*int64(unsafe.Sizeof(*new(T))))
	if err != nil {
		return nil, fmt.Errorf("dataset: map a temporary file: %w", err)
	}
	out.mapped = &mapping{data: data, limit: max(1<<24, s.budget.total/4)}
	runtime.AddCleanup(out.mapped, datafile.Unmap, data)
	out.per = max(1, s.count)
	out.blocks = [][]T{unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(data))), s.count*s.size)}
	return out, nil
}

// rawBytes is the memory of numbers as bytes, without a copy.
func rawBytes[T stored](v []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), len(v)*int(unsafe.Sizeof(*new(T))))
}

// blocks are rows in blocks of equal size, in memory or in a mapped file.
type blocks[T stored] struct {
	size, rows int
	per        int // rows of a block
	blocks     [][]T
	mapped     *mapping // nil in memory
}

func (b *blocks[T]) count() int { return b.rows }

// row returns a view of a row.
func (b *blocks[T]) row(i int) []T { return b.run(i, 1) }

// run returns a view of row i and those that follow it in its block, n at most.
func (b *blocks[T]) run(i, n int) []T {
	at := i % b.per
	if b.mapped != nil { // one block, all of it mapped
		b.mapped.touch(int64(at) * int64(b.size) * int64(unsafe.Sizeof(*new(T))))
	}
	end := min(at+n, b.per) * b.size
	return b.blocks[i/b.per][at*b.size : end : end]
}

// numberBlocks are blocks of numbers.
type numberBlocks struct{ *blocks[float32] }

func (b numberBlocks) read(row int, dst []float32) {
	copy(dst, b.row(row))
	runtime.KeepAlive(b.mapped)
}

// byteImages are blocks of bytes. The bytes of a mapped file are valid as long
// as the rows are in use.
type byteImages struct{ *blocks[byte] }

func (b byteImages) bytes(row int) []byte { return b.row(row) }

// mapping is a mapped file. The pages that were read count as memory of the
// process until the system needs them elsewhere; giving them back now and then
// keeps that count bounded, and costs nothing but finding them again in the
// system's cache.
type mapping struct {
	data  []byte
	limit int64 // bytes that may be resident
	seen  atomic.Int64
	last  atomic.Int64 // piece that was looked at last
}

// touchBytes is about what one access makes resident: systems map the
// neighbours of a page too.
const touchBytes = 1 << 16

// touch counts the piece of the file that begins at a byte, unless it was the
// last one: rows in order share a piece. Where they go on to the next piece, it
// is made resident at once, not page by page.
func (m *mapping) touch(at int64) {
	piece := at / touchBytes
	last := m.last.Load()
	if piece == last {
		return
	}
	m.last.Store(piece)
	if m.seen.Add(touchBytes) > m.limit {
		m.seen.Store(0)
		release(m.data)
	}
	if piece == last+1 {
		start := piece * touchBytes
		populate(m.data[start:min(start+touchBytes, int64(len(m.data)))])
	}
}
