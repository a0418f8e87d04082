package filetest

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"
)

// Floats makes an NPY file of 32-bit numbers.
func Floats(shape []int, values ...float32) []byte {
	var data []byte
	for _, v := range values {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
	}
	return NPY("<f4", data, shape...)
}

// NPY makes an NPY file.
func NPY(descr string, data []byte, shape ...int) []byte {
	s := strings.Trim(strings.ReplaceAll(fmt.Sprint(shape), " ", ","), "[]")
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s,), }\n", descr, s)
	out := append([]byte("\x93NUMPY\x01\x00"), byte(len(header)), byte(len(header)>>8))
	return append(append(out, header...), data...)
}

// NPZ makes an archive of NPY files, by the names of the arrays.
func NPZ(t testing.TB, members map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, data := range members {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name + ".npy", Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Safetensors makes a file of a JSON header and its data.
func Safetensors(header string, data []byte) []byte {
	out := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(out, header...), data...)
}

// TenArrays writes x.npy and y.npy, and returns their bytes:
// 10 samples of 2 numbers with their classes.
func TenArrays(t testing.TB, dir string) (x, y []byte) {
	t.Helper()
	var values []float32
	var labels []byte
	for i := range 10 {
		values = append(values, float32(i), float32(100*i))
		labels = append(labels, byte(i%2))
	}
	x, y = Floats([]int{10, 2}, values...), NPY("|u1", labels, 10)
	Write(t, dir, "x.npy", x)
	Write(t, dir, "y.npy", y)
	return x, y
}
