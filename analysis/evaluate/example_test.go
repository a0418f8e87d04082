package evaluate_test

import (
	"context"
	"fmt"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/evaluate"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// A model from elsewhere, which scores bad and good parts by x and z, judges the
// test samples of a domain.
func Example() {
	g := &onnxio.Graph{Name: "scores",
		Inputs:  []*onnxio.Value{{Name: "in", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("n"), {Size: 2}}}},
		Outputs: []*onnxio.Value{{Name: "out", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("n"), {Size: 2}}}},
	}
	b := onnxio.NewBuilder(g)
	b.OpNamed("out", "MatMul", []string{"in", b.Initializer(onnxio.NewFloat32("w", []int64{2, 2}, []float32{0, 1, 0, 1}))})
	m := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g}

	s := study.New("plants")
	held := map[string]*dataset.Samples{}
	for _, name := range []string{"north", "south"} {
		d := study.NewDomain(name)
		d.Format, d.Split.By = study.InMemory, study.ByTime
		s.Domains = append(s.Domains, d)
		held[name] = new(dataset.Samples)
		for i := range 20 {
			x := []float32{float32(i%5) - 2, float32(i%3) - 1}
			held[name].X = append(held[name].X, x)
			held[name].Labels = append(held[name].Labels, map[bool]string{true: "good", false: "bad"}[x[0]+x[1] > 0])
		}
	}
	if err := s.Validate(); err != nil {
		fmt.Println(err)
		return
	}
	domains, err := dataset.OpenAll(context.Background(), s, dataset.FromMemory(held))
	if err != nil {
		fmt.Println(err)
		return
	}
	north := domains[0]
	form, err := evaluate.Guess(m, north, evaluate.Form{Names: []string{"bad", "good"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	model, err := evaluate.Open(reference.Backend(), m, *form, exec.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = model.Close() }()
	var t losses.Table
	if err := model.Judge(context.Background(), &t, north, north.Test, 1); err != nil {
		fmt.Println(err)
		return
	}
	for i := range t.Len() {
		fmt.Printf("sample %d: loss %.2f, right %v\n", t.Sample[i].Number, t.Loss[i], t.Correct[i])
	}
	// Output:
	// sample 16: loss 0.31, right true
	// sample 17: loss 0.31, right true
	// sample 18: loss 0.69, right true
	// sample 19: loss 0.13, right true
}
