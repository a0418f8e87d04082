package array_test

import (
	"encoding/binary"
	"fmt"

	"github.com/sharewise/sharewise/analysis/array"
)

// Read an NPY file of two rows, as numpy.save writes it.
func ExampleNPY() {
	header := "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 3), }"
	file := []byte("\x93NUMPY\x01\x00")
	file = binary.LittleEndian.AppendUint16(file, uint16(len(header)+1))
	file = append(file, header+"\n"...)
	for _, v := range []uint16{1, 2, 3, 10, 20, 30} {
		file = binary.LittleEndian.AppendUint16(file, v)
	}

	a, err := array.NPY(file)
	if err != nil {
		fmt.Println(err)
		return
	}
	row := make([]float32, a.RowSize())
	for i := range a.Rows() {
		a.Float32s(i, row)
		fmt.Println(row)
	}
	// A file that was cut is told by its sizes, before anything is made of them.
	_, err = array.NPY(file[:len(file)-2])
	fmt.Println(err)
	// Output:
	// [1 2 3]
	// [10 20 30]
	// shape [2 3] of int16 takes 12 bytes, and there are 10; the file is damaged or truncated
}
