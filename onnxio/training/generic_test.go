package training

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// settings are the losses with every setting that each knows.
var settings = []Domain{
	{Loss: CrossEntropy},
	{Loss: CrossEntropy, ClassWeights: []float32{0.5, 3, 1.25}},
	{Loss: CrossEntropy, Smoothing: 0.2},
	{Loss: CrossEntropy, ClassWeights: []float32{0.5, 3, 1.25}, Smoothing: 0.1},
	{Loss: BinaryCrossEntropy},
	{Loss: BinaryCrossEntropy, ClassWeights: []float32{0.5, 3, 1.25}},
	{Loss: BinaryCrossEntropy, Smoothing: 0.2, Masked: true},
	{Loss: BinaryCrossEntropy, ClassWeights: []float32{0.5, 3, 1.25}, Smoothing: 0.1, Masked: true},
	{Loss: SquaredError},
	{Loss: SquaredError, Masked: true},
	{Loss: Huber, Delta: 0.75},
	{Loss: Huber, Delta: 2, Masked: true},
}

// TestCotangentsAgainstAutodiff compares the cotangents that are written down
// in the table of losses with those that package autodiff derives from the
// nodes that compute the losses.
func TestCotangentsAgainstAutodiff(t *testing.T) {
	const batch, outputs = 4, 3
	rng := rand.New(rand.NewPCG(5, 5))
	normal := func() []float64 {
		v := make([]float64, batch*outputs)
		for i := range v {
			v[i] = 3 * rng.NormFloat64()
		}
		return v
	}
	covered := map[Loss]bool{}
	for _, d := range settings {
		d.Name, d.Batch, d.Outputs = "a", batch, outputs
		covered[d.Loss] = true
		if err := d.validate(false); err != nil {
			t.Fatal(err)
		}
		target := exec.NewTensor([]int64{batch, outputs}, normal())
		switch d.Loss {
		case CrossEntropy:
			target = exec.NewTensor([]int64{batch}, []int64{0, 2, 2, 1})
		case BinaryCrossEntropy:
			for i, v := range target.Float64() {
				target.Float64()[i] = 0
				if v > 0 {
					target.Float64()[i] = 1
				}
			}
		}
		if d.Masked { // one unknown, two, all of the third row
			for _, i := range []int{1, 3, 5, 6, 7, 8} {
				target.Float64()[i] = math.NaN()
			}
		}
		got, want := cotangents(t, d, normal(), target)
		name := fmt.Sprintf("%+v", d)
		if slices.Max(want) == 0 {
			t.Errorf("%s: the derived cotangent is zero", name)
		}
		for i := range want {
			if !(math.Abs(got[i]-want[i]) <= 1e-7) {
				t.Errorf("%s: cotangent %d is %g, autodiff says %g", name, i, got[i], want[i])
			}
			if d.Masked && math.IsNaN(target.Float64()[i]) && got[i] != 0 {
				t.Errorf("%s: cotangent %d of an unknown target is %g", name, i, got[i])
			}
		}
	}
	for loss := range losses {
		if !covered[loss] {
			t.Errorf("%s is not compared", loss)
		}
	}
}

// cotangents evaluates both forms on some scores.
func cotangents(t *testing.T, domain Domain, values []float64, target *exec.Tensor) (written, derived []float64) {
	t.Helper()
	rule := losses[domain.Loss]
	batch, outputs := int64(domain.Batch), int64(domain.Outputs)
	d := newDraft("loss", []onnxio.Opset{{Version: 17}})
	dt, shape := rule.target(onnxio.Dim{Size: batch}, domain.Outputs)
	l := &judged{
		Domain: domain,
		scores: d.input("scores", onnxio.Float32, onnxio.Static(batch, outputs)),
		target: d.input("target", dt, shape),
	}
	weight := d.input("weight", onnxio.Float32, onnxio.Static(1))
	for _, name := range []string{"written", "derived"} {
		d.output(name, onnxio.Float32, onnxio.Static(batch, outputs))
	}
	samples := rule.samples(d, "", l)
	cotangent := d.scale(rule.cotangent(d, l, weight), float32(rule.factor(domain)))
	seed := d.Op("Expand", []string{d.scale(weight, 1/float32(batch)), d.Int64s(batch)})
	types, err := d.infer()
	if err != nil {
		t.Fatal(err)
	}
	grads, err := gradient(d, types, map[string]string{samples: seed}, []string{l.scores}, nil)
	if err != nil {
		t.Fatal(err)
	}
	d.OpNamed("written", "Identity", []string{cotangent})
	d.OpNamed("derived", "Identity", []string{grads[l.scores]})
	m, err := d.finish()
	if err != nil {
		t.Fatal(err)
	}
	out, err := reference.Eval(m, map[string]*exec.Tensor{
		"scores": exec.NewTensor([]int64{batch, outputs}, values),
		"target": target,
		"weight": exec.NewTensor([]int64{1}, []float64{0.7}),
	}, reference.Float64)
	if err != nil {
		t.Fatal(err)
	}
	return out["written"].Float64(), out["derived"].Float64()
}
