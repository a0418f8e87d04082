package train

import (
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/artifacts"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
	"github.com/sharewise/sharewise/onnxio/training"
	"github.com/sharewise/sharewise/onnxio/zoo"
)

// TestArtifacts trains once with the engine and once by what package artifacts
// wrote, from the same start on the same minibatches, and compares losses and
// trained parameters.
func TestArtifacts(t *testing.T) {
	backend := orttest.Backend(t)
	job := newJob(t, 0.01, "last")
	domain, rows := job.Domains[0], job.Batches[0]
	trunk, err := zoo.Build("mlp", zoo.Config{Input: domain.Shape, Width: 0.02})
	if err != nil {
		t.Fatal(err)
	}
	job.Domains, job.Batches = job.Domains[:1], job.Batches[:1]
	if job.Program, err = Compile(Trunk{Model: trunk, BatchNorm: "shared"}, job.Domains, job.Batches, job.Training, kernels.Form{}); err != nil {
		t.Fatal(err)
	}
	e, err := newEngine(backend, job, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	e.initialize()

	cfg := training.Config{
		Trunk: trunk, OwnInputs: true, Optimizer: optimizer(job.Training.Optimizer), Clip: job.Training.Clip,
		Domains: []training.Domain{{Name: domain.Name, Batch: rows, Loss: training.CrossEntropy, Outputs: domain.Task.Outputs()}},
	}
	program, err := training.Compile(cfg)
	if err != nil {
		t.Fatal(err)
	}
	bundle, err := artifacts.Training(program, cfg, artifacts.Model{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := bundle.WriteTo(dir); err != nil {
		t.Fatal(err)
	}
	graph, err := onnxio.Load(filepath.Join(dir, bundle.Train.File))
	if err != nil {
		t.Fatal(err)
	}
	session, err := backend.Open(graph, exec.Options{Threads: job.Training.Threads})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	feeds := map[string]*exec.Tensor{}
	for _, s := range bundle.Tensors {
		v := make([]float32, s.Bytes/4)
		file, err := os.ReadFile(filepath.Join(dir, s.File))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := binary.Decode(file[s.Offset:], binary.LittleEndian, v); err != nil {
			t.Fatal(err)
		}
		feeds[s.Name] = exec.NewTensor(s.Shape, v)
		copy(e.values(s.Name), v)
	}
	e.weights[0], e.rate[0] = 1, 0.01
	rng := rand.New(rand.NewPCG(3, 3))
	for step := range 8 {
		for i := range e.x.Float32() {
			e.x.Float32()[i] = float32(rng.NormFloat64())
		}
		for i := range e.targets[0].Int64() {
			e.targets[0].Int64()[i] = rng.Int64N(int64(domain.Task.Outputs()))
		}
		e.number[0] = float32(step + 1)
		for _, in := range bundle.Train.Inputs {
			switch in.Role {
			case artifacts.RoleData:
				feeds[in.Name] = e.x
			case artifacts.RoleTarget:
				feeds[in.Name] = e.targets[0]
			case artifacts.RoleLossWeights:
				feeds[in.Name] = exec.NewTensor(in.Shape, e.weights)
			case artifacts.RoleLearningRate:
				feeds[in.Name] = exec.NewTensor(in.Shape, e.rate)
			case artifacts.RoleStep:
				feeds[in.Name] = exec.NewTensor(in.Shape, e.number)
			}
		}
		out, err := session.Run(feeds)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.advance(); err != nil {
			t.Fatal(err)
		}
		for _, o := range bundle.Train.Outputs {
			if o.Feeds != "" {
				feeds[o.Feeds] = out[o.Name]
			}
			if o.Role == artifacts.RoleLosses && out[o.Name].Float32()[0] != e.losses[0] {
				t.Errorf("step %d: loss %v, the engine's is %v", step+1, out[o.Name].Float32()[0], e.losses[0])
			}
		}
	}
	for _, s := range bundle.Tensors {
		for i, v := range feeds[s.Name].Float32() {
			if v != e.values(s.Name)[i] {
				t.Errorf("%s: element %d is %v, the engine's is %v", s.Name, i, v, e.values(s.Name)[i])
				break
			}
		}
	}
}
