package training_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/training"
)

// TestFreeze compares a step with frozen parameters with one without: what is
// frozen has neither update nor state, the rest moves as it would.
func TestFreeze(t *testing.T) {
	tests := []struct {
		trunk  string
		freeze []string
		frozen []string
	}{
		{"mlp", []string{"fc1.*"}, []string{"fc1.weight", "fc1.bias"}},
		{"mlp", []string{"*"}, []string{"fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"}},
		{"cnn", []string{"conv?.weight", "fc1.bias"}, []string{"conv1.weight", "conv2.weight", "fc1.bias"}},
		// Parameters go by the names of the model; stars match slashes.
		{"exported", []string{"next*", "step"}, []string{"trunk/step", "trunk/next/bias"}},
	}
	for _, test := range tests {
		cfg := training.Config{
			Trunk: trunks(t)[test.trunk], Domains: mixed, Clip: 1e9,
			Optimizer: training.Optimizer{Momentum: 0.5, WeightDecay: 0.1},
		}
		free := newRig(t, cfg)
		cfg.Freeze = test.freeze
		part := free.with(t, cfg)
		grads, square := free.gradients(t), 0.0
		want, got := free.run(t, free.program.Step), part.run(t, part.program.Step)
		var frozen []string
		for _, p := range part.program.Params {
			next := training.NextName(p.Name)
			if p.Frozen {
				frozen = append(frozen, p.Name)
				if got[next] != nil || part.values["state/velocity/"+p.Name] != nil {
					t.Errorf("%s %v: %s is frozen and has an update or state", test.trunk, test.freeze, p.Name)
				}
				continue
			}
			for _, g := range grads[p.Name] {
				square += g * g
			}
			if d := distance(got[next].Float64(), want[next].Float64()); d > 1e-12 {
				t.Errorf("%s %v: %s is off by %g after a step", test.trunk, test.freeze, p.Name, d)
			}
		}
		if !slices.Equal(frozen, test.frozen) {
			t.Errorf("%s %v freezes %v, want %v", test.trunk, test.freeze, frozen, test.frozen)
		}
		norm := got[training.OutputGradNorm].Float64()[0]
		if math.Abs(norm-math.Sqrt(square)) > 1e-6*norm {
			t.Errorf("%s %v: the norm of the gradient is %g, without what is frozen %g", test.trunk, test.freeze, norm, math.Sqrt(square))
		}
	}
}

// TestFrozenTrunkHasNoGradient counts nodes: gradients are computed above the
// lowest parameter that trains, and nowhere else.
func TestFrozenTrunkHasNoGradient(t *testing.T) {
	tests := []struct {
		freeze []string
		convs  int // two forwards, one per gradient of a weight or a feature map
		apart  bool
	}{
		{nil, 2 + 2 + 1, true},
		{[]string{"conv1.*"}, 2 + 1, true},
		{[]string{"conv*"}, 2, true},
		{[]string{"*"}, 2, false},
	}
	for _, test := range tests {
		p, err := training.Compile(training.Config{
			Trunk: mustZoo(t, "cnn", 0.02, 4, 8, 8), Domains: mixed, Freeze: test.freeze, Gradients: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		convs := 0
		for _, n := range p.Step.Graph.Nodes {
			if n.Op == "Conv" || n.Op == "ConvTranspose" {
				convs++
			}
		}
		if convs != test.convs {
			t.Errorf("freezing %v: %d convolutions in a step, want %d", test.freeze, convs, test.convs)
		}
		if (p.Gradients != nil) != test.apart {
			t.Errorf("freezing %v: there are gradients: %v", test.freeze, p.Gradients != nil)
		}
	}
}

// TestFreezeBatchNorm checks that a batch normalisation without anything to
// train uses stored statistics, and one with something does not.
func TestFreezeBatchNorm(t *testing.T) {
	trunk := mustZoo(t, "resnet20", 0.25, 1, 8, 8)
	p, err := training.Compile(training.Config{Trunk: trunk, Domains: mixed})
	if err != nil {
		t.Fatal(err)
	}
	all := len(p.Buffers)
	for _, test := range []struct {
		freeze  []string
		buffers int
	}{
		{[]string{"*"}, 0},
		{[]string{"bn1.*"}, all - 2},
		{[]string{"bn1.weight"}, all},
		{[]string{"*conv*"}, all},
	} {
		p, err := training.Compile(training.Config{Trunk: trunk, Domains: mixed, Freeze: test.freeze})
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Buffers) != test.buffers {
			t.Errorf("freezing %v leaves %d running statistics, want %d", test.freeze, len(p.Buffers), test.buffers)
		}
	}
}

func TestFreezeErrors(t *testing.T) {
	cfg := training.Config{Trunk: mustZoo(t, "mlp", 0.02, 5), Domains: mixed, Freeze: []string{"fc1.*", "conv*"}}
	_, err := training.Compile(cfg)
	var none *training.NoMatchError
	if !errors.As(err, &none) || !errors.Is(err, training.ErrConfig) || none.Pattern != "conv*" || len(none.Params) != 4 {
		t.Errorf("got %v", err)
	}
	if want := `"conv*" matches no parameter; there are fc1.weight, fc1.bias, fc2.weight, fc2.bias`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v lacks %s", err, want)
	}
	whole := cfg
	whole.KeepHead, whole.Freeze, whole.Domains = true, []string{"*"}, []training.Domain{{Name: "a", Batch: 2, Loss: training.SquaredError}}
	if _, err := training.Compile(whole); !errors.Is(err, training.ErrConfig) || !strings.Contains(err.Error(), "nothing trains") {
		t.Errorf("got %v", err)
	}
	cfg.Freeze = []string{"[a-"}
	if _, err := training.Compile(cfg); !errors.Is(err, training.ErrConfig) {
		t.Errorf("a pattern that is none gives %v", err)
	}
}

func TestPreview(t *testing.T) {
	const first, second = 2 * 40 * 64, 2 * 64 * 64 // products of the two layers
	const relus = 2 * 64
	tests := []struct {
		freeze          []string
		trained, frozen int
		flops           int64
	}{
		// The first layer has no gradient of its input.
		{nil, 4, 0, 2*first + 3*second + 2*relus},
		{[]string{"fc1.*"}, 2, 2, first + 2*second + 64 + 2*64},
		{[]string{"fc2.*"}, 2, 2, 2*first + 2*second + 2*relus},
		{[]string{"*"}, 0, 4, first + second + relus},
	}
	for _, test := range tests {
		o, err := training.Preview(mustZoo(t, "mlp", 0.25, 40), test.freeze, "")
		if err != nil {
			t.Fatal(err)
		}
		if o.Trained != test.trained || o.Frozen != test.frozen || len(o.Random) != test.frozen || o.FLOPs != test.flops {
			t.Errorf("freezing %v: %+v, want %+v", test.freeze, o, test)
		}
	}
	o, err := training.Preview(exported(), []string{"*"}, "")
	if err != nil || o.Frozen != 3 || o.Random != nil {
		t.Errorf("an exported model: %+v, %v", o, err)
	}
	if _, err := training.Preview(&onnxio.Model{Graph: &onnxio.Graph{}}, nil, ""); !errors.Is(err, training.ErrTrunk) {
		t.Errorf("an empty model gives %v", err)
	}
}
