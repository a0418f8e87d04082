package training

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/rebatch"
)

// UnknownNameError says that a model has no value of a name, or none that is
// of use there. It matches ErrConfig and ErrTrunk.
type UnknownNameError struct {
	What  string   // what it would be: "input", "value"
	Name  string   // what was asked for
	Names []string // all that there are
}

func (e *UnknownNameError) Error() string {
	return fmt.Sprintf("training: %v: the model has no %s %q", ErrConfig, e.What, e.Name)
}

// Unwrap makes the error match ErrConfig and ErrTrunk.
func (e *UnknownNameError) Unwrap() []error { return []error{ErrConfig, ErrTrunk} }

// FixInputs returns a copy of a model whose data inputs have fixed sizes: the
// first dimension of each is batch, and the others are those of samples, which
// has the shape of one sample by input, or what the model says. A symbol that
// stands for one size in samples stands for it in every input. A model that was
// exported for another batch is freed of that (package rebatch). With batch 0
// first dimensions stay as they are. Its errors match ErrConfig, or ErrTrunk
// where the model takes its own batch only.
func FixInputs(m *onnxio.Model, batch int64, samples map[string][]int64) (*onnxio.Model, error) {
	m = m.Clone()
	data := dataInputs(m)
	for name := range samples {
		if !slices.ContainsFunc(data, func(v *onnxio.Value) bool { return v.Name == name }) {
			return nil, &UnknownNameError{What: "input", Name: name, Names: valueNames(data)}
		}
	}
	if slices.ContainsFunc(data, func(v *onnxio.Value) bool { return samples[v.Name] == nil && rebatch.IsSecond(v.Shape) }) {
		if free, err := rebatch.Second(m, valueNames(data)); err == nil {
			m, data = free, dataInputs(free)
		}
	}
	symbols := map[string]int64{}
	for _, v := range data {
		if err := fixSample(v, samples, symbols); err != nil {
			return nil, err
		}
	}
	for _, v := range data {
		if v.Shape == nil {
			return nil, &SampleError{Input: v.Name, Example: "3x224x224"}
		}
		for i, d := range v.Shape {
			size, bound := symbols[d.Symbol]
			switch {
			case i == 0 || d.Known():
			case bound:
				v.Shape[i] = onnxio.Dim{Size: size}
			default:
				return nil, &SampleError{Input: v.Name, Shape: v.Shape, Example: exampleShape(v.Shape)}
			}
		}
	}
	if batch > 0 {
		return fixRows(m, batch)
	}
	forgetShapes(m.Graph)
	return m, nil
}

// forgetShapes drops what a file says about values that nodes compute, which may
// be about other sizes.
func forgetShapes(g *onnxio.Graph) {
	g.Values = nil
	for _, out := range g.Outputs {
		out.Shape = nil
	}
}

// fixSample gives an input the shape of its sample, and symbols the sizes that
// they stand for.
func fixSample(v *onnxio.Value, samples map[string][]int64, symbols map[string]int64) error {
	sample, ok := samples[v.Name]
	switch {
	case !ok:
		return nil
	case v.Shape != nil && len(v.Shape) != len(sample)+1:
		return fmt.Errorf("training: %w: input %q has shape %v, so a sample has rank %d, not %d", ErrConfig, v.Name, v.Shape, max(len(v.Shape)-1, 0), len(sample))
	case v.Shape == nil:
		v.Shape = append(onnxio.Shape{{Size: -1}}, onnxio.Static(sample...)...)
		return nil
	}
	for i, size := range sample {
		d := &v.Shape[i+1]
		known, bound := symbols[d.Symbol]
		switch {
		case d.Known() && d.Size != size:
			return fmt.Errorf("training: %w: input %q has shape %v; its dimension %d cannot be %d", ErrConfig, v.Name, v.Shape, i+1, size)
		case d.Symbol != "" && bound && known != size:
			return fmt.Errorf("training: %w: the size %s is %d in one input and %d in %q", ErrConfig, d.Symbol, known, size, v.Name)
		case d.Symbol != "":
			symbols[d.Symbol] = size
		}
		*d = onnxio.Dim{Size: size}
	}
	return nil
}

// dataInputs lists the inputs of a model that are no parameters.
func dataInputs(m *onnxio.Model) []*onnxio.Value { return inputsWith(m, false) }

// ruledInputs lists the inputs of a model that have an initialisation rule.
func ruledInputs(m *onnxio.Model) []*onnxio.Value { return inputsWith(m, true) }

func inputsWith(m *onnxio.Model, rule bool) []*onnxio.Value {
	var list []*onnxio.Value
	for _, v := range m.Graph.Inputs {
		if _, ok := m.Property(InitProperty + v.Name); ok == rule && m.Graph.Initializer(v.Name) == nil {
			list = append(list, v)
		}
	}
	return list
}

func valueNames(values []*onnxio.Value) []string {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = v.Name
	}
	return names
}

// exampleShape writes a shape of a sample with 32 for what is open.
func exampleShape(shape onnxio.Shape) string {
	var parts []string
	for _, d := range shape[1:] {
		if !d.Known() {
			d = onnxio.Dim{Size: 32}
		}
		parts = append(parts, d.String())
	}
	return strings.Join(parts, "x")
}
