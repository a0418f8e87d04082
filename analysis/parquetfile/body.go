package parquetfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// The values of a page can be written as runs, differences or prefixes of which few
// bytes stand for any number of values, and the Parquet library makes as many as the
// bytes say. They are therefore counted first, and compared with what the head of the
// page says and with the limits. What is damaged in another way is left to the library.

// leaf is what the pages of a column depend on beside their heads.
type leaf struct {
	repetition, definition int // the highest levels
	kind                   parquet.Kind
	length                 int64 // bytes of a value of fixed length
}

// leaves lists the columns with values, as row groups have them.
func leaves(c *parquet.Column) []leaf {
	if c.Leaf() {
		return []leaf{{c.MaxRepetitionLevel(), c.MaxDefinitionLevel(), c.Type().Kind(), width(c.Type())}}
	}
	var all []leaf
	for _, child := range c.Columns() {
		all = append(all, leaves(child)...)
	}
	return all
}

// width is the number of bytes of a value, and 0 where they differ or are fewer than one.
func width(t parquet.Type) int64 {
	switch t.Kind() {
	case parquet.Int32, parquet.Float:
		return 4
	case parquet.Int64, parquet.Double:
		return 8
	case parquet.Int96:
		return 12
	case parquet.FixedLenByteArray:
		return int64(t.Length())
	}
	return 0
}

// slack is how many values a page may have beyond those its head says: programs fill
// up their last run.
const slack = 1 << 16

var errValues = errors.New("the file is damaged: a page has more values than its head says")

// checkBody counts the values of an unpacked page.
func (c leaf) checkBody(h *format.PageHeader, body []byte, l filelimit.Limits) error {
	switch {
	case h.Type == format.DictionaryPage && h.DictionaryPageHeader.Valid:
		return c.checkDictionary(&h.DictionaryPageHeader.V, body)
	case h.Type == format.DataPage && h.DataPageHeader.Valid:
		v := &h.DataPageHeader.V
		most := int64(v.NumValues) + slack
		for _, level := range []struct {
			highest  int
			encoding format.Encoding
		}{{c.repetition, v.RepetitionLevelEncoding}, {c.definition, v.DefinitionLevelEncoding}} {
			if level.highest == 0 {
				continue
			}
			levels, rest, ok := prefixed(body)
			if !ok {
				return nil
			}
			if err := countLevels(levels, level.encoding, level.highest, most); err != nil {
				return err
			}
			body = rest
		}
		return c.checkValues(v.Encoding, body, int64(v.NumValues), l)
	case h.Type == format.DataPageV2 && h.DataPageHeaderV2.Valid:
		v := &h.DataPageHeaderV2.V
		if v.NumNulls < 0 || v.NumNulls > v.NumValues {
			return fmt.Errorf("the file is damaged: %d of %d values of a page are missing", v.NumNulls, v.NumValues)
		}
		repetition, definition := int64(v.RepetitionLevelsByteLength), int64(v.DefinitionLevelsByteLength)
		if repetition < 0 || definition < 0 || repetition+definition > int64(len(body)) {
			return errLevels
		}
		most := int64(v.NumValues) + slack
		if err := countLevels(body[:repetition], format.RLE, c.repetition, most); err != nil {
			return err
		}
		if err := countLevels(body[repetition:][:definition], format.RLE, c.definition, most); err != nil {
			return err
		}
		return c.checkValues(v.Encoding, body[repetition+definition:], int64(v.NumValues-v.NumNulls), l)
	}
	return nil
}

var errLevels = errors.New("the levels of a page are longer than the page")

// plainDictionary is what older programs call a dictionary, and indices into it.
const plainDictionary = format.PlainDictionary //nolint:staticcheck // files have it

// checkDictionary compares the number of words with their bytes.
func (c leaf) checkDictionary(h *format.DictionaryPageHeader, body []byte) error {
	if h.Encoding != format.Plain && h.Encoding != plainDictionary {
		return fmt.Errorf("the file is damaged: a dictionary is written as %s", h.Encoding)
	}
	if n := int64(h.NumValues); n > 0 && c.length > int64(len(body))/n {
		return fmt.Errorf("the file is damaged: a dictionary of %d bytes cannot have %d values of %d bytes", len(body), n, c.length)
	}
	return nil
}

// prefixed splits bytes that have their number before them from what comes after.
func prefixed(body []byte) (inside, rest []byte, ok bool) {
	if len(body) < 4 {
		return nil, nil, false
	}
	n := int64(binary.LittleEndian.Uint32(body))
	if n > int64(len(body)-4) {
		return nil, nil, false
	}
	return body[4:][:n], body[4+n:], true
}

// countLevels counts levels, unless a column has none. Those packed bit by bit are no more
// than their bits.
func countLevels(levels []byte, encoding format.Encoding, highest int, most int64) error {
	if highest == 0 || encoding != format.RLE {
		return nil
	}
	return countRuns(levels, bits.Len(uint(highest)), most)
}

