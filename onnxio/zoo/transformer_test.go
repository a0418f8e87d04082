package zoo_test

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/reference"
	"github.com/sharewise/sharewise/onnxio/zoo"
)

// features runs a trunk of small random parameters. A parameter depends on its
// name alone, and a larger one begins with the elements of a smaller one.
func features(t *testing.T, m *onnxio.Model, x *exec.Tensor) []float32 {
	t.Helper()
	inputs := map[string]*exec.Tensor{"x": x}
	for _, in := range m.Graph.Inputs[1:] {
		dims, ok := in.Shape.Ints()
		if !ok {
			t.Fatalf("%s has shape %v", in.Name, in.Shape)
		}
		h := fnv.New64()
		h.Write([]byte(in.Name))
		rng := rand.New(rand.NewPCG(h.Sum64(), 0))
		p := exec.Zeros(onnxio.Float32, dims...)
		for i := range p.Float32() {
			p.Float32()[i] = float32(rng.NormFloat64()) / 4
		}
		inputs[in.Name] = p
	}
	s, err := reference.Backend().Open(m, exec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.Run(inputs)
	if err != nil {
		t.Fatal(err)
	}
	return out["features"].Float32()
}

// TestPaddingHasNoPart verifies that what the transformer makes of tokens does
// not depend on how many paddings follow them, and that it stays finite where
// there is nothing else.
func TestPaddingHasNoPart(t *testing.T) {
	build := func(length int) *onnxio.Model {
		m, err := zoo.Build("transformer", zoo.Config{Input: []int{length}, Width: 0.25, Vocabulary: 10})
		if err != nil {
			t.Fatal(err)
		}
		if err := onnxio.Check(m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	const size = 16
	long := features(t, build(6), exec.NewTensor([]int64{3, 6}, []float32{
		4, 9, 1, 0, 0, 0,
		4, 9, 1, 2, 0, 0,
		0, 0, 0, 0, 0, 0,
	}))
	short := features(t, build(3), exec.NewTensor([]int64{1, 3}, []float32{4, 9, 1}))
	if len(short) != size || len(long) != 3*size {
		t.Fatalf("%d and %d features", len(short), len(long))
	}
	changed := 0.0
	for i, v := range short {
		if d := math.Abs(float64(v - long[i])); d > 1e-5 {
			t.Errorf("feature %d is %g, and %g with padding", i, v, long[i])
		}
		changed = max(changed, math.Abs(float64(v-long[size+i])))
	}
	if changed < 1e-2 {
		t.Errorf("a fourth token changes the features by no more than %g", changed)
	}
	for i, v := range long[2*size:] {
		if v != 0 {
			t.Errorf("feature %d of padding alone is %g", i, v)
		}
	}
}

// TestBag works out the features of a bag by hand: the mean of the vectors of the
// tokens that are no padding, and the layer.
func TestBag(t *testing.T) {
	m, err := zoo.Build("bag", zoo.Config{Input: []int{4}, Width: 0.0625, Vocabulary: 5, Padding: 3})
	if err != nil {
		t.Fatal(err)
	}
	if err := onnxio.Check(m); err != nil {
		t.Fatal(err)
	}
	x := func(tokens ...float32) *exec.Tensor { return exec.NewTensor([]int64{1, 4}, tokens) }
	one := features(t, m, x(1, 3, 3, 3))
	for _, same := range [][]float32{{3, 1, 3, 3}, {1, 1, 3, 1}, {1, 1, 1, 1}} {
		got := features(t, m, x(same...))
		for k := range got {
			if math.Abs(float64(got[k]-one[k])) > 1e-5 {
				t.Errorf("tokens %v give %v, and one of them %v", same, got, one)
				break
			}
		}
	}
	none, mixed := features(t, m, x(3, 3, 3, 3)), features(t, m, x(2, 0, 1, 3))
	other := features(t, m, x(1, 2, 3, 0))
	for k := range none {
		if none[k] != none[k] || math.Abs(float64(mixed[k]-other[k])) > 1e-5 {
			t.Errorf("no token gives %v; the order of tokens matters: %v, %v", none, mixed, other)
			break
		}
	}
}
