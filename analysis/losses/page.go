package losses

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding"
	"github.com/parquet-go/parquet-go/format"
)

// pageValues is one page without nulls of a column, with what is known of the
// column's dictionary.
type pageValues struct {
	page parquet.Page
	dict *dictCache
}

// dictCache keeps the decoded dictionary of a column chunk, so that it is
// decoded once and not per page.
type dictCache struct {
	of      parquet.Dictionary
	ints    []int64
	floats  []float64
	strings []string
	samples []SampleID
	codes   []int32
}

// data returns the values of the page, or, where it has a dictionary, those of
// the dictionary and the index of each value into them.
func (v pageValues) data() (values encoding.Values, typ parquet.Type, index []int32) {
	if d := v.page.Dictionary(); d != nil {
		if v.dict.of != d {
			*v.dict = dictCache{of: d}
		}
		data := v.page.Data()
		return d.Page().Data(), d.Type(), data.Int32()
	}
	return v.page.Data(), v.page.Type(), nil
}

// decode appends a page to dst. all decodes a whole run of plain values; the
// dictionary's are decoded once and kept in cache.
func decode[T any](dst []T, v pageValues, cache *[]T, all func([]T, encoding.Values, parquet.Type) ([]T, error)) ([]T, error) {
	values, typ, index := v.data()
	if index == nil {
		return all(dst, values, typ)
	}
	if *cache == nil {
		d, err := all(nil, values, typ)
		if err != nil {
			return nil, dictionaryError(err, index)
		}
		*cache = d
	}
	for i, k := range index {
		if k < 0 || int(k) >= len(*cache) {
			return nil, &valueError{i, "", "points outside the dictionary"}
		}
		dst = append(dst, (*cache)[k])
	}
	return dst, nil
}

// dictionaryError turns the place of a bad value in the dictionary into its
// first place in the page.
func dictionaryError(err error, index []int32) error {
	var at *valueError
	if errors.As(err, &at) {
		for i, k := range index {
			if int(k) == at.index {
				return &valueError{i, at.value, at.reason}
			}
		}
	}
	return err
}

func typeError(typ parquet.Type, want string) error {
	return fmt.Errorf("has type %s; want %s", typ, want)
}

// isUnsigned reports whether integers of the type have no sign.
func isUnsigned(typ parquet.Type) bool {
	l := typ.LogicalType()
	if l == nil {
		return false
	}
	i, ok := l.Value.(*format.IntType)
	return ok && !i.IsSigned
}

// isDecimal reports whether numbers of the type are scaled integers, which we
// do not read.
func isDecimal(typ parquet.Type) bool {
	l := typ.LogicalType()
	if l == nil {
		return false
	}
	_, ok := l.Value.(*format.DecimalType)
	return ok
}

func appendInts(dst []int64, v pageValues) ([]int64, error) {
	return decode(dst, v, &v.dict.ints, plainInts)
}

// plainInts accepts integers of any width and floats with integral values,
// which is what some tools make of integers.
func plainInts(dst []int64, values encoding.Values, typ parquet.Type) ([]int64, error) {
	if isDecimal(typ) {
		return nil, typeError(typ, "an integer")
	}
	integral := func(i int, f float64) error {
		if f != math.Trunc(f) || math.Abs(f) >= 1<<53 {
			return &valueError{i, strconv.FormatFloat(f, 'g', -1, 64), "is not an integer"}
		}
		return nil
	}
	switch typ.Kind() {
	case parquet.Int32:
		if isUnsigned(typ) {
			for _, x := range values.Uint32() {
				dst = append(dst, int64(x))
			}
			return dst, nil
		}
		for _, x := range values.Int32() {
			dst = append(dst, int64(x))
		}
		return dst, nil
	case parquet.Int64:
		if isUnsigned(typ) {
			for i, x := range values.Uint64() {
				if x > math.MaxInt64 {
					return nil, &valueError{i, strconv.FormatUint(x, 10), "does not fit into 64 bits with a sign"}
				}
				dst = append(dst, int64(x))
			}
			return dst, nil
		}
		return append(dst, values.Int64()...), nil
	case parquet.Float:
		for i, x := range values.Float() {
			if err := integral(i, float64(x)); err != nil {
				return nil, err
			}
			dst = append(dst, int64(x))
		}
		return dst, nil
	case parquet.Double:
		for i, x := range values.Double() {
			if err := integral(i, x); err != nil {
				return nil, err
			}
			dst = append(dst, int64(x))
		}
		return dst, nil
	}
	return nil, typeError(typ, "an integer")
}

func appendInt32s(dst []int32, v pageValues) ([]int32, error) {
	if values, typ, index := v.data(); index == nil && typ.Kind() == parquet.Int32 && !isUnsigned(typ) && !isDecimal(typ) {
		return append(dst, values.Int32()...), nil // as written here
	}
	wide, err := appendInts(nil, v)
	if err != nil {
		return nil, err
	}
	for i, x := range wide {
		if x != int64(int32(x)) {
			return nil, &valueError{i, strconv.FormatInt(x, 10), "does not fit into 32 bits"}
		}
		dst = append(dst, int32(x))
	}
	return dst, nil
}

func appendFloats(dst []float32, v pageValues, mustBeFinite bool) ([]float32, error) {
	if values, typ, index := v.data(); index == nil && typ.Kind() == parquet.Float { // as written here
		for i, x := range values.Float() {
			if mustBeFinite && !finite(x) {
				return nil, notFinite(i, float64(x))
			}
		}
		return append(dst, values.Float()...), nil
	}
	wide, err := decode(make([]float64, 0, v.page.NumValues()), v, &v.dict.floats, plainFloats)
	if err != nil {
		return nil, err
	}
	for i, x := range wide {
		f, ok := float32Of(x, mustBeFinite)
		if !ok {
			return nil, notFinite(i, x)
		}
		dst = append(dst, f)
	}
	return dst, nil
}

