package array

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// maxTensorHeader is the largest header that the format allows.
const maxTensorHeader = 100_000_000

// tensorTypes are the types by the format's names.
var tensorTypes = map[string]Type{
	"BOOL": Bool, "I8": Int8, "I16": Int16, "I32": Int32, "I64": Int64,
	"U8": Uint8, "U16": Uint16, "U32": Uint32, "U64": Uint64,
	"F16": Float16, "BF16": BFloat16, "F32": Float32, "F64": Float64,
}

// tensor is an entry of the header.
type tensor struct {
	Type    string  `json:"dtype"`
	Shape   []int   `json:"shape"`
	Offsets []int64 `json:"data_offsets"`
}

// Safetensors reads the tensors of a safetensors file, sorted by name: eight
// bytes with the length of the header, the header in JSON with type, shape and
// place of every tensor, and the elements, little-endian, without gaps.
func Safetensors(data []byte) ([]*Array, error) {
	const prefix = 8
	if len(data) < prefix {
		return nil, &Error{Offset: int64(len(data)), Reason: "not a safetensors file: the length of its header is truncated"}
	}
	length := binary.LittleEndian.Uint64(data)
	if length > maxTensorHeader || length > uint64(len(data)-prefix) {
		return nil, &Error{Value: strconv.FormatUint(length, 10), Reason: fmt.Sprintf("not a safetensors file: the length of its header, where %d bytes follow", len(data)-prefix)}
	}
	end := prefix + int(length)
	entries, err := tensorHeader(data[prefix:end])
	if err != nil {
		return nil, err
	}
	var out []*Array
	type place struct {
		begin, end int64
		name       string
	}
	var places []place
	for name, e := range entries {
		t, ok := tensorTypes[e.Type]
		switch {
		case !ok:
			return nil, &Error{Array: name, Value: e.Type, Reason: "a type that is not read; BOOL, whole numbers and F16, BF16, F32, F64 are"}
		case len(e.Offsets) != 2 || e.Offsets[0] < 0 || e.Offsets[1] < e.Offsets[0] || e.Offsets[1] > int64(len(data)-end):
			return nil, &Error{Array: name, Value: fmt.Sprint(e.Offsets), Reason: fmt.Sprintf("data_offsets, where %d bytes follow the header", len(data)-end)}
		case e.Shape == nil:
			return nil, &Error{Array: name, Reason: "the header states no shape"}
		}
		a, err := newArray(name, t, widths[t], e.Shape, data[end+int(e.Offsets[0]):end+int(e.Offsets[1])], false, false)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
		places = append(places, place{e.Offsets[0], e.Offsets[1], name})
	}
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end), cmp.Compare(a.name, b.name))
	})
	at := int64(0)
	for _, p := range places {
		if p.begin != at {
			return nil, &Error{Array: p.name, Offset: int64(end) + p.begin, Reason: fmt.Sprintf("the tensor begins at byte %d of the data, and the one before ends at %d", p.begin, at)}
		}
		at = p.end
	}
	if rest := int64(len(data)-end) - at; rest != 0 {
		return nil, &Error{Offset: int64(end) + at, Reason: fmt.Sprintf("%d bytes follow the last tensor", rest)}
	}
	slices.SortFunc(out, func(a, b *Array) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

// tensorHeader reads the entries of the header, by name.
func tensorHeader(data []byte) (map[string]tensor, error) {
	const offset = 8
	d := json.NewDecoder(bytes.NewReader(data))
	fail := func(err error) error {
		return &Error{Offset: offset + d.InputOffset(), Reason: fmt.Sprintf("not a safetensors file: its header is not as it must be: %v", filelimit.JSONError(err, "it"))}
	}
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fail(cmp.Or(err, fmt.Errorf("no object")))
	}
	out := map[string]tensor{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, fail(err)
		}
		name, _ := t.(string) // keys are texts
		if name == "__metadata__" {
			var meta map[string]string
			if err := d.Decode(&meta); err != nil {
				return nil, fail(err)
			}
			continue
		}
		var e tensor
		if err := d.Decode(&e); err != nil {
			return nil, fail(err)
		}
		if _, twice := out[name]; twice {
			return nil, &Error{Array: name, Reason: "the header has two tensors of this name"}
		}
		if len(out) == maxMembers {
			return nil, &Error{Reason: fmt.Sprintf("more than %d tensors", maxMembers)}
		}
		out[name] = e
	}
	if _, err := d.Token(); err != nil {
		return nil, fail(err)
	}
	if rest := bytes.TrimSpace(data[d.InputOffset():]); len(rest) > 0 {
		return nil, fail(fmt.Errorf("it goes on behind its object"))
	}
	return out, nil
}
