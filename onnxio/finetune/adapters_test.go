package finetune_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/finetune"
	"github.com/sharewise/sharewise/onnxio/reference"
	"github.com/sharewise/sharewise/onnxio/training"
)

// layered has every form of layer that takes an adapter: convolutions with
// groups, strides and dilation, a product with a transposed weight that two
// nodes share, a Gemm with alpha and transB.
func layered(t testing.TB) *onnxio.Model {
	s := newSketch(4, 9, 9)
	y := s.OpNamed("grouped", "Conv", []string{"input", s.weight("grouped.weight", 6, 2, 3, 3), s.weight("grouped.bias", 6)},
		onnxio.IntAttr("group", 2), onnxio.IntsAttr("strides", 2, 1), onnxio.IntsAttr("pads", 1, 0, 1, 2))
	y = s.Op("Tanh", []string{y})
	y = s.OpNamed("dilated", "Conv", []string{y, s.weight("dilated.weight", 5, 6, 3, 3)}, onnxio.IntsAttr("dilations", 2, 2), onnxio.StringAttr("auto_pad", "SAME_UPPER"))
	y = s.Op("Tanh", []string{s.Op("ReduceMean", []string{y}, onnxio.IntsAttr("axes", 2), onnxio.IntAttr("keepdims", 0))}) // [N,5,9]
	w := s.Op("Transpose", []string{s.weight("shared.weight", 9, 9)}, onnxio.IntsAttr("perm", 1, 0))
	y = s.OpNamed("shared1", "MatMul", []string{y, w})
	y = s.OpNamed("shared2", "MatMul", []string{s.Op("Tanh", []string{y}), w})
	y = s.Op("Flatten", []string{s.Op("Tanh", []string{y})})
	y = s.OpNamed("gemm", "Gemm", []string{y, s.weight("gemm.weight", 8, 45), s.weight("gemm.bias", 8)}, onnxio.IntAttr("transB", 1), onnxio.FloatAttr("alpha", 0.5))
	return s.end(t, s.OpNamed("features", "Tanh", []string{y}))
}

// adapted compiles an adapted model for one domain and draws its parameters.
// With trained, B is not zero.
func adapted(t testing.TB, m *onnxio.Model, a finetune.Adapters, trained bool) (*training.Program, map[string][]float32) {
	t.Helper()
	trunk, _ := apply(t, m, finetune.Config{Adapters: a})
	p, err := training.Compile(training.Config{Trunk: trunk, Domains: []training.Domain{{Name: "a", Batch: 3, Loss: training.CrossEntropy, Outputs: 4}}})
	if err != nil {
		t.Fatal(err)
	}
	values := map[string][]float32{}
	rng := rand.New(rand.NewPCG(1, 1))
	for _, param := range p.Params {
		v := training.Initialize(param, rng)
		if trained && strings.HasSuffix(param.Name, ".lora_B") {
			for i := range v {
				v[i] = float32(rng.NormFloat64())
			}
		}
		values[param.Name] = v
	}
	return p, values
}

// scores runs the deployed model of a program.
func scores(t testing.TB, m *onnxio.Model, x *exec.Tensor) []float64 {
	t.Helper()
	out, err := reference.Eval(m, map[string]*exec.Tensor{training.InputX: x}, reference.Float64)
	if err != nil {
		t.Fatal(err)
	}
	return out[training.OutputScores].Float64()
}

func TestAdaptersStartAtTheModel(t *testing.T) {
	m := layered(t)
	x := samples(3, 4, 9, 9)
	p, values := adapted(t, m, finetune.Adapters{Rank: 2, Alpha: 8}, false)
	with, err := training.Bake(p.Predict, values)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := training.Compile(training.Config{Trunk: m, Domains: []training.Domain{{Name: "a", Batch: 3, Loss: training.CrossEntropy, Outputs: 4}}})
	if err != nil {
		t.Fatal(err)
	}
	without, err := training.Bake(plain.Predict, values)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := scores(t, with, x), scores(t, without, x); !slices.Equal(got, want) {
		t.Errorf("before the first step outputs are %v, without adapters %v", got, want)
	}
}