func notFinite(i int, loss float64) error {
	return &valueError{i, strconv.FormatFloat(loss, 'g', -1, 64), "is not a finite loss; keep diverged runs out"}
}

// plainFloats accepts floats of both widths and integers.
func plainFloats(dst []float64, values encoding.Values, typ parquet.Type) ([]float64, error) {
	switch typ.Kind() {
	case parquet.Float:
		for _, x := range values.Float() {
			dst = append(dst, float64(x))
		}
		return dst, nil
	case parquet.Double:
		return append(dst, values.Double()...), nil
	case parquet.Int32, parquet.Int64:
		if isDecimal(typ) {
			break
		}
		ints, err := plainInts(nil, values, typ)
		if err != nil {
			return nil, err
		}
		for _, x := range ints {
			dst = append(dst, float64(x))
		}
		return dst, nil
	}
	return nil, typeError(typ, "a floating-point number")
}

// notText is about a value of a column of strings, which are UTF-8.
func notText(i int, s []byte) error {
	return &valueError{i, fmt.Sprintf("%q", s), "is not UTF-8"}
}

func appendStrings(dst []string, v pageValues, in *interner) ([]string, error) {
	return decode(dst, v, &v.dict.strings, func(dst []string, values encoding.Values, typ parquet.Type) ([]string, error) {
		switch typ.Kind() {
		case parquet.ByteArray:
			data, offsets := values.ByteArray()
			for i := 1; i < len(offsets); i++ {
				s := data[offsets[i-1]:offsets[i]]
				if !utf8.Valid(s) {
					return nil, notText(i-1, s)
				}
				dst = append(dst, in.intern(s))
			}
			return dst, nil
		case parquet.Int32, parquet.Int64: // a domain or group may have a number for its name
			ints, err := plainInts(nil, values, typ)
			for _, x := range ints {
				dst = append(dst, in.intern(strconv.AppendInt(nil, x, 10)))
			}
			return dst, err
		}
		return nil, typeError(typ, "a string")
	})
}

// appendCodes numbers strings, or the spellings of integers.
func appendCodes(dst []int32, v pageValues, in *names) ([]int32, error) {
	return decode(dst, v, &v.dict.codes, func(dst []int32, values encoding.Values, typ parquet.Type) ([]int32, error) {
		switch typ.Kind() {
		case parquet.ByteArray:
			data, offsets := values.ByteArray()
			var last []byte
			code := int32(-1)
			for i := 1; i < len(offsets); i++ {
				if s := data[offsets[i-1]:offsets[i]]; code < 0 || !bytes.Equal(s, last) {
					if !utf8.Valid(s) {
						return nil, notText(i-1, s)
					}
					last, code = s, in.of(s)
				}
				dst = append(dst, code)
			}
			return dst, nil
		case parquet.Int32, parquet.Int64: // a domain or group may have a number for its name
			ints, err := plainInts(nil, values, typ)
			for _, x := range ints {
				dst = append(dst, in.of(strconv.AppendInt(nil, x, 10)))
			}
			return dst, err
		}
		return nil, typeError(typ, "a string")
	})
}

func appendSamples(dst []SampleID, v pageValues) ([]SampleID, error) {
	return decode(dst, v, &v.dict.samples, func(dst []SampleID, values encoding.Values, typ parquet.Type) ([]SampleID, error) {
		if typ.Kind() != parquet.ByteArray {
			ints, err := plainInts(nil, values, typ)
			for _, x := range ints {
				dst = append(dst, SampleID{Number: x})
			}
			return dst, err
		}
		data, offsets := values.ByteArray()
		for i := 1; i < len(offsets); i++ {
			if offsets[i] == offsets[i-1] {
				return nil, &valueError{i - 1, "", "is empty"}
			}
			if s := data[offsets[i-1]:offsets[i]]; !utf8.Valid(s) {
				return nil, notText(i-1, s)
			}
			dst = append(dst, ParseSampleID(string(data[offsets[i-1]:offsets[i]])))
		}
		return dst, nil
	})
}

// appendBools accepts booleans and the integers 0 and 1.
func appendBools(dst []bool, v pageValues) ([]bool, error) {
	if v.page.Type().Kind() != parquet.Boolean {
		wide, err := appendInts(nil, v)
		if err != nil {
			return nil, err
		}
		for i, x := range wide {
			if x != 0 && x != 1 {
				return nil, &valueError{i, strconv.FormatInt(x, 10), "is neither 0 nor 1"}
			}
			dst = append(dst, x == 1)
		}
		return dst, nil
	}
	if v.page.Dictionary() != nil { // rare
		values := make([]parquet.Value, v.page.NumValues())
		if n, err := v.page.Values().ReadValues(values); n < len(values) {
			return nil, err
		}
		for _, x := range values {
			dst = append(dst, x.Boolean())
		}
		return dst, nil
	}
	values := v.page.Data()
	bits, n := values.Boolean(), int(v.page.NumValues())
	if len(bits) < (n+7)/8 {
		return nil, errors.New("is damaged: there are fewer bits than values")
	}
	for i := range n {
		dst = append(dst, bits[i/8]>>(i%8)&1 == 1)
	}
	return dst, nil
}

// interner makes one string of equal spellings.
type interner struct{ m map[string]string }

func newInterner() *interner { return &interner{m: map[string]string{}} }

func (in *interner) intern(b []byte) string {
	if s, ok := in.m[string(b)]; ok { // no allocation
		return s
	}
	s := string(b)
	in.m[s] = s
	return s
}
