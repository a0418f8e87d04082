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
