package dataset

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
)

// digest hashes what training and testing see of a domain.
func digest(d *Domain, st *store, normalize string) string {
	h := sha256.New()
	fields := map[string]any{
		"format": "sharewise data 1", "name": d.Name, "task": d.Task.Kind,
		"classes": d.Task.Classes, "targets": d.Task.Targets, "features": d.Features,
		"shape": d.Shape, "normalize": normalize,
	}
	if d.Categories != nil {
		fields["categories"] = d.Categories
	}
	head, err := json.Marshal(fields)
	if err != nil {
		panic(fmt.Sprintf("dataset: digest: %v", err)) // strings and numbers only
	}
	h.Write(head)
	targets := len(d.Task.Targets)
	var buf []byte
	values := make([]float32, st.size())
	for _, s := range []*Split{d.Train, d.Val, d.Test} {
		buf = binary.LittleEndian.AppendUint64(buf[:0], uint64(s.Len()))
		h.Write(buf)
		for _, row := range s.index {
			buf = binary.LittleEndian.AppendUint64(buf[:0], uint64(st.id[row]))
			if st.pixels != nil {
				buf = append(buf, st.pixels.bytes(row)...)
			} else {
				st.values.read(row, values)
				buf = appendFloats(buf, values)
			}
			if st.label != nil {
				buf = binary.LittleEndian.AppendUint64(buf, uint64(st.label[row]))
			}
			buf = appendFloats(buf, st.target[row*targets:(row+1)*targets])
			h.Write(buf)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

func appendFloats(buf []byte, values []float32) []byte {
	for _, v := range values {
		buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(v))
	}
	return buf
}
