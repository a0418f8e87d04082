package evaluate

import "github.com/sharewise/sharewise/onnxio"

// A chunk has about as many samples as fit into a processor's caches with what the
// model makes of them: convolutions of more take half as long again a sample.
const (
	chunkBytes = 1 << 21 // of the largest value
	leastRows  = 8
)

// ChunkRows is the number of samples that a model is best run on at a time, from 8 to
// 256. It follows from the model's shapes alone, so that results do.
func ChunkRows(m *onnxio.Model) int {
	values, err := onnxio.InferShapes(m)
	if err != nil {
		return mostRows
	}
	largest := int64(1)
	for _, v := range values {
		largest = max(largest, perSample(v.Shape))
	}
	rows := mostRows
	for rows > leastRows && int64(rows)*4*largest > chunkBytes {
		rows /= 2
	}
	return rows
}

// perSample is the number of elements that a value has for each sample; 0 where its
// shape does not tell that it has samples.
func perSample(s onnxio.Shape) int64 {
	if len(s) == 0 || s[0].Known() {
		return 0
	}
	n := int64(1)
	for _, d := range s[1:] {
		if !d.Known() {
			return 0
		}
		n *= d.Size
	}
	return n
}
