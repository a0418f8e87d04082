package parquetfile

import (
	"encoding/binary"
	"errors"
)

// Types of the compact protocol of Apache Thrift, in which the footer of a Parquet
// file and the heads of its pages are written.
const (
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftInt64  = 6
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftMap    = 11
	thriftStruct = 12
	thriftUUID   = 16
)

// deepest is more levels of structs and lists than the format of Parquet has.
const deepest = 24

var (
	errThrift = errors.New("the file is damaged: its structure cannot be read")
	errDeep   = errors.New("the file is damaged: its structure is nested without end")
	// errShort is about data that end within a value.
	errShort = errors.New("the file is damaged: a size in it is beyond its end")
)

// outline walks through a struct in the compact protocol and makes nothing of it.
// Sizes are compared with the bytes that are left. path has the numbers of the
// fields that lead to the value at hand; elements of lists have that of the list.
type outline struct {
	data []byte
	at   int
	path []int16
	// number is told whole numbers and truth values; begin structs and the
	// elements of lists, with the size of a list at its own place.
	number func(path []int16, v int64)
	begin  func(path []int16, kind byte, size int)
}

func (o *outline) byte() (byte, error) {
	if o.at >= len(o.data) {
		return 0, errShort
	}
	o.at++
	return o.data[o.at-1], nil
}

func (o *outline) varint() (uint64, error) {
	v, n := binary.Uvarint(o.data[o.at:])
	switch {
	case n == 0:
		return 0, errShort
	case n < 0:
		return 0, errThrift
	}
	o.at += n
	return v, nil
}

func (o *outline) skip(n uint64) error {
	if n > uint64(len(o.data)-o.at) {
		return errShort
	}
	o.at += int(n)
	return nil
}

// object walks through the fields of a struct.
func (o *outline) object() error {
	if len(o.path) > deepest {
		return errDeep
	}
	id := int16(0)
	for {
		head, err := o.byte()
		if err != nil || head == 0 {
			return err
		}
		kind := head & 15
		if delta := int16(head >> 4); delta != 0 {
			id += delta
		} else {
			v, err := o.varint()
			if err != nil {
				return err
			}
			id = int16(unzigzag(v))
		}
		o.path = append(o.path, id)
		switch kind {
		case thriftTrue, thriftFalse:
			if o.number != nil {
				o.number(o.path, int64(thriftFalse-kind))
			}
		default:
			err = o.value(kind)
		}
		o.path = o.path[:len(o.path)-1]
		if err != nil {
			return err
		}
	}
}

func unzigzag(v uint64) int64 { return int64(v>>1) ^ -int64(v&1) }

// value walks through a value that is no truth value of a field.
func (o *outline) value(kind byte) error {
	switch {
	case kind == thriftTrue || kind == thriftFalse || kind == thriftByte: // in lists
		return o.skip(1)
	case kind > thriftByte && kind <= thriftInt64:
		v, err := o.varint()
		if err == nil && o.number != nil {
			o.number(o.path, unzigzag(v))
		}
		return err
	case kind == thriftDouble:
		return o.skip(8)
	case kind == thriftUUID:
		return o.skip(16)
	case kind == thriftBinary:
		n, err := o.varint()
		if err != nil {
			return err
		}
		return o.skip(n)
	case kind == thriftStruct:
		if o.begin != nil {
			o.begin(o.path, kind, 0)
		}
		return o.object()
	case kind == thriftList || kind == thriftSet:
		return o.list(kind)
	case kind == thriftMap:
		n, err := o.varint()
		if err != nil || n == 0 {
			return err
		}
		kinds, err := o.byte()
		if err != nil {
			return err
		}
		return o.elements(n, kinds>>4, kinds&15)
	}
	return errThrift
}

func (o *outline) list(kind byte) error {
	head, err := o.byte()
	if err != nil {
		return err
	}
	n := uint64(head >> 4)
	if n == 15 {
		if n, err = o.varint(); err != nil {
			return err
		}
	}
	if n > uint64(len(o.data)-o.at) {
		return errShort // every element takes a byte at least
	}
	if o.begin != nil {
		o.begin(o.path, kind, int(n))
	}
	return o.elements(n, head&15)
}

// elements walks through n elements of a list, or of a map that has two kinds.
func (o *outline) elements(n uint64, kinds ...byte) error {
	if n > uint64(len(o.data)-o.at) {
		return errShort
	}
	if o.path = append(o.path, -1); len(o.path) > deepest {
		return errDeep
	}
	for range n {
		for _, k := range kinds {
			if err := o.value(k); err != nil {
				return err
			}
		}
	}
	o.path = o.path[:len(o.path)-1]
	return nil
}
