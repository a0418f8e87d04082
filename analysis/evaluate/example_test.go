package evaluate_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

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
	m, domains := scorer(), plants()
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

// Two models in files judge all domains at once; their rows go into one table.
func ExamplePanel_JudgeFiles() {
	dir, err := os.MkdirTemp("", "sharewise-example-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	files := []string{filepath.Join(dir, "1.onnx"), filepath.Join(dir, "2.onnx")}
	for _, file := range files {
		if err := onnxio.Save(file, scorer()); err != nil {
			fmt.Println(err)
			return
		}
	}
	panel := evaluate.Panel{Domains: plants(), Form: evaluate.Form{Names: []string{"bad", "good"}}}
	verdicts, err := panel.JudgeFiles(context.Background(), reference.Backend(), files, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, v := range verdicts {
		fmt.Println(v.Domain, v.Used.Gives, v.Tables[1].Len(), "samples")
	}
	fmt.Println(evaluate.Rows(verdicts, panel.Domains).Len(), "rows")
	// Output:
	// north scores 4 samples
	// south scores 4 samples
	// 16 rows
}

// scorer is a model that scores bad and good parts by x and z.
func scorer() *onnxio.Model {
	g := &onnxio.Graph{Name: "scores",
		Inputs:  []*onnxio.Value{{Name: "in", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("n"), {Size: 2}}}},
		Outputs: []*onnxio.Value{{Name: "out", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("n"), {Size: 2}}}},
	}
	b := onnxio.NewBuilder(g)
	b.OpNamed("out", "MatMul", []string{"in", b.Initializer(onnxio.NewFloat32("w", []int64{2, 2}, []float32{0, 1, 0, 1}))})
	return &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g}
}

// plants are two domains of samples in memory.
func plants() []*dataset.Domain {
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
		panic(err) // a wrong example
	}
	domains, err := dataset.OpenAll(context.Background(), s, dataset.FromMemory(held))
	if err != nil {
		panic(err)
	}
	return domains
}
