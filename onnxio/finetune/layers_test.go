package finetune_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/finetune"
	"github.com/sharewise/sharewise/onnxio/training"
)

// frozen lists the parameters that a model marks.
func frozen(m *onnxio.Model) (names []string) {
	for _, p := range m.Metadata {
		if name, ok := strings.CutPrefix(p.Key, training.FreezeProperty); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func TestFreezeDepth(t *testing.T) {
	first := []string{"bn.bias", "bn.mean", "bn.var", "bn.weight", "conv1.weight"}
	two := slices.Sorted(slices.Values(append([]string{"conv2.bias", "conv2.weight"}, first...)))
	for _, test := range []struct {
		depth int
		want  []string
	}{{1, first}, {2, two}, {3, slices.Sorted(slices.Values(append([]string{"fc.bias", "fc.weight"}, two...)))}} {
		for _, n := range networks {
			m, _ := n.model(t)
			got, r := apply(t, m, finetune.Config{FreezeDepth: test.depth})
			if !slices.Equal(frozen(got), test.want) || r.Layers != 3 {
				t.Errorf("%s: depth %d of %d freezes %v, want %v", n.name, test.depth, r.Layers, frozen(got), test.want)
			}
		}
	}
	m, _ := networks[0].model(t)
	_, _, err := finetune.Apply(m, finetune.Config{FreezeDepth: 3, Features: finetune.Auto})
	if !errors.Is(err, finetune.ErrConfig) || !strings.Contains(err.Error(), "the first 3 layers cannot be frozen, the trunk has 2") {
		t.Errorf("error %v", err)
	}
}

// TestFreezeDepthCompiles verifies that training leaves alone what is marked,
// batch statistics included.
func TestFreezeDepthCompiles(t *testing.T) {
	m, _ := networks[0].model(t)
	trunk, _ := apply(t, m, finetune.Config{FreezeDepth: 1, Features: finetune.Auto})
	p, err := training.Compile(training.Config{Trunk: trunk, Domains: []training.Domain{{Name: "a", Batch: 4, Loss: training.CrossEntropy, Outputs: 3}}})
	if err != nil {
		t.Fatal(err)
	}
	var moves []string
	for _, p := range p.Params {
		if !p.Frozen {
			moves = append(moves, p.Name)
		}
	}
	if want := []string{"conv2.weight", "conv2.bias", "head/a/weight", "head/a/bias"}; !slices.Equal(moves, want) || len(p.Buffers) > 0 {
		t.Errorf("%v and %d running statistics move, want %v", moves, len(p.Buffers), want)
	}
}

// TestSharedLayers counts a weight that two nodes share once.
func TestSharedLayers(t *testing.T) {
	s := newSketch(4)
	w := s.weight("shared", 4, 4)
	y := s.Op("Tanh", []string{s.Op("MatMul", []string{"input", w})})
	y = s.Op("Tanh", []string{s.Op("MatMul", []string{y, w})})
	m := s.end(t, s.Op("MatMul", []string{y, s.weight("last", 4, 2)}))
	got, r := apply(t, m, finetune.Config{FreezeDepth: 1})
	if !slices.Equal(frozen(got), []string{"shared"}) || r.Layers != 2 {
		t.Errorf("depth 1 of %d freezes %v", r.Layers, frozen(got))
	}
}
