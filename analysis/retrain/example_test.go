package retrain_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/retrain"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// A model in a file, which scores bad and good parts by two numbers, is trained on
// samples in memory, with the outputs that it has.
func Example() {
	dir, err := os.MkdirTemp("", "sharewise-example-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	given, out := filepath.Join(dir, "given.onnx"), filepath.Join(dir, "trained.onnx")
	if err := onnxio.Save(given, scorer()); err != nil {
		fmt.Println(err)
		return
	}
	s, samples := parts()
	t, err := retrain.Open(context.Background(), retrain.Config{
		Model: given, Study: s, KeepHead: true, Options: project.Options{Samples: samples},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := t.Run(context.Background(), reference.Backend(), retrain.Options{
		Work: layout.Folder(out + ".training"), Model: out,
		Observe: func(e retrain.Epoch) { fmt.Println("epoch", e.Number) },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	trained, err := onnxio.Load(r.Output)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Domain, r.Samples.Train, "training samples,", r.Test.Accuracy.Value, "of the test samples are right")
	fmt.Println(len(trained.Graph.Outputs), "outputs")
	// Output:
	// epoch 1
	// epoch 2
	// north 56 training samples, 1 of the test samples are right
	// 1 outputs
}

// scorer is a model that takes two numbers and scores two classes.
func scorer() *onnxio.Model {
	g := &onnxio.Graph{Name: "scores",
		Inputs:  []*onnxio.Value{{Name: "in", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("n"), {Size: 2}}}},
		Outputs: []*onnxio.Value{{Name: "out", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("n"), {Size: 2}}}},
	}
	b := onnxio.NewBuilder(g)
	b.OpNamed("out", "MatMul", []string{"in", b.Initializer(onnxio.NewFloat32("w", []int64{2, 2}, []float32{0, 1, 0, 1}))})
	return &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g}
}

// parts are a study of one domain, and its samples: good where the numbers sum to
// more than 0.
func parts() (*study.Study, map[string]*dataset.Samples) {
	s, held := study.New("parts"), new(dataset.Samples)
	s.Training.Epochs, s.Training.Batch, s.Training.Rate = 2, 8, 0.01
	d := study.NewDomain("north")
	d.Format = study.InMemory
	s.Domains = []study.Domain{d}
	for i := range 80 {
		x := []float32{float32(i%5) - 2, float32(i%7) - 2.5}
		held.X = append(held.X, x)
		held.Labels = append(held.Labels, map[bool]string{true: "good", false: "bad"}[x[0]+x[1] > 0])
	}
	return s, map[string]*dataset.Samples{"north": held}
}
