package dataset

import (
	"errors"
	"fmt"
	"path"
	"runtime"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/array"
	"github.com/sharewise/sharewise/analysis/imagefile"
	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// arrayRows are rows of an array, views of a file.
type arrayRows struct {
	array *array.Array
	row   []int // of the array
	keep  *datafile.Content
	// offset is subtracted from the elements of each channel; nil: 0.
	offset []float64
}

func (a *arrayRows) count() int { return len(a.row) }

func (a *arrayRows) read(row int, dst []float32) {
	if a.offset != nil {
		wide := make([]float64, len(dst))
		a.array.Float64s(a.row[row], wide)
		for i, v := range wide {
			dst[i] = float32(v - a.offset[i*len(a.offset)/len(dst)])
		}
	} else {
		a.array.Float32s(a.row[row], dst)
	}
	runtime.KeepAlive(a.keep)
}

func (a *arrayRows) bytes(row int) []byte { return a.array.Uint8s(a.row[row]) }

// offsets returns what is subtracted from the elements of each channel, or of each
// feature where samples have one dimension.
func (a *arrayRows) offsets(channels int) []float64 {
	if !a.array.Wide() {
		return nil
	}
	wide := make([]float64, a.array.RowSize())
	seen := make([]spread, channels)
	for _, row := range a.row {
		a.array.Float64s(row, wide)
		for i, v := range wide {
			seen[i*channels/len(wide)].add(v)
		}
	}
	return offsetsOf(seen)
}

// arrayReader reads arrays of NPY, NPZ and safetensors files.
type arrayReader struct {
	*source
	files   map[string]*datafile.ArrayFile // by path, opened once
	offsets settledOffsets
}

// read reads samples from an array, and what is predicted from another.
func (r *arrayReader) read(f study.Files) (*store, error) {
	main, err := r.openArrays(f.Path)
	if err != nil {
		return nil, err
	}
	inputs, err := r.arrayAt(main, "inputs", f.Inputs)
	if err != nil {
		return nil, err
	}
	if err := usableInputs(inputs); err != nil {
		return nil, err
	}
	st := &store{}
	var label, group *namedArray
	for _, beside := range []struct {
		key, ref string
		at       **namedArray
	}{{"labels", f.Labels, &label}, {"groups", f.Groups, &group}} {
		if beside.ref == "" {
			continue
		}
		if *beside.at, err = r.besideInputs(main, inputs, beside.key, beside.ref); err != nil {
			return nil, err
		}
		if a := *beside.at; len(a.Shape) != 1 && !a.oneHot() {
			return nil, a.error("shape %v; data.%s has one value for each sample", a.Shape, beside.key)
		}
	}
	var target *namedArray
	if f.Targets != "" {
		if target, err = r.besideInputs(main, inputs, "targets", f.Targets); err != nil {
			return nil, err
		}
		if len(target.Shape) > 2 || target.Type.Text() {
			return nil, target.error("%s of shape %v; data.targets has numbers [samples] or [samples, targets]", target.Type, target.Shape)
		}
		st.targetNames = targetNames(target, f.Targets)
	}
	keep, err := r.rowsOf(st, inputs, label, group, target)
	if err != nil {
		return nil, err
	}
	return st, r.arrayInputs(st, inputs, keep)
}

// usableInputs checks what every array of samples must be.
func usableInputs(a *namedArray) error {
	const most = 1 << 26 // elements of a sample
	switch {
	case a.Type.Text():
		return a.error("texts, where samples are numbers")
	case len(a.Shape) == 0:
		return a.error("a single number, where the first dimension counts samples")
	case a.Rows() > 0 && (a.RowSize() == 0 || a.RowSize() > most):
		return a.error("shape %v: a sample has %d numbers; 1 to %d are read", a.Shape, a.RowSize(), most)
	}
	return nil
}

// oneHot reports whether an array has labels in a column for each class.
func (n *namedArray) oneHot() bool {
	return n.key == "labels" && len(n.Shape) == 2 && n.RowSize() > 1 && !n.Type.Text()
}

// besideInputs finds an array that has as many rows as there are samples.
func (r *arrayReader) besideInputs(main *datafile.ArrayFile, inputs *namedArray, key, ref string) (*namedArray, error) {
	a, err := r.arrayAt(main, key, ref)
	if err != nil {
		return nil, err
	}
	if len(a.Shape) == 0 || a.Rows() != inputs.Rows() {
		return nil, a.error("shape %v, and there are %d samples", a.Shape, inputs.Rows())
	}
	return &namedArray{a.Squeezed(), a.file, key}, nil
}

// targetNames calls targets by the name of their array or file.
func targetNames(a *namedArray, ref string) []string {
	name := a.Name
	if name == "" {
		name = datafile.Stem(path.Base(ref))
	}
	if len(a.Shape) == 1 || a.RowSize() == 1 {
		return []string{name}
	}
	out := make([]string, a.RowSize())
	for i := range out {
		out[i] = fmt.Sprintf("%s%d", name, i+1)
	}
	return out
}

// rowsOf goes through the samples, puts those without a fault into the store,
// and returns their rows.
func (r *arrayReader) rowsOf(st *store, inputs, label, group, target *namedArray) ([]int, error) {
	scratch := make([]float32, inputs.RowSize())
	var wide []float64
	var targets []float32
	if target != nil {
		targets, wide = make([]float32, target.RowSize()), make([]float64, target.RowSize())
	}
	var keep []int
	for row := range inputs.Rows() {
		if row%1024 == 0 && r.ctx.Err() != nil {
			return nil, r.ctx.Err()
		}
		var class, groupName string
		e := inputs.fault(row, scratch)
		if e == nil {
			class, e = r.word(label, row)
		}
		if e == nil {
			groupName, e = r.word(group, row)
		}
		if e == nil && target != nil {
			e = target.fault(row, targets)
		}
		if e != nil {
			r.bin.add(e)
			continue
		}
		keep = append(keep, row)
		st.id = append(st.id, int64(row))
		if label != nil {
			st.class = append(st.class, class)
		}
		if group != nil {
			st.group = append(st.group, groupName)
		}
		if target != nil {
			target.Float64s(row, wide)
			st.target = append(st.target, wide...)
		}
	}
	st.part = make([]part, len(keep))
	return keep, nil
}

// fault says what is wrong with the numbers of a row, nil for nothing.
func (n *namedArray) fault(row int, scratch []float32) *Error {
	at, value := n.Unusable(row, scratch)
	if at < 0 {
		return nil
	}
	index := make([]int, len(n.Shape))
	index[0] = row
	for k := len(index) - 1; k > 0; k-- {
		index[k] = at % n.Shape[k]
		at /= n.Shape[k]
	}
	reason := "not finite"
	switch {
	case strings.Contains(value, "NaN"):
		reason = "not a number"
	case !strings.Contains(value, "Inf"):
		reason = "too large for a 32-bit number"
	}
	return &Error{File: n.file.Path, Member: n.place(index...), Value: value, Reason: reason}
}

// word reads a label or group; "" without an array.
func (r *arrayReader) word(n *namedArray, row int) (string, *Error) {
	if n == nil {
		return "", nil
	}
	label := n.Label
	if n.oneHot() {
		label = n.OneHot
	}
	s, err := label(row)
	e := new(array.Error)
	switch {
	case errors.As(err, &e):
		return "", &Error{File: n.file.Path, Member: n.place(row), Value: e.Value, Reason: e.Reason}
	case s == "":
		return "", &Error{File: n.file.Path, Member: n.place(row), Reason: "missing value"}
	}
	return r.intern(s), nil
}

// arrayInputs brings samples to the study's shape and puts them into the store.
func (r *arrayReader) arrayInputs(st *store, inputs *namedArray, keep []int) error {
	if r.study.Input.Kind == study.Image {
		return r.arrayImages(st, inputs, keep)
	}
	a, err := arranged(inputs, r.study.Input.Shape)
	if err != nil {
		return err
	}
	st.shape = slices.Clone(a.RowShape())
	rows := &arrayRows{array: a, row: keep, keep: inputs.file.Content}
	bytes := a.Type == array.Uint8
	switch pictures := bytes && len(st.shape) == 3 && (st.shape[0] == 1 || st.shape[0] == 3); {
	case pictures:
		st.pixels, st.depth = rows, imagefile.Uint8
	case r.study.Input.Normalize == "unit" && !bytes:
		return inputs.error("%s; input.normalize unit is for bytes (uint8)", a.Type)
	default:
		if !r.offsets.settled {
			r.offsets = settledOffsets{true, rows.offsets(st.shape[0])}
		}
		rows.offset = r.offsets.offset
		st.values, st.offset = rows, rows.offset
	}
	if s := st.shape; len(s) == 3 && (s[2] == 1 || s[2] == 3) && s[0] > 3 && len(r.study.Input.Shape) == 0 {
		r.notef("samples have shape %v; if these are pictures with their channels last, set input.array to [%d, %d, %d]", s, s[2], s[0], s[1])
	}
	return nil
}

// arranged gives samples the wanted shape: as they are, with their last
// dimension first, or with a first dimension of 1.
func arranged(inputs *namedArray, want []int) (*array.Array, error) {
	a := inputs.Array
	if len(a.Shape) == 1 {
		a = a.Expanded(1)
	}
	have := a.RowShape()
	if len(want) == 0 || slices.Equal(have, want) {
		return a, nil
	}
	if n := len(have); n == len(want) && n > 1 && have[n-1] == want[0] && slices.Equal(have[:n-1], want[1:]) {
		axes := []int{0, n}
		for k := 1; k < n; k++ {
			axes = append(axes, k)
		}
		return a.Permuted(axes...), nil
	}
	if want[0] == 1 && slices.Equal(have, want[1:]) {
		return a.Expanded(1), nil
	}
	return nil, inputs.error("samples have shape %v, and input.array is %v", have, want)
}

// arrayImages brings pictures to the common size.
func (r *arrayReader) arrayImages(st *store, inputs *namedArray, keep []int) error {
	if n := len(inputs.Shape); n != 3 && n != 4 {
		return inputs.error("shape %v; pictures have 3 or 4 dimensions, samples first; input.array takes samples of other shapes", inputs.Shape)
	}
	form, err := datafile.FrameOf(inputs.Shape)
	if err != nil {
		return inputs.error("%v", err)
	}
	sh, err := r.newShaper()
	if err != nil {
		return err
	}
	d := decodedImage{head: imagefile.Head{Depth: arrayDepth(inputs.Type)}}
	if d.head.Depth == imagefile.Float32 && sh.invert {
		return inputs.error("%s has no white that invert could make black", inputs.Type)
	}
	st.shape = sh.shape()
	kept := newImageStore(st.size(), r.budget)
	numbers := make([]float32, inputs.RowSize())
	for i, row := range keep {
		if d.head.Depth == imagefile.Uint8 {
			d.pixels, _, err = sh.appendImage(d.pixels[:0], form.Image(inputs.Uint8s(row)), asStored)
		} else {
			inputs.Float32s(row, numbers)
			p := &imagefile.Picture{Head: d.head, Numbers: form.Numbers(numbers)}
			p.Orientation = imagefile.Upright
			d.numbers, _, err = sh.appendNumbers(d.numbers[:0], p)
		}
		if err != nil {
			return inputs.error("%v", err) // all have this size
		}
		if _, err := kept.add(&d); err != nil { // all of one kind
			return err
		}
		if i%1024 == 0 && r.ctx.Err() != nil {
			return r.ctx.Err()
		}
	}
	return kept.finish(st)
}

// arrayDepth is what elements of a type are as pixels.
func arrayDepth(t array.Type) Depth {
	switch t {
	case array.Uint8:
		return imagefile.Uint8
	case array.Uint16:
		return imagefile.Uint16
	}
	return imagefile.Float32
}
