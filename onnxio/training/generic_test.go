package training

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/reference"
)

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
	targets := map[Loss]*exec.Tensor{
		CrossEntropy: exec.NewTensor([]int64{batch}, []int64{0, 2, 2, 1}),
		SquaredError: exec.NewTensor([]int64{batch, outputs}, normal()),
	}
	for loss, rule := range losses {
		d := newDraft("loss", []onnxio.Opset{{Version: 17}})
		scores := d.input("scores", onnxio.Float32, onnxio.Static(batch, outputs))
		dt, shape := rule.target(onnxio.Dim{Size: batch}, outputs)
		target := d.input("target", dt, shape)
		weight := d.input("weight", onnxio.Float32, onnxio.Static(1))
		for _, name := range []string{"written", "derived"} {
			d.output(name, onnxio.Float32, onnxio.Static(batch, outputs))
		}
		samples, shared := rule.samples(d, "", scores, target, outputs)
		written := rule.cotangent(d, shared, target, weight, outputs)
		written = d.scale(written, float32(rule.factor(batch, outputs)))
		seed := d.Op("Expand", []string{d.scale(weight, 1./batch), d.Int64s(batch)})
		types, err := d.infer()
		if err != nil {
			t.Fatal(err)
		}
		grads, err := gradient(d, types, map[string]string{samples: seed}, []Param{{Name: scores}})
		if err != nil {
			t.Fatal(err)
		}
		d.OpNamed("written", "Identity", []string{written})
		d.OpNamed("derived", "Identity", []string{grads[scores]})
		m, err := d.finish()
		if err != nil {
			t.Fatal(err)
		}
		out, err := reference.Eval(m, map[string]*exec.Tensor{
			"scores": exec.NewTensor([]int64{batch, outputs}, normal()),
			"target": targets[loss],
			"weight": exec.NewTensor([]int64{1}, []float64{0.7}),
		}, reference.Float64)
		if err != nil {
			t.Fatal(err)
		}
		got, want := out["written"].Float64(), out["derived"].Float64()
		if slices.Max(want) == 0 {
			t.Errorf("%s: the derived cotangent is zero", loss)
		}
		for i := range want {
			if math.Abs(got[i]-want[i]) > 1e-7 {
				t.Errorf("%s: cotangent %d is %g, autodiff says %g", loss, i, got[i], want[i])
			}
		}
	}
}
