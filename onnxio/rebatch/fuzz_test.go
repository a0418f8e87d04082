package rebatch

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/internal/mutate"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// FuzzModel frees examples whose graphs are changed at random. What comes out
// passes the check, and treats three samples as the export of one row treats
// each of them.
func FuzzModel(f *testing.F) {
	all := examples()
	for i := range all {
		f.Add(uint8(i), uint8(1), []byte{})
		f.Add(uint8(i), uint8(2), []byte{3, 80, 3, 200, 7, 31, 40, 1})
		f.Add(uint8(i), uint8(1), []byte{5, 17, 2, 130, 4, 4, 9})
	}
	f.Fuzz(func(t *testing.T, i, rows uint8, code []byte) {
		e := all[int(i)%len(all)]
		if e.alone {
			rows = 1
		}
		size := int64(rows)%2 + 1
		m := mutate.Graph(e.model(size), code[:min(len(code), 24)])
		if onnxio.Check(m) != nil || len(m.Graph.Inputs) != 1 {
			return
		}
		free, err := Model(m, []string{m.Graph.Inputs[0].Name}, 0)
		if err != nil {
			return
		}
		if err := onnxio.Check(free); err != nil {
			t.Fatal(err)
		}
		if !mixed(m) {
			agree(t, m, free)
		}
	})
}

// mixed reports whether a model is allowed to mix samples, or draws numbers.
func mixed(m *onnxio.Model) bool { return Mixes(m) || has(m, "Dropout") }

// agree compares what becomes of three samples, alone and together.
func agree(t *testing.T, m, free *onnxio.Model) {
	t.Helper()
	in := m.Graph.Inputs[0]
	shape, _ := in.Shape.Ints()
	if in.Type != onnxio.Float32 || shape[0] != 1 || product(shape) > 1<<12 {
		return
	}
	rng := rand.New(rand.NewPCG(3, 4))
	x := make([]float64, 3*product(shape))
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	part := len(x) / 3
	alone := make([]map[string]*exec.Tensor, 3)
	for k := range alone {
		out, err := reference.Eval(m, map[string]*exec.Tensor{in.Name: exec.NewTensor(shape, x[k*part:(k+1)*part])}, reference.Float64)
		if err != nil {
			return // as the values are, some indices reach too far
		}
		alone[k] = out
	}
	shape[0] = 3
	out, err := reference.Eval(free, map[string]*exec.Tensor{in.Name: exec.NewTensor(shape, x)}, reference.Float64)
	if err != nil {
		t.Fatal(err)
	}
	for name, together := range out {
		y := numbers(together)
		for k := range alone {
			want := numbers(alone[k][name])
			if len(y) == len(want) && len(y) > 0 && m.Graph.Output(name) != nil && slices.Equal(together.Shape, alone[k][name].Shape) {
				continue
			}
			if len(y) != 3*len(want) {
				t.Fatalf("output %q: %v of three, %v of one", name, together.Shape, alone[k][name].Shape)
			}
			for i, w := range want {
				got := y[k*len(want)+i]
				if math.Abs(w) < 1e9 && !(math.Abs(got-w) <= 1e-6*max(1, math.Abs(w))) {
					t.Fatalf("output %q: number %d of sample %d is %g, want %g", name, i, k, got, w)
				}
			}
		}
	}
}

func numbers(t *exec.Tensor) (out []float64) {
	switch d := t.Data.(type) {
	case []float64:
		return d
	case []int64:
		for _, v := range d {
			out = append(out, float64(v))
		}
	case []bool:
		for _, v := range d {
			out = append(out, map[bool]float64{true: 1}[v])
		}
	}
	return out
}
