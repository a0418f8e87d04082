package trainer

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/study"
)

// handing writes the samples of domains for a program.
type handing struct {
	dir     string // of the run
	samples string // study.NPYSamples and so on
	raw     bool
}

// part writes a part of a domain, and says what was written.
func (h handing) part(d *dataset.Domain, name string, s *dataset.Split) (Part, error) {
	stem := samplesName + "/" + d.Name + "/" + name
	p := Part{Count: s.Len(), Rows: stem + ".rows.txt"}
	err := h.write(p.Rows, func(w *bufio.Writer) error {
		for i := range s.Len() {
			if _, err := w.WriteString(strconv.FormatInt(s.ID(i), 10) + "\n"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || h.samples == study.NoSamples {
		return p, err
	}
	p.Inputs = stem + ".inputs." + h.samples
	p.Targets = stem + ".targets." + h.samples
	if h.samples == study.ParquetSamples {
		if err := h.parquet(p.Inputs, inputNames(d), h.inputs(d, s), s.Len()); err != nil {
			return p, err
		}
		return p, h.parquet(p.Targets, targetNames(d), h.targets(d, s), s.Len())
	}
	if err := h.npy(p.Inputs, h.inputType(d), d.Shape, h.inputs(d, s), s.Len()); err != nil {
		return p, err
	}
	kind, shape := "<f4", []int{len(targetNames(d))}
	switch {
	case isClasses(d):
		kind, shape = "<i8", nil
	case h.raw:
		kind = "<f8"
	}
	return p, h.npy(p.Targets, kind, shape, h.targets(d, s), s.Len())
}

func isClasses(d *dataset.Domain) bool {
	return d.Task.Kind == dataset.Classification || d.Task.Kind == dataset.Binary
}

// inputType is the type of the elements of inputs: numbers of tables keep their 64
// bits as they are in the data.
func (h handing) inputType(d *dataset.Domain) string {
	if h.raw && len(d.Shape) == 1 {
		return "<f8"
	}
	return "<f4"
}

// inputNames are the names of the columns of inputs.
func inputNames(d *dataset.Domain) []string {
	names := append([]string(nil), d.Features...)
	for _, c := range d.Categories {
		names = append(names, c.Name)
	}
	for i := len(names); i < d.Shape[0]; i++ { // arrays have no names
		names = append(names, "x"+strconv.Itoa(i))
	}
	return names
}

func targetNames(d *dataset.Domain) []string {
	if isClasses(d) {
		return []string{"label"}
	}
	return d.Task.Targets
}

// row writes the numbers of sample i of a part into x.
type row func(i int, x []float64) error

func (h handing) inputs(d *dataset.Domain, s *dataset.Split) row {
	if h.raw {
		return func(i int, x []float64) error { s.Raw(i, x); return nil }
	}
	size := 1
	for _, n := range d.Shape {
		size *= n
	}
	one, scratch := []int{0}, make([]float32, size)
	return func(i int, x []float64) error {
		one[0] = i
		if err := s.Gather(one, scratch); err != nil {
			return err
		}
		for k, v := range scratch {
			x[k] = float64(v)
		}
		return nil
	}
}

func (h handing) targets(d *dataset.Domain, s *dataset.Split) row {
	switch {
	case isClasses(d):
		return func(i int, y []float64) error { y[0] = float64(s.Label(i)); return nil }
	case h.raw && d.Task.Kind == dataset.Regression:
		return func(i int, y []float64) error { s.RawTargets(i, y); return nil }
	}
	scratch := make([]float32, d.Task.Outputs())
	return func(i int, y []float64) error {
		s.Targets([]int{i}, scratch)
		for k, v := range scratch {
			y[k] = float64(v)
		}
		return nil
	}
}

func (h handing) write(name string, fill func(w *bufio.Writer) error) (err error) {
	f, err := atomicfile.NewFile(filepath.Join(h.dir, filepath.FromSlash(name)))
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<18)
	if err = fill(w); err == nil {
		err = w.Flush()
	}
	return errors.Join(err, f.Close())
}

// npy writes rows as an array of NumPy's format 1.0, in the order of C.
func (h handing) npy(name, kind string, shape []int, at row, rows int) error {
	dims := []string{strconv.Itoa(rows)}
	size := 1
	for _, d := range shape {
		dims = append(dims, strconv.Itoa(d))
		size *= d
	}
	text := strings.Join(dims, ", ")
	if len(dims) == 1 {
		text += ","
	}
	head := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", kind, text)
	const magic = 10 // bytes before the head
	head += strings.Repeat(" ", (64-(magic+len(head)+1)%64)%64) + "\n"
	return h.write(name, func(w *bufio.Writer) error {
		if _, err := io.WriteString(w, "\x93NUMPY\x01\x00"); err != nil {
			return err
		}
		buf := binary.LittleEndian.AppendUint16(nil, uint16(len(head)))
		if _, err := w.Write(append(buf, head...)); err != nil {
			return err
		}
		x := make([]float64, size)
		for i := range rows {
			if err := at(i, x); err != nil {
				return err
			}
			buf = buf[:0]
			for _, v := range x {
				switch kind {
				case "<f4":
					buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(float32(v)))
				case "<f8":
					buf = binary.LittleEndian.AppendUint64(buf, math.Float64bits(v))
				default:
					buf = binary.LittleEndian.AppendUint64(buf, uint64(int64(v)))
				}
			}
			if _, err := w.Write(buf); err != nil {
				return err
			}
		}
		return nil
	})
}

// parquet writes rows as a table of doubles.
func (h handing) parquet(name string, columns []string, at row, rows int) error {
	fields, where := parquet.Group{}, map[string]int{}
	for i, c := range columns {
		fields[c], where[c] = parquet.Leaf(parquet.DoubleType), i
	}
	if len(fields) < len(columns) {
		return fmt.Errorf("trainer: two of the columns %s have the same name, which a Parquet file cannot hold; use samples: npy", strings.Join(columns, ", "))
	}
	schema := parquet.NewSchema("samples", fields)
	order := make([]int, 0, len(columns)) // the library sorts columns by name
	for _, c := range schema.Columns() {
		order = append(order, where[c[0]])
	}
	return h.write(name, func(w *bufio.Writer) error {
		out := parquet.NewGenericWriter[any](w, schema, parquet.Compression(&parquet.Snappy))
		x := make([]float64, len(columns))
		for i := range rows {
			if err := at(i, x); err != nil {
				return err
			}
			r := make(parquet.Row, len(columns))
			for k, from := range order {
				r[k] = parquet.DoubleValue(x[from]).Level(0, 0, k)
			}
			if _, err := out.WriteRows([]parquet.Row{r}); err != nil {
				return err
			}
		}
		return out.Close()
	})
}
