package evaluate_test

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/evaluate"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// convolving is a classifier of pictures [3,8,8]: convolution, stored batch
// normalisation, Relu, mean, linear layer.
func convolving() *onnxio.Model {
	rng := rand.New(rand.NewPCG(1, 1))
	g := &onnxio.Graph{Name: "convolving",
		Inputs:  []*onnxio.Value{{Name: "in", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("n"), {Size: 3}, {Size: 8}, {Size: 8}}}},
		Outputs: []*onnxio.Value{{Name: "out", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("n"), {Size: 2}}}},
	}
	b := onnxio.NewBuilder(g)
	weights := func(name string, least float64, shape ...int64) string {
		n := int64(1)
		for _, s := range shape {
			n *= s
		}
		v := make([]float32, n)
		for i := range v {
			if v[i] = float32(rng.NormFloat64()); least > 0 {
				v[i] = float32(least + rng.Float64())
			}
		}
		return b.Initializer(onnxio.NewFloat32(name, shape, v))
	}
	x := b.Op("Conv", []string{"in", weights("w", 0, 16, 3, 3, 3)}, onnxio.IntsAttr("pads", 1, 1, 1, 1))
	x = b.Op("BatchNormalization", []string{x, weights("scale", 0.5, 16), weights("bias", 0, 16), weights("mean", 0, 16), weights("variance", 0.5, 16)})
	x = b.Op("Relu", []string{x})
	x = b.Op("Flatten", []string{b.Op("GlobalAveragePool", []string{x})})
	b.OpNamed("out", "Gemm", []string{x, weights("head", 0, 16, 2)})
	return &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g}
}

// noise is a domain of pictures of noise.
func noise(t *testing.T) *dataset.Domain {
	t.Helper()
	rng := rand.New(rand.NewPCG(2, 2))
	s := study.New("noise")
	d := study.NewDomain("a")
	d.Format, d.Split.By, d.Split.Val, d.Split.Test = study.InMemory, study.ByTime, 0, 0.5
	s.Domains, s.Input.Normalize = []study.Domain{d}, "none"
	held := &dataset.Samples{Shape: []int{3, 8, 8}}
	for i := range 80 {
		x := make([]float32, 3*8*8)
		for k := range x {
			x[k] = float32(rng.NormFloat64())
		}
		held.X, held.Labels = append(held.X, x), append(held.Labels, []string{"no", "yes"}[i%2])
	}
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	domains, err := dataset.OpenAll(context.Background(), s, dataset.FromMemory(map[string]*dataset.Samples{"a": held}))
	if err != nil {
		t.Fatal(err)
	}
	return domains[0]
}

// judgedFaster are the losses of the domain's test samples, and how they were
// computed.
func judgedFaster(t *testing.T, b exec.Backend, d *dataset.Domain, form kernels.Form) ([]float32, string) {
	t.Helper()
	m := convolving()
	f, err := evaluate.Guess(m, d, evaluate.Form{Gives: evaluate.Scores})
	if err != nil {
		t.Fatal(err)
	}
	f.ScaleAs(d)
	models, err := evaluate.OpenFaster(b, m, []evaluate.Form{*f}, exec.Options{Threads: 2}, form)
	if err != nil {
		t.Fatal(err)
	}
	defer models[0].Close()
	var table losses.Table
	if err := models[0].Judge(context.Background(), &table, d, d.Test, 1); err != nil {
		t.Fatal(err)
	}
	return table.Loss, models[0].Computed()
}

func TestFasterAgrees(t *testing.T) {
	b, d := orttest.Kernels(t), noise(t)
	want, computed := judgedFaster(t, b, d, kernels.Form{})
	if computed != "" {
		t.Errorf("without passes: computed %s", computed)
	}
	form := kernels.Best(kernels.Offered(b))
	form.Everywhere = true
	got, computed := judgedFaster(t, b, d, form)
	if !strings.HasPrefix(computed, "by kernels") {
		t.Fatalf("computed %q", computed)
	}
	for i := range want {
		if math.Abs(float64(got[i]-want[i])) > 1e-4 {
			t.Errorf("sample %d: loss %g, as the model is %g", i, got[i], want[i])
		}
	}
}

// lying is a backend whose kernels give twice what they should.
type lying struct{ exec.Backend }

func (l lying) Open(m *onnxio.Model, o exec.Options) (exec.Session, error) {
	if m.Opset(kernels.Domain) == 0 {
		return l.Backend.Open(m, o)
	}
	plain, err := l.Backend.Open(prepared(convolving()), o)
	return &doubled{plain}, err
}

// prepared names the output as package evaluate does.
func prepared(m *onnxio.Model) *onnxio.Model {
	onnxio.NewBuilder(m.Graph).OpNamed("sharewise.scores", "Identity", []string{"out"})
	m.Graph.Outputs[0].Name = "sharewise.scores"
	return m
}

type doubled struct{ exec.Session }

func (d *doubled) Run(in map[string]*exec.Tensor) (map[string]*exec.Tensor, error) {
	out, err := d.Session.Run(in)
	for _, t := range out {
		for i := range t.Float32() {
			t.Float32()[i] *= 2
		}
	}
	return out, err
}

func TestFasterIsRefusedWhereItDisagrees(t *testing.T) {
	d := noise(t)
	want, _ := judgedFaster(t, reference.Backend(), d, kernels.Form{})
	got, computed := judgedFaster(t, lying{reference.Backend()}, d, kernels.Form{Kernels: kernels.All(), Passes: kernels.Passes(), Everywhere: true})
	if !strings.HasPrefix(computed, "as it is; ") {
		t.Errorf("computed %q", computed)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("sample %d: loss %g, as the model is %g", i, got[i], want[i])
		}
	}
}
