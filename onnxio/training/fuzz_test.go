package training_test

import (
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/training"
)

// FuzzExported damages models of an exporter in ways that leave them readable.
// Whatever passes Check is trained and differentiated, or refused, without a
// panic; what is emitted has passed Check too.
func FuzzExported(f *testing.F) {
	var models []*onnxio.Model
	for _, pattern := range []string{"architectures/*n.onnx", "examples/models/*.onnx"} {
		files, err := filepath.Glob(filepath.Join("..", "..", "testdata", filepath.FromSlash(pattern)))
		if err != nil || len(files) == 0 {
			f.Fatal("no models match", pattern, err)
		}
		for _, file := range files {
			m, err := onnxio.Load(file)
			if err != nil {
				f.Fatal(err)
			}
			models = append(models, m)
		}
	}
	for i := range models {
		f.Add(uint8(i), uint64(1), uint8(0))
		f.Add(uint8(i), uint64(2), uint8(2))
	}
	f.Fuzz(func(_ *testing.T, which uint8, seed uint64, edits uint8) {
		m := models[int(which)%len(models)].Clone()
		d := &damage{m.Graph, rand.New(rand.NewPCG(seed, 1))}
		for range edits % 8 {
			d.edit()
		}
		if onnxio.Check(m) != nil {
			return
		}
		samples := map[string][]int64{}
		for _, v := range m.Graph.Inputs {
			if len(v.Shape) == 2 && !v.Shape[1].Known() {
				samples[v.Name] = []int64{5}
			}
		}
		fixed, err := training.FixInputs(m, 2, samples)
		if err != nil {
			return
		}
		cfg := whole(fixed, training.SquaredError)
		cfg.Domains[0].Batch = 2
		cfg.Features = m.Graph.Outputs[d.rng.IntN(len(m.Graph.Outputs))].Name
		// Errors are answers too; panics and endless work are not.
		training.Compile(cfg)
		wrt := m.Graph.Inputs[0].Name
		if n := m.Graph.Nodes; len(n) > 0 {
			wrt = n[d.rng.IntN(len(n))].Outputs[0]
		}
		training.Differentiate(training.Derivative{Model: fixed, Of: []string{cfg.Features}, Wrt: []string{wrt}})
	})
}

// damage makes random edits of a graph.
type damage struct {
	g   *onnxio.Graph
	rng *rand.Rand
}

func pick[T any](rng *rand.Rand, all []T) (v T, ok bool) {
	if len(all) == 0 {
		return v, false
	}
	return all[rng.IntN(len(all))], true
}

func (d *damage) edit() {
	n, ok := pick(d.rng, d.g.Nodes)
	if !ok {
		return
	}
	switch d.rng.IntN(9) {
	case 0: // another operator
		if other, ok := pick(d.rng, d.g.Nodes); ok {
			n.Op = other.Op
		}
	case 1: // another input
		if len(n.Inputs) > 0 {
			n.Inputs[d.rng.IntN(len(n.Inputs))] = d.value()
		}
	case 2: // fewer or more inputs
		if len(n.Inputs) > 1 && d.rng.IntN(2) == 0 {
			n.Inputs = n.Inputs[:len(n.Inputs)-1]
		} else {
			n.Inputs = append(n.Inputs, d.value())
		}
	case 3: // an attribute less
		if len(n.Attrs) > 0 {
			i := d.rng.IntN(len(n.Attrs))
			n.Attrs = slices.Delete(n.Attrs, i, i+1)
		}
	case 4: // other numbers in an attribute
		if a, ok := pick(d.rng, n.Attrs); ok {
			a.Int = d.number()
			for i := range a.Ints {
				if d.rng.IntN(2) == 0 {
					a.Ints[i] = d.number()
				}
			}
		}
	case 5: // another shape of the same elements
		if t, ok := pick(d.rng, d.g.Initializers); ok {
			slices.Reverse(t.Shape)
		}
	case 6: // other elements, which are numbers of axes or shapes where they are integers
		if t, ok := pick(d.rng, d.g.Initializers); ok && len(t.Data) > 0 {
			t.Data = slices.Clone(t.Data)
			t.Data[d.rng.IntN(len(t.Data))] = byte(d.rng.Uint32())
		}
	case 7: // another size of an input
		if v, ok := pick(d.rng, d.g.Inputs); ok && len(v.Shape) > 0 {
			v.Shape[d.rng.IntN(len(v.Shape))] = onnxio.Dim{Size: d.rng.Int64N(9)}
		}
	case 8: // another output
		d.g.Outputs = append(d.g.Outputs, &onnxio.Value{Name: n.Outputs[0]})
	}
}

// value is a name that the graph may have.
func (d *damage) value() string {
	if d.rng.IntN(4) == 0 {
		if t, ok := pick(d.rng, d.g.Initializers); ok {
			return t.Name
		}
	}
	n, _ := pick(d.rng, d.g.Nodes)
	return n.Outputs[0]
}

func (d *damage) number() int64 {
	n, _ := pick(d.rng, []int64{-2, -1, 0, 1, 2, 3, 7, 100, math.MaxInt32, math.MaxInt64, math.MinInt64})
	return n
}
