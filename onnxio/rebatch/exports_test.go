package rebatch_test

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/internal/peers"
	"github.com/sharewise/sharewise/onnxio/lower"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
	"github.com/sharewise/sharewise/onnxio/rebatch"
)

// TestExports frees networks that PyTorch exported for one row and for four
// (testdata/peers/fixed.py), as they are and lowered, and compares what becomes
// of five rows with what PyTorch computes of them in float64.
func TestExports(t *testing.T) {
	files, err := peers.Files("fixed", "*.rows.onnx")
	if err != nil {
		t.Fatal(err)
	}
	backend := orttest.Backend(t)
	t.Log("| network | exported for | nodes | of the lowered | distance |")
	for _, file := range files {
		values, err := onnxio.Load(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, rows := range []string{"1", "4"} {
			stem := strings.TrimSuffix(file, ".rows.onnx")
			t.Run(filepath.Base(stem)+rows, func(t *testing.T) {
				m, err := onnxio.Load(stem + ".rows" + rows + ".onnx")
				if err != nil {
					t.Fatal(err)
				}
				low, _, err := lower.Model(m)
				if err != nil {
					t.Fatal(err)
				}
				asIs, err := rebatch.Free(m, []string{"x"})
				if err != nil {
					t.Fatal(err)
				}
				lowered, err := rebatch.Model(low, []string{"x"}, 0)
				if err != nil {
					t.Fatal(err)
				}
				distance := 0.0
				for _, free := range []*onnxio.Model{asIs, lowered} {
					if err := onnxio.Check(free); err != nil {
						t.Fatal(err)
					}
					distance = max(distance, forward(t, backend, free, values))
				}
				count := func(m *onnxio.Model) int { return len(m.Graph.Nodes) }
				t.Logf("| %s | %s | %d %+d | %d %+d | %.1e |", filepath.Base(stem), rows, count(m), count(asIs)-count(m), count(low), count(lowered)-count(low), distance)
				if !(distance <= 2e-5) {
					t.Errorf("rows differ by %g", distance)
				}
			})
		}
	}
}

// forward is how far the outputs of a model for the stored inputs are from the
// stored outputs, relative to the largest of these.
func forward(t *testing.T, backend exec.Backend, m, values *onnxio.Model) float64 {
	t.Helper()
	session, err := backend.Open(m, exec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	numbers := func(name string) (*exec.Tensor, []float32) {
		v := values.Graph.Initializer(name)
		x, err := v.Float32()
		if err != nil {
			t.Fatal(err)
		}
		return exec.NewTensor(v.Shape, x), x
	}
	x, _ := numbers("x")
	_, want := numbers("y")
	out, err := session.Run(map[string]*exec.Tensor{"x": x})
	if err != nil {
		t.Fatal(err)
	}
	got := out["y"].Float32()
	if len(got) != len(want) {
		t.Fatalf("output of shape %v, want %d numbers", out["y"].Shape, len(want))
	}
	largest, distance := 0.0, 0.0
	for i := range want {
		largest = max(largest, math.Abs(float64(want[i])))
		distance = max(distance, math.Abs(float64(got[i])-float64(want[i])))
	}
	return distance / largest
}
