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
func digest(d *Domain, st *store, normalize string, moved []string, impute string) string {
	h := sha256.New()
	fields := map[string]any{
		"format": "sharewise data 1", "name": d.Name, "task": d.Task.Kind,
		"classes": d.Task.Classes, "targets": d.Task.Targets, "features": d.Features,
		"shape": d.Shape, "normalize": normalize,
	}
	if d.Categories != nil {
		fields["categories"] = d.Categories
	}
	if moved != nil { // they were left as they are when the first runs were named
		fields["left_out"] = moved
	}
	if d.Text != nil {
		fields["text"] = d.Text
	}
	if impute != "" {
		fields["impute"] = impute
	}
	if st.offset != nil {
		fields["offset"] = st.offset
	}
	if d.TargetNorm.Offset != nil {
		fields["target_offset"] = d.TargetNorm.Offset
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
			buf = st.appendInputs(buf, row, values)
			if st.label != nil {
				buf = binary.LittleEndian.AppendUint64(buf, uint64(st.label[row]))
			}
			for k, v := range st.target[row*targets : (row+1)*targets] {
				buf = appendFloats(buf, []float32{float32(v - d.TargetNorm.offset(k))})
			}
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

// contentGroups names rows by the SHA-256 of their inputs; rows that are not
// listed have no name.
func contentGroups(st *store, rows []int) []string {
	out := make([]string, st.rows())
	values := make([]float32, st.size())
	var buf []byte
	for _, row := range rows {
		buf = st.appendInputs(buf[:0], row, values)
		sum := sha256.Sum256(buf)
		out[row] = string(sum[:])
	}
	return out
}

// appendInputs appends the bytes of a row's inputs. values has room for a row.
func (s *store) appendInputs(buf []byte, row int, values []float32) []byte {
	if s.pixels != nil {
		return append(buf, s.pixels.bytes(row)...)
	}
	s.values.read(row, values)
	return appendFloats(buf, values)
}
