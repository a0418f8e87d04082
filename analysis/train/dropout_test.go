package train

import (
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
)

// newDroppingJob is newJob with a trunk that drops half of its features in
// training, and half of what is left. It returns the trunk too.
func newDroppingJob(t *testing.T) (job *Job, trunk *onnxio.Model) {
	t.Helper()
	job = newJob(t, 0.02, "best")
	value := func(name string, shape onnxio.Shape) *onnxio.Value {
		return &onnxio.Value{Name: name, Type: onnxio.Float32, Shape: shape}
	}
	trunk = &onnxio.Model{
		IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}},
		Graph: &onnxio.Graph{
			Name:         "dropping",
			Inputs:       []*onnxio.Value{value("x", onnxio.Shape{onnxio.Sym("N"), {Size: 2}}), value("w", onnxio.Static(2, 24))},
			Outputs:      []*onnxio.Value{value("y", nil)},
			Initializers: []*onnxio.Tensor{onnxio.NewFloat32("half", nil, []float32{0.5}), onnxio.NewBool("on", nil, []bool{true})},
			Nodes: []*onnxio.Node{
				{Op: "MatMul", Inputs: []string{"x", "w"}, Outputs: []string{"a"}},
				{Op: "Dropout", Inputs: []string{"a", "half", "on"}, Outputs: []string{"b"}},
				{Op: "Dropout", Inputs: []string{"b", "half", "on"}, Outputs: []string{"c"}},
				{Op: "Relu", Inputs: []string{"c"}, Outputs: []string{"y"}},
			},
		},
	}
	trunk.SetProperty("sharewise.init/w", "he_normal fan_in=2")
	var err error
	if job.Program, err = Compile(Trunk{Model: trunk}, job.Domains, job.Batches, job.Training, kernels.Form{}); err != nil {
		t.Fatal(err)
	}
	return job, trunk
}

// TestResumeDropping interrupts a run that drops elements at every step and
// expects the same bytes, and that another run drops others.
func TestResumeDropping(t *testing.T) {
	backend := orttest.Backend(t)
	job, _ := newDroppingJob(t)
	if job.Program.Gradients == nil {
		t.Fatal("gradient conflict is not measured")
	}
	resume(t, backend, job)

	// The first losses of runs from one start on one minibatch.
	f, err := newFeeder(job)
	if err != nil {
		t.Fatal(err)
	}
	losses := map[float32]bool{}
	for _, seed := range []int{1, 1, 2} {
		other := *job
		other.Run.Seed = seed
		e, err := newEngine(backend, &other, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer e.close()
		for _, p := range e.model() {
			v := e.values(p.Name)
			for i := range v {
				v[i] = float32(i%7) / 7
			}
		}
		f.seek(0)
		if err := f.next(e.x, e.targets); err != nil {
			t.Fatal(err)
		}
		if err := e.advance(); err != nil {
			t.Fatal(err)
		}
		losses[e.losses[0]] = true
	}
	if len(losses) != 2 {
		t.Errorf("a run repeated and another one have first losses %v, want two", losses)
	}
}
