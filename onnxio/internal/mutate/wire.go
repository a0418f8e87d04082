package mutate

import (
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// field is one field of a message, with the bytes of its tag and value.
type field struct {
	num   protowire.Number
	typ   protowire.Type
	value []byte // of BytesType without its length, of others as encoded
}

// maxFields bounds the fields of a message that are told apart.
const maxFields = 1 << 12

// split takes a message apart; ok is false if it is none.
func split(data []byte) (fields []field, ok bool) {
	for len(data) > 0 {
		num, typ, n := protowire.ConsumeTag(data)
		if n < 0 || len(fields) == maxFields {
			return nil, false
		}
		data = data[n:]
		f := field{num: num, typ: typ}
		if typ == protowire.BytesType {
			f.value, n = protowire.ConsumeBytes(data)
		} else if n = protowire.ConsumeFieldValue(num, typ, data); n >= 0 {
			f.value = data[:n]
		}
		if n < 0 {
			return nil, false
		}
		fields, data = append(fields, f), data[n:]
	}
	return fields, len(fields) > 0
}

func join(fields []field) []byte {
	var data []byte
	for _, f := range fields {
		data = protowire.AppendTag(data, f.num, f.typ)
		if f.typ == protowire.BytesType {
			data = protowire.AppendBytes(data, f.value)
		} else {
			data = append(data, f.value...)
		}
	}
	return data
}

// Wire returns a file with as many changes as code has bytes for.
func Wire(data []byte, code []byte) []byte {
	c := &chooser{code: code}
	data = slices.Clone(data)
	for c.left() {
		data = change(data, c, 6)
	}
	return data
}

// change makes one change in a message or, depth permitting, in one of those
// inside it.
func change(data []byte, c *chooser, depth int) []byte {
	fields, ok := split(data)
	if !ok {
		return overwrite(data, c)
	}
	i := c.below(len(fields))
	f := &fields[i]
	if f.typ == protowire.BytesType && depth > 0 && c.below(8) > 0 {
		f.value = change(f.value, c, depth-1)
		return join(fields)
	}
	switch c.below(6) {
	case 0:
		fields = slices.Delete(fields, i, i+1)
	case 1:
		fields = slices.Insert(fields, i, *f)
	case 2:
		j := c.below(len(fields))
		fields[i], fields[j] = fields[j], fields[i]
	case 3:
		f.num = protowire.Number(1 + c.below(30))
	case 4: // the value of another field of the same type
		j := c.below(len(fields))
		if fields[j].typ == f.typ {
			f.value = fields[j].value
		}
	default:
		if f.typ == protowire.VarintType {
			f.value = protowire.AppendVarint(nil, uint64(c.number()))
		} else {
			f.value = overwrite(f.value, c) // a length that is wrong is damage, too
		}
	}
	return join(fields)
}

// overwrite changes a byte, or the length.
func overwrite(data []byte, c *chooser) []byte {
	data = slices.Clone(data)
	switch {
	case len(data) == 0:
		return []byte{byte(c.below(256))}
	case c.below(4) == 0:
		return data[:c.below(len(data))]
	}
	data[c.below(len(data))] = byte(c.below(256))
	return data
}