// countRuns counts values in runs. Those with an even head repeat one value, which takes
// whole bytes; the others have eight values, bit by bit, for each that their head counts.
func countRuns(data []byte, width int, most int64) error {
	const group = 8
	left := uint64(most)
	for len(data) > 0 {
		head, n := binary.Uvarint(data)
		if n <= 0 {
			return nil
		}
		data = data[n:]
		values, length := head>>1, uint64(width+7)/8
		if values == 0 { // the library reads no value behind it
			continue
		}
		if head&1 != 0 {
			if values > left/group { // also where its product would overflow
				return errValues
			}
			values *= group
			length = (values*uint64(width) + 7) / 8
		}
		if values > left {
			return errValues
		}
		left -= values
		if length > uint64(len(data)) {
			return nil
		}
		data = data[length:]
	}
	return nil
}

// checkValues counts the values behind the levels, of which there are so many or, where some
// are missing, fewer.
func (c leaf) checkValues(encoding format.Encoding, body []byte, values int64, l filelimit.Limits) error {
	most := values + slack
	switch encoding {
	case plainDictionary, format.RLEDictionary:
		if len(body) == 0 || body[0] > 32 {
			return nil
		}
		return countRuns(body[1:], int(body[0]), most)
	case format.RLE:
		width := 0
		if c.kind == parquet.Boolean {
			width = 1
			body, _, _ = prefixed(body)
		}
		return countRuns(body, width, most)
	case format.DeltaBinaryPacked, format.DeltaLengthByteArray:
		if len(body) == 0 { // of a page without values
			return nil
		}
		d, err := newDeltas(body, most)
		if err == nil {
			err = d.each(nil)
		}
		return err
	case format.DeltaByteArray:
		if err := checkLength(values*c.length, l); err != nil || len(body) == 0 {
			return err
		}
		total := int64(0)
		for range 2 { // prefixes, then what comes behind them
			d, err := newDeltas(body, most)
			if err != nil {
				return err
			}
			sum, err := d.sum()
			if err != nil {
				return err
			}
			total += sum
			body = d.data
			if err := checkLength(total, l); err != nil {
				return err
			}
		}
	case format.ByteStreamSplit:
		return checkLength(values*c.length, l)
	}
	return nil
}

func checkLength(n int64, l filelimit.Limits) error {
	return l.Check(filelimit.Page, n, fmt.Sprintf("the values of a page become %d bytes", n))
}

// deltas are whole numbers written as differences, in blocks of smaller blocks each of
// which has as many bits for a difference as it needs (DELTA_BINARY_PACKED in Encodings.md
// of Apache Parquet).
type deltas struct {
	data          []byte
	block, blocks uint64 // values of a block, and smaller ones in it
	left          uint64
	value         int32
}

var errDeltas = errors.New("the file is damaged: the differences of a page are cut off or none")

// newDeltas reads what stands before the blocks.
func newDeltas(data []byte, most int64) (*deltas, error) {
	var head [3]uint64
	for i := range head {
		v, n := binary.Uvarint(data)
		if n <= 0 {
			return nil, errDeltas
		}
		head[i], data = v, data[n:]
	}
	first, n := binary.Varint(data)
	const largest = 1 << 16 // block that the library reads
	if n <= 0 || head[0] == 0 || head[0]%128 != 0 || head[0] > largest || head[1] == 0 || head[1] > head[0] || head[0]/head[1]%32 != 0 {
		return nil, errDeltas
	}
	if head[2] > uint64(most) {
		return nil, errValues
	}
	return &deltas{data: data[n:], block: head[0], blocks: head[1], left: head[2], value: int32(first)}, nil
}

// each goes through the values behind the first, whose bytes must be there, and leaves what
// comes after them. Where it is given a function, that gets the difference of each.
func (d *deltas) each(f func(difference int32)) error {
	if d.left == 0 {
		return nil
	}
	d.left--
	each := d.block / d.blocks
	for d.left > 0 {
		smallest, n := binary.Varint(d.data)
		if n <= 0 {
			return errDeltas
		}
		d.data = d.data[n:]
		// Programs leave widths out where there are no values, and the end of the last block.
		widths := d.data[:min(d.blocks, uint64(len(d.data)))]
		d.data = d.data[len(widths):]
		for _, w := range widths {
			values := min(each, d.left)
			if (values*uint64(w)+7)/8 > uint64(len(d.data)) {
				return errDeltas
			}
			block := d.data[:min(each*uint64(w)/8, uint64(len(d.data)))]
			if f != nil {
				if w > 32 {
					return errDeltas
				}
				for i := range values {
					f(int32(smallest) + int32(unpackBits(block, i*uint64(w), uint(w))))
				}
			}
			d.data = d.data[len(block):]
			if d.left -= values; d.left == 0 {
				break
			}
		}
	}
	return nil
}

// sum adds up lengths.
func (d *deltas) sum() (int64, error) {
	if d.left == 0 {
		return 0, nil
	}
	sum, least := int64(d.value), d.value
	err := d.each(func(difference int32) {
		d.value += difference
		sum, least = sum+int64(d.value), min(least, d.value)
	})
	if err == nil && least < 0 {
		err = errors.New("the file is damaged: a value of a page has a length below zero")
	}
	return sum, err
}

// unpackBits returns a number of up to 32 bits that begins at a bit, the lowest first.
func unpackBits(data []byte, at uint64, width uint) uint32 {
	var v uint64
	first := at / 8
	for i := range uint64(5) {
		if first+i < uint64(len(data)) {
			v |= uint64(data[first+i]) << (8 * i)
		}
	}
	return uint32(v >> (at % 8) & (1<<width - 1))
}