func TestAdapt(t *testing.T) {
	m := layered(t)
	all := []string{"grouped.weight", "dilated.weight", "shared.weight", "gemm.weight"}
	for _, test := range []struct {
		a     finetune.Adapters
		want  []string
		small []string
	}{
		{finetune.Adapters{Rank: 2}, all, nil},
		{finetune.Adapters{Rank: 4}, []string{"dilated.weight", "shared.weight", "gemm.weight"}, []string{"grouped.weight"}},
		{finetune.Adapters{Rank: 2, Match: []string{"g*.weight"}}, []string{"grouped.weight", "gemm.weight"}, nil},
		{finetune.Adapters{Rank: 2, Match: []string{"shared2", "dilated"}}, []string{"dilated.weight", "shared.weight"}, nil},
	} {
		trunk, r := apply(t, m, finetune.Config{Adapters: test.a})
		if !slices.Equal(r.Adapted, test.want) || !slices.Equal(r.Small, test.small) {
			t.Errorf("%+v adapts %v, too small are %v", test.a, r.Adapted, r.Small)
		}
		if got := frozen(trunk); len(got) != 6 {
			t.Errorf("%+v freezes %v", test.a, got)
		}
	}
	// Grouped convolution: A [2·2, 2·3·3], B [6, 2]. Dilated: [2, 6·3·3], [5, 2].
	// Shared: [9, 2], [2, 9]. Gemm: [45, 2], [2, 8].
	trunk, _ := apply(t, m, finetune.Config{Adapters: finetune.Adapters{Rank: 2}})
	o, err := training.Preview(trunk, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	if want := int64(4*18 + 6*2 + 2*54 + 5*2 + 9*2 + 2*9 + 45*2 + 2*8); o.TrainedParams != want || o.Trained != 8 {
		t.Errorf("%d parameters in %d tensors train, want %d", o.TrainedParams, o.Trained, want)
	}
}

func TestAdaptErrors(t *testing.T) {
	m := layered(t)
	for _, test := range []struct {
		a    finetune.Adapters
		want string
	}{
		{finetune.Adapters{Rank: -1}, "adapters of rank -1"},
		{finetune.Adapters{Rank: 1, Alpha: -2}, "scaled by -2"},
		{finetune.Adapters{Rank: 1, Alpha: math.NaN()}, "scaled by NaN"},
		{finetune.Adapters{Rank: 1, Match: []string{"[a-"}}, `pattern "[a-"`},
		{finetune.Adapters{Rank: 100}, "no layer takes an adapter of rank 100; weights are grouped.weight,"},
	} {
		_, _, err := finetune.Apply(m, finetune.Config{Adapters: test.a})
		if !errors.Is(err, finetune.ErrConfig) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v\nlacks %s", err, test.want)
		}
	}
	_, _, err := finetune.Apply(m, finetune.Config{Adapters: finetune.Adapters{Rank: 1, Match: []string{"*.weight", "gem"}}})
	var none *training.NoMatchError
	if !errors.As(err, &none) || none.Pattern != "gem" || !slices.Contains(none.Params, "gemm.weight") {
		t.Errorf("error %v", err)
	}
}

// TestAdapterGradients compares what a step of plain gradient descent takes off
// A and B with central differences of the loss.
func TestAdapterGradients(t *testing.T) {
	p, start := adapted(t, layered(t), finetune.Adapters{Rank: 2, Alpha: 3}, true)
	values := map[string]*exec.Tensor{
		training.InputX:          samples(3, 4, 9, 9),
		training.TargetName("a"): exec.NewTensor([]int64{3}, []int64{0, 3, 1}),
		training.InputWeights:    exec.NewTensor([]int64{1}, []float64{1}),
		training.InputRate:       exec.Scalar(1.),
		training.InputStep:       exec.Scalar(1.),
	}
	for _, param := range p.Params {
		v := make([]float64, len(start[param.Name]))
		for i, x := range start[param.Name] {
			v[i] = float64(x)
		}
		values[param.Name] = exec.NewTensor(param.Shape, v)
	}
	run := func(m *onnxio.Model) map[string]*exec.Tensor {
		inputs := map[string]*exec.Tensor{}
		for _, v := range m.Graph.Inputs {
			inputs[v.Name] = values[v.Name]
		}
		out, err := reference.Eval(m, inputs, reference.Float64)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	loss := func() float64 {
		sum := 0.0
		for _, l := range run(p.Eval[0])[training.OutputSampleLosses].Float64() {
			sum += l
		}
		return sum / 3
	}
	out := run(p.Step)
	const h = 1e-5
	rng := rand.New(rand.NewPCG(2, 2))
	checked := 0
	for _, param := range p.Params {
		if param.Frozen {
			if strings.Contains(param.Name, ".lora_") {
				t.Errorf("%s is frozen", param.Name)
			}
			continue
		}
		v := values[param.Name].Float64()
		largest, worst := 0.0, 0.0
		for range 6 {
			i := rng.IntN(len(v))
			got := v[i] - out[training.NextName(param.Name)].Float64()[i]
			x := v[i]
			v[i] = x + h
			up := loss()
			v[i] = x - h
			want := (up - loss()) / (2 * h)
			v[i] = x
			largest, worst = max(largest, math.Abs(want)), max(worst, math.Abs(got-want))
		}
		if worst > 1e-6*largest+1e-9 || largest == 0 {
			t.Errorf("%s: gradient off by %g of %g", param.Name, worst, largest)
		}
		checked++
	}
	if checked != 8+2 {
		t.Errorf("%d parameters train, want A and B of four layers and a head", checked)
	}
}
