package datafile

import (
	"cmp"
	"encoding/binary"
	"io"
)

// IDXHeader reads type and dimensions.
func IDXHeader(f *File) (kind byte, dims []int, err error) {
	var head [4]byte
	if _, err := io.ReadFull(f, head[:]); err != nil {
		return 0, nil, f.Broken(err)
	}
	if head[0] != 0 || head[1] != 0 || head[3] == 0 || head[3] > 4 {
		return 0, nil, cmp.Or(f.foreign(), error(&Error{File: f.Path, Value: string(head[:]), Reason: "not an IDX file: it begins with other bytes"}))
	}
	for range head[3] {
		var n [4]byte
		if _, err := io.ReadFull(f, n[:]); err != nil {
			return 0, nil, f.Broken(err)
		}
		dims = append(dims, int(binary.BigEndian.Uint32(n[:])))
	}
	return head[2], dims, nil
}

// IDXSizes are the widths of integer elements in bytes, by type.
var IDXSizes = map[byte]int{0x08: 1, 0x09: 1, 0x0B: 2, 0x0C: 4}
