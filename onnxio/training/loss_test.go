package training

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// peerLosses is what testdata/peers/losses.py writes.
type peerLosses struct {
	Batch, Outputs int
	Cases          []struct {
		Settings struct {
			Loss         Loss
			Delta        float64
			ClassWeights []float32 `json:"class_weights"`
			Smoothing    float64
			Masked       bool
		}
		Scores, Losses, Gradient []float64
		Target                   []*float64 // nil: unknown
	}
}

// TestLossesAgainstPyTorch compares losses of samples and cotangents.
func TestLossesAgainstPyTorch(t *testing.T) {
	data, err := os.ReadFile("../../testdata/losses/losses.json")
	if err != nil {
		t.Fatal(err)
	}
	var peer peerLosses
	if err := json.Unmarshal(data, &peer); err != nil {
		t.Fatal(err)
	}
	if len(peer.Cases) == 0 {
		t.Fatal("there is nothing to compare")
	}
	for _, c := range peer.Cases {
		s := c.Settings
		d := Domain{
			Name: "a", Batch: peer.Batch, Outputs: peer.Outputs,
			Loss: s.Loss, Delta: s.Delta, ClassWeights: s.ClassWeights, Smoothing: s.Smoothing, Masked: s.Masked,
		}
		if err := d.validate(false); err != nil {
			t.Fatal(err)
		}
		values := make([]float64, len(c.Target))
		classes := make([]int64, len(c.Target))
		for i, v := range c.Target {
			values[i] = math.NaN()
			if v != nil {
				values[i], classes[i] = *v, int64(*v)
			}
		}
		target := exec.NewTensor([]int64{int64(d.Batch), int64(d.Outputs)}, values)
		if d.Loss == CrossEntropy {
			target = exec.NewTensor([]int64{int64(d.Batch)}, classes)
		}
		losses, gradient := lossOf(t, d, c.Scores, target)
		// Constants of a graph are float32.
		compare(t, fmt.Sprintf("%+v: loss", s), losses, c.Losses, 1e-7)
		compare(t, fmt.Sprintf("%+v: gradient", s), gradient, c.Gradient, 1e-7)
	}
}

// lossOf evaluates losses of samples and the gradient of their mean.
func lossOf(t *testing.T, domain Domain, scores []float64, target *exec.Tensor) (losses, gradient []float64) {
	t.Helper()
	rule, batch, outputs := newHead(domain, 1).rule, int64(domain.Batch), int64(domain.Outputs)
	d := newDraft("loss", []onnxio.Opset{{Version: 17}})
	dt, shape := rule.target(onnxio.Dim{Size: batch}, domain.Outputs)
	l := &judged{
		Domain: domain,
		scores: d.input("scores", onnxio.Float32, onnxio.Static(batch, outputs)),
		target: d.input("target", dt, shape),
	}
	d.output("losses", onnxio.Float32, onnxio.Static(batch))
	d.output("gradient", onnxio.Float32, onnxio.Static(batch, outputs))
	rule.samples(d, "losses", l)
	cotangent := rule.cotangent(d, l, d.floats(float32(rule.factor(domain))))
	d.OpNamed("gradient", "Identity", []string{cotangent})
	m, err := d.finish()
	if err != nil {
		t.Fatal(err)
	}
	out, err := reference.Eval(m, map[string]*exec.Tensor{
		"scores": exec.NewTensor([]int64{batch, outputs}, scores),
		"target": target,
	}, reference.Float64)
	if err != nil {
		t.Fatal(err)
	}
	return out["losses"].Float64(), out["gradient"].Float64()
}

func compare(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for i := range want {
		if !(math.Abs(got[i]-want[i]) <= tolerance*max(1, math.Abs(want[i]))) {
			t.Errorf("%s: number %d is %.9g, want %.9g", what, i, got[i], want[i])
		}
	}
}
