package ort_test

import (
	"os"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/ort"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
)

func TestMain(m *testing.M) {
	ort.MaybeProbe()
	os.Exit(m.Run())
}

// graph builds a model of standard operators in a few lines.
type graph struct {
	*onnxio.Builder
}

func newGraph(name string, inputs ...*onnxio.Value) graph {
	return graph{onnxio.NewBuilder(&onnxio.Graph{Name: name, Inputs: inputs})}
}

func (g graph) model(outputs ...*onnxio.Value) *onnxio.Model {
	g.Graph().Outputs = outputs
	return &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g.Graph()}
}

func value(name string, dt onnxio.DataType, shape onnxio.Shape) *onnxio.Value {
	return &onnxio.Value{Name: name, Type: dt, Shape: shape}
}

// vector declares a float32 vector.
func vector(name string, n int64) *onnxio.Value {
	return value(name, onnxio.Float32, onnxio.Static(n))
}

func scalar(name string) *onnxio.Value { return value(name, onnxio.Float32, onnxio.Static()) }

func openModel(t testing.TB, m *onnxio.Model, opt exec.Options) exec.Session {
	t.Helper()
	s, err := orttest.Backend(t).Open(m, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

type tensors = map[string]*exec.Tensor

func floats(v ...float32) *exec.Tensor { return exec.NewTensor([]int64{int64(len(v))}, v) }
