package finetune_test

import (
	"errors"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/finetune"
	"github.com/sharewise/sharewise/onnxio/training"
)

// rules are the rules that a model's metadata has for parameters.
func rules(m *onnxio.Model) map[string]string {
	out := map[string]string{}
	for _, p := range m.Metadata {
		if name, ok := strings.CutPrefix(p.Key, training.InitProperty); ok {
			out[name] = p.Value
		}
	}
	return out
}

func TestInitialize(t *testing.T) {
	backbone := map[string]string{
		"bn.weight": "ones", "bn.bias": "zeros", "bn.mean": "zeros", "bn.var": "ones", "conv2.bias": "zeros", "fc.bias": "zeros",
	}
	// conv1 adds up 3·3·3 inputs, and an input reaches 4·3·3 outputs; conv2
	// 4·3·3 and 6·3·3; fc 6 and 5.
	for method, weights := range map[string][3]string{
		"he":               {"he_normal fan_in=27", "he_normal fan_in=36", "he_normal fan_in=6"},
		"xavier":           {"xavier_uniform fan_in=27 fan_out=36", "xavier_uniform fan_in=36 fan_out=54", "xavier_uniform fan_in=6 fan_out=5"},
		"orthogonal":       {"orthogonal gain=1", "orthogonal gain=1", "orthogonal gain=1"},
		"truncated_normal": {"truncated_normal std=0.02", "truncated_normal std=0.02", "truncated_normal std=0.02"},
	} {
		want := maps.Clone(backbone)
		want["conv1.weight"], want["conv2.weight"], want["fc.weight"] = weights[0], weights[1], weights[2]
		for _, n := range networks {
			m, _ := n.model(t)
			got, r := apply(t, m, finetune.Config{Init: method})
			if rules := rules(got); !maps.Equal(rules, want) {
				t.Errorf("%s of %s:\n%v, want\n%v", method, n.name, rules, want)
			}
			if len(r.Kept) > 0 {
				t.Errorf("%s of %s keeps %v", method, n.name, r.Kept)
			}
		}
	}
}

// TestInitializeKeeps leaves alone what has no known role.
func TestInitializeKeeps(t *testing.T) {
	s := newSketch(4)
	y := s.Op("MatMul", []string{"input", s.weight("w", 4, 4)})
	y = s.Op("LayerNormalization", []string{y, s.weight("scale", 4), s.weight("shift", 4)})
	m := s.end(t, s.Op("Add", []string{y, s.weight("position", 4)}))
	got, r := apply(t, m, finetune.Config{Init: "he"})
	if !slices.Equal(r.Kept, []string{"position"}) {
		t.Errorf("keeps %v", r.Kept)
	}
	if want := map[string]string{"w": "he_normal fan_in=4", "scale": "ones", "shift": "zeros"}; !maps.Equal(rules(got), want) {
		t.Errorf("rules %v", rules(got))
	}
	if same, _ := apply(t, m, finetune.Config{Init: finetune.Keep}); same != m {
		t.Error("keep makes another model")
	}
	if _, _, err := finetune.Apply(m, finetune.Config{Init: "hee"}); !errors.Is(err, finetune.ErrConfig) || !strings.Contains(err.Error(), `"hee" (choose keep, he,`) {
		t.Errorf("error %v", err)
	}
}

// TestInitializeRecurrent starts input and recurrent weights of an LSTM, which
// is unrolled, by their own fans.
func TestInitializeRecurrent(t *testing.T) {
	s := newSketch(5, 3) // samples of 5 steps
	x := s.Op("Transpose", []string{"input"}, onnxio.IntsAttr("perm", 1, 0, 2))
	last := s.Ops("LSTM", 2, []string{x, s.weight("w", 1, 16, 3), s.weight("r", 1, 16, 4), s.weight("b", 1, 32)}, onnxio.IntAttr("hidden_size", 4))[1]
	m := s.end(t, s.Op("Squeeze", []string{last, s.Int64s(0)}))
	got, r := apply(t, m, finetune.Config{Init: "xavier"})
	want := map[string]string{"w": "xavier_uniform fan_in=3 fan_out=16", "r": "xavier_uniform fan_in=4 fan_out=16", "b": "zeros"}
	if !maps.Equal(rules(got), want) || len(r.Kept) > 0 {
		t.Errorf("rules %v, keeps %v", rules(got), r.Kept)
	}
}

// TestInitializeDraws compiles a model that starts anew: two seeds give two
// starts, of the variance that He's rule says, and none is that of the file.
func TestInitializeDraws(t *testing.T) {
	s := newSketch(300)
	m := s.end(t, s.Op("Relu", []string{s.Op("MatMul", []string{"input", s.weight("w", 300, 200)})}))
	m, _ = apply(t, m, finetune.Config{Init: "he"})
	p, err := training.Compile(training.Config{Trunk: m, Domains: []training.Domain{{Name: "a", Batch: 2, Loss: training.CrossEntropy, Outputs: 3}}})
	if err != nil {
		t.Fatal(err)
	}
	var draws [2][]float32
	for seed := range draws {
		draws[seed] = training.Initialize(p.Params[0], rand.New(rand.NewPCG(uint64(seed), 0)))
		squares := 0.0
		for _, v := range draws[seed] {
			squares += float64(v) * float64(v)
		}
		n := float64(len(draws[seed]))
		if variance := squares / n; math.Abs(variance-2./300) > 5*2./300*math.Sqrt(2/n) {
			t.Errorf("variance %g, want %g", variance, 2./300)
		}
	}
	if slices.Equal(draws[0], draws[1]) {
		t.Error("two seeds give one start")
	}
}
