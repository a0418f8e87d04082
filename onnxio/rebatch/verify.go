package rebatch

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// verify infers the new graph for a number of samples that divides nothing and
// compares the shapes of all forms with what the rules expect. A difference
// would be a mistake of a rule, or a size that is written down where no rule
// looks for it.
func (f *follower) verify() error {
	m := f.model.Clone()
	samples := 2*f.size + 3
	for _, v := range m.Graph.Inputs {
		if len(v.Shape) > 0 && v.Shape[0] == onnxio.Sym(Symbol) {
			v.Shape[0] = onnxio.Dim{Size: samples}
		}
	}
	inferred, err := onnxio.Infer(m, reference.Evaluate)
	if err != nil {
		return fmt.Errorf("%w: for %d samples: %w; %s", ErrFixed, samples, err, advice)
	}
	for _, v := range f.values {
		for _, have := range v.forms {
			got := inferred.Values[have.name]
			if got == nil || m.Graph.Input(have.name) != nil {
				continue
			}
			want := v.dims(have.place)
			for d := range want {
				switch {
				case want[d] >= 0:
				case have.place == apart:
					want[d] = samples
				default:
					want[d] = v.shape[d] / f.size * samples
				}
			}
			if sizes, ok := got.Shape.Ints(); !ok || !slices.Equal(sizes, want) {
				return &onnxio.ValueError{Graph: m.Graph.Name, Value: v.name, Err: fmt.Errorf("%w: for %d samples its shape would be %v, not %v; %s", ErrFixed, samples, got.Shape, onnxio.Static(want...), advice)}
			}
		}
	}
	return nil
}
