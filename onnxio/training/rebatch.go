package training

import (
	"fmt"
	"maps"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/lower"
	"github.com/sharewise/sharewise/onnxio/rebatch"
)

// freed returns what the features of a lowered model need, for any number of
// rows where it was exported for one (package rebatch). The model itself is
// returned where it is open already, and with an error where it cannot be freed.
func freed(m *onnxio.Model, features string) (*onnxio.Model, error) {
	cut := m.Clone()
	cut.Graph.Outputs = []*onnxio.Value{{Name: features}}
	lower.Prune(cut.Graph, nil)
	used := readNames(cut.Graph)
	var data []string
	free := rebatch.Free
	for _, v := range dataInputs(cut) {
		if !used[v.Name] {
			continue
		}
		if len(v.Shape) == 0 || !v.Shape[0].Known() {
			return m, nil
		}
		if rebatch.IsSecond(v.Shape) {
			free = rebatch.Second
		}
		data = append(data, v.Name)
	}
	if len(data) == 0 {
		return m, nil
	}
	opened, err := free(cut, data)
	if err != nil {
		return m, err
	}
	return opened, nil
}

// readNames has the names that nodes read.
func readNames(g *onnxio.Graph) map[string]bool {
	names := map[string]bool{}
	for _, n := range g.Nodes {
		for _, x := range n.Inputs {
			names[x] = true
		}
	}
	return names
}

// withRows returns a copy of a model with the first dimension of its data inputs
// set to a number of rows.
func withRows(m *onnxio.Model, rows int64) *onnxio.Model {
	m = m.Clone()
	for _, v := range dataInputs(m) {
		if len(v.Shape) > 0 {
			v.Shape[0] = onnxio.Dim{Size: rows}
		}
	}
	forgetShapes(m.Graph)
	return m
}

// fixRows sets the first dimension of all data inputs. Where the model was
// exported for another number of rows it is freed of that.
func fixRows(m *onnxio.Model, rows int64) (*onnxio.Model, error) {
	data := dataInputs(m)
	names := valueNames(data)
	other := slices.ContainsFunc(data, func(v *onnxio.Value) bool {
		return len(v.Shape) > 0 && v.Shape[0].Known() && v.Shape[0].Size != rows
	})
	var err error
	if other {
		var free *onnxio.Model
		if free, err = rebatch.Free(m, names); err == nil {
			return withRows(free, rows), nil
		}
	}
	fixed := withRows(m, rows)
	_, wrong := onnxio.InferShapes(fixed)
	switch {
	case wrong == nil:
		return fixed, nil
	case err != nil:
		return nil, fmt.Errorf("training: %w: %w", ErrTrunk, err)
	}
	for _, inside := range rowsInside(m) {
		if free, err := rebatch.Free(withRows(m, inside), names); err == nil {
			return withRows(free, rows), nil
		}
	}
	return fixed, nil // whoever takes it finds out what is wrong
}

// openRows reports whether a data input has an open first dimension.
func openRows(m *onnxio.Model) bool {
	return slices.ContainsFunc(dataInputs(m), func(v *onnxio.Value) bool { return len(v.Shape) > 0 && !v.Shape[0].Known() })
}

// rowsInside lists numbers of rows that an exporter may have written down in a
// model although it declares that it takes any: sizes of targets and states with
// which its shapes can be worked out, and 1.
func rowsInside(m *onnxio.Model) []int64 {
	const most = 12
	found := map[int64]bool{1: true}
	add := func(t *onnxio.Tensor) {
		if t == nil || t.Len() > 1<<16 {
			return
		}
		if t.Type.IsFloat() && len(t.Shape) == 3 {
			found[t.Shape[1]] = true
		}
		if list, err := t.Int64(); err == nil && len(list) <= 8 {
			for _, n := range list {
				found[n] = n > 0
			}
		}
	}
	for _, t := range m.Graph.Initializers {
		add(t)
	}
	for _, n := range m.Graph.Nodes {
		if a := n.Attr("value"); a != nil {
			add(a.Tensor)
		}
	}
	var rows []int64
	for _, n := range slices.Sorted(maps.Keys(found)) {
		if !found[n] || len(rows) == most {
			continue
		}
		if _, err := onnxio.InferShapes(withRows(m, n)); err == nil {
			rows = append(rows, n)
		}
	}
	return rows
}
