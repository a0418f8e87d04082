package train

import (
	"os"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// newNormedTrunk is a trunk that has a batch normalisation.
func newNormedTrunk() *onnxio.Model {
	input := func(name string, shape onnxio.Shape) *onnxio.Value {
		return &onnxio.Value{Name: name, Type: onnxio.Float32, Shape: shape}
	}
	trunk := &onnxio.Model{
		IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}},
		Graph: &onnxio.Graph{
			Name:    "normed",
			Inputs:  []*onnxio.Value{input("x", onnxio.Shape{onnxio.Sym("N"), {Size: 2}})},
			Outputs: []*onnxio.Value{input("y", nil)},
			Nodes: []*onnxio.Node{
				{Op: "Gemm", Inputs: []string{"x", "w"}, Outputs: []string{"a"}},
				{Op: "BatchNormalization", Inputs: []string{"a", "scale", "bias", "mean", "var"}, Outputs: []string{"b"}},
				{Op: "Relu", Inputs: []string{"b"}, Outputs: []string{"y"}},
			},
		},
	}
	for _, p := range []struct {
		name, rule string
		shape      onnxio.Shape
	}{
		{"w", "he_normal fan_in=2", onnxio.Static(2, 4)},
		{"scale", "ones", onnxio.Static(4)}, {"bias", "zeros", onnxio.Static(4)},
		{"mean", "zeros", onnxio.Static(4)}, {"var", "ones", onnxio.Static(4)},
	} {
		trunk.Graph.Inputs = append(trunk.Graph.Inputs, input(p.name, p.shape))
		trunk.SetProperty("sharewise.init/"+p.name, p.rule)
	}
	return trunk
}

// newNormedJob is newJob with a trunk that has a batch normalisation, whose
// running statistics every domain keeps for itself.
func newNormedJob(t *testing.T, selection string) *Job {
	t.Helper()
	job := newJob(t, 0.02, selection)
	var err error
	if job.Program, err = Compile(Trunk{Model: newNormedTrunk(), BatchNorm: study.DomainStatistics}, job.Domains, job.Batches, job.Training, kernels.Form{}); err != nil {
		t.Fatal(err)
	}
	return job
}

// TestRunningStatistics checks that training moves the running statistics of
// both domains apart, and that the trained model holds them.
func TestRunningStatistics(t *testing.T) {
	job := newNormedJob(t, "last")
	dir := layout.RunFolder(t.TempDir())
	if _, err := Execute(t.Context(), reference.Backend(), job, dir, nil); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(dir.Model())
	if err != nil {
		t.Fatal(err)
	}
	m, err := onnxio.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	var values [][]float32
	for _, name := range []string{"domain/classes/var", "domain/values/var"} {
		c := m.Graph.Initializer(name)
		if c == nil {
			t.Fatalf("the trained model has no %s", name)
		}
		v, err := c.Float32()
		if err != nil {
			t.Fatal(err)
		}
		if slices.Contains(v, 1) {
			t.Errorf("%s is %v: an element is where it started", name, v)
		}
		values = append(values, v)
	}
	if slices.Equal(values[0], values[1]) {
		t.Errorf("both domains have the statistics %v", values[0])
	}
}
