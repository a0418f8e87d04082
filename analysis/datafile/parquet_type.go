package datafile

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding"
	"github.com/parquet-go/parquet-go/format"
)

// conversion turns the plain values of a Parquet type into numbers or words.
//
//	integers, floats   themselves
//	booleans           0 and 1; false and true
//	decimals           unscaled / 10^scale
//	dates, timestamps  days since 1970-01-01, with fractions: a 32-bit number
//	                   tells about three minutes apart
//	INT96              the same: what Spark, Hive and Impala write timestamps as
//	times of day       seconds since midnight
//	texts              no numbers, but see [ParquetField.OpenSpelled]
type conversion struct {
	kind     parquet.Kind
	unsigned bool
	decimal  bool
	half     bool    // 16-bit floats
	date     bool    // days since 1970-01-01, once in their unit
	divisor  float64 // 1 unless the unit changes
	text     bool
}

func newConversion(typ parquet.Type) (conversion, error) {
	c := conversion{kind: typ.Kind(), divisor: 1}
	var logical any
	if l := typ.LogicalType(); l != nil {
		logical = l.Value
	}
	switch l := logical.(type) {
	case *format.DecimalType:
		c.decimal, c.divisor = true, math.Pow10(int(l.Scale))
	case *format.DateType:
		c.date = true
	case *format.TimestampType:
		c.date = true
		c.divisor = float64(24*time.Hour) / float64(unitOf(l.Unit))
	case *format.TimeType:
		c.divisor = float64(time.Second) / float64(unitOf(l.Unit))
	case *format.IntType:
		c.unsigned = !l.IsSigned
	case *format.Float16Type:
		c.half = true
	}
	switch c.kind {
	case parquet.Boolean, parquet.Int32, parquet.Int64, parquet.Float, parquet.Double:
		return c, nil
	case parquet.Int96:
		return c, nil
	case parquet.ByteArray:
		c.text = !c.decimal
		return c, nil
	case parquet.FixedLenByteArray:
		if c.decimal || c.half {
			return c, nil
		}
	}
	return c, fmt.Errorf("has type %s, which is not read; write it as a number, a text or a timestamp of 64 bits", typ)
}

func unitOf(u format.TimeUnit) time.Duration {
	if u.Value == nil {
		return time.Millisecond
	}
	return u.Value.Duration()
}

// numbers appends n values as numbers.
func (c conversion) numbers(dst []float64, v encoding.Values, n int) []float64 {
	start := len(dst)
	dst = slices.Grow(dst, n)
	switch {
	case c.kind == parquet.Boolean:
		for _, b := range unpackBits(v.Boolean(), n) {
			dst = append(dst, float64(b))
		}
	case c.kind == parquet.Int32 && c.unsigned:
		dst = appendNumbers(dst, v.Uint32())
	case c.kind == parquet.Int32:
		dst = appendNumbers(dst, v.Int32())
	case c.kind == parquet.Int64 && c.unsigned:
		dst = appendNumbers(dst, v.Uint64())
	case c.kind == parquet.Int64:
		dst = appendNumbers(dst, v.Int64())
	case c.kind == parquet.Float:
		dst = appendNumbers(dst, v.Float())
	case c.kind == parquet.Double:
		dst = append(dst, v.Double()...)
	case c.kind == parquet.Int96:
		for _, x := range v.Int96() {
			dst = append(dst, julianMoment(x))
		}
	default:
		for _, b := range byteValues(v, c.kind) {
			dst = append(dst, c.number(b))
		}
	}
	if c.divisor != 1 {
		for i := start; i < len(dst); i++ {
			dst[i] /= c.divisor
		}
	}
	return dst
}

func appendNumbers[T int32 | uint32 | int64 | uint64 | float32](dst []float64, values []T) []float64 {
	for _, v := range values {
		dst = append(dst, float64(v))
	}
	return dst
}

// number reads a decimal, big-endian in two's complement, or a 16-bit float.
func (c conversion) number(b []byte) float64 {
	if c.half {
		return halfFloat(binary.LittleEndian.Uint16(b))
	}
	v := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0] >= 0x80 {
		v.Sub(v, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	f, _ := new(big.Float).SetInt(v).Float64()
	return f
}

// julianMoment is a timestamp of twelve bytes, in days since 1970-01-01: the
// nanoseconds of the day, and the number of the Julian day that begins at its
// midnight.
func julianMoment(x [3]uint32) float64 {
	const epoch = 2440588
	nanoseconds := int64(uint64(x[1])<<32 | uint64(x[0]))
	return float64(int64(x[2])-epoch) + float64(nanoseconds)/float64(24*time.Hour)
}

// halfFloat is the number of an IEEE 754 binary16.
func halfFloat(h uint16) float64 {
	sign := 1.0
	if h>>15 == 1 {
		sign = -1
	}
	exponent, fraction := int(h>>10&0x1f), float64(h&0x3ff)
	switch exponent {
	case 0:
		return sign * math.Ldexp(fraction, -24)
	case 0x1f:
		if fraction != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(1024+fraction, exponent-25)
}

// words appends n values as texts. Whole numbers have no point; dates have the
// year first, and a time of day where they are timestamps.
func (c conversion) words(dst []string, v encoding.Values, n int) []string {
	switch {
	case c.text:
		for _, b := range byteValues(v, c.kind) {
			dst = append(dst, string(b))
		}
		return dst
	case c.date:
		layout := "2006-01-02 15:04:05.999999"
		if c.kind == parquet.Int32 {
			layout = time.DateOnly
		}
		for _, days := range c.numbers(nil, v, n) {
			dst = append(dst, time.UnixMicro(int64(math.Round(days*86400e6))).UTC().Format(layout))
		}
		return dst
	case c.kind == parquet.Boolean:
		for _, b := range unpackBits(v.Boolean(), n) {
			dst = append(dst, strconv.FormatBool(b == 1))
		}
		return dst
	case c.kind == parquet.Int64 && c.divisor == 1 && c.unsigned:
		for _, x := range v.Uint64() {
			dst = append(dst, strconv.FormatUint(x, 10))
		}
		return dst
	case c.kind == parquet.Int64 && c.divisor == 1:
		for _, x := range v.Int64() {
			dst = append(dst, strconv.FormatInt(x, 10))
		}
		return dst
	}
	bits := 64
	if c.kind == parquet.Float {
		bits = 32
	}
	for _, x := range c.numbers(nil, v, n) {
		if x == math.Trunc(x) && math.Abs(x) < 1<<53 {
			dst = append(dst, strconv.FormatInt(int64(x), 10))
		} else {
			dst = append(dst, strconv.FormatFloat(x, 'g', -1, bits))
		}
	}
	return dst
}

// unpackBits unpacks n booleans.
func unpackBits(packed []byte, n int) []byte {
	out := make([]byte, min(n, 8*len(packed)))
	for i := range out {
		out[i] = packed[i/8] >> (i % 8) & 1
	}
	return out
}

// byteValues lists values of bytes.
func byteValues(v encoding.Values, kind parquet.Kind) [][]byte {
	var out [][]byte
	if kind == parquet.ByteArray {
		data, offsets := v.ByteArray()
		for i := 1; i < len(offsets); i++ {
			out = append(out, data[offsets[i-1]:offsets[i]])
		}
		return out
	}
	data, size := v.FixedLenByteArray()
	for size > 0 && len(data) >= size {
		out = append(out, data[:size])
		data = data[size:]
	}
	return out
}
