package dataset

import (
	"bufio"
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
	w := bufio.NewWriterSize(h, 1<<16)
	head, err := json.Marshal(map[string]any{
		"format": "sharewise data 1", "name": d.Name, "task": d.Task.Kind,
		"classes": d.Task.Classes, "targets": d.Task.Targets, "features": d.Features,
		"shape": d.Shape, "normalize": normalize,
	})
	if err != nil {
		panic(fmt.Sprintf("dataset: digest: %v", err)) // strings and numbers only
	}
	w.Write(head)
	size, targets := st.size(), len(d.Task.Targets)
	buf := make([]byte, 8)
	number := func(n uint64) {
		binary.LittleEndian.PutUint64(buf, n)
		w.Write(buf)
	}
	floats := func(v []float32) {
		for _, x := range v {
			binary.LittleEndian.PutUint32(buf, math.Float32bits(x))
			w.Write(buf[:4])
		}
	}
	for _, s := range []*Split{d.Train, d.Val, d.Test} {
		number(uint64(s.Len()))
		for _, row := range s.index {
			number(uint64(st.id[row]))
			if st.pixels != nil {
				w.Write(st.pixels[row*size : (row+1)*size])
			} else {
				floats(st.values[row*size : (row+1)*size])
			}
			if st.label != nil {
				number(uint64(st.label[row]))
			}
			floats(st.target[row*targets : (row+1)*targets])
		}
	}
	w.Flush() // a hash takes everything
	return hex.EncodeToString(h.Sum(nil))
}
