package training_test

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/training"
)

// modelsFolder names a folder of ONNX models to try, modelsSettings what to
// settle of some of them (see onnxio.Specialise): a text file of lines such as
//
//	speech.onnx rate=16000 input=[N,512]
const (
	modelsFolder   = "SHAREWISE_MODELS"
	modelsSettings = "SHAREWISE_MODELS_SET"
)

// TestModels trains every model of a folder of anybody's choice: the model and
// a linear head of four classes are to learn the random labels of 64 samples of
// noise by heart, in ONNX Runtime. It prints a table of how far they got, or
// why a model was refused.
func TestModels(t *testing.T) {
	dir := os.Getenv(modelsFolder)
	if dir == "" {
		t.Skipf("%s names no folder of models to try", modelsFolder)
	}
	backend := onnxRuntime(t)
	var files []string
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".onnx") && !strings.HasSuffix(path, ".values.onnx") && !strings.HasSuffix(path, ".steps.onnx") {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no models (%v)", dir, err)
	}
	settings := readSettings(t)
	fmt.Println("| model | parameters | steps | loss | refused |")
	for _, file := range files {
		name, err := filepath.Rel(dir, file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) {
			m, err := onnxio.Load(file)
			m, _ = onnxio.Mend(m)
			if err == nil && settings[name] != nil {
				m, err = onnxio.Specialise(m, settings[name])
			}
			if err != nil {
				fmt.Printf("| %s | | | | %v |\n", name, err)
				return
			}
			memorise(t, backend, name, m)
		})
	}
}

func readSettings(t *testing.T) map[string][]string {
	t.Helper()
	file := os.Getenv(modelsSettings)
	if file == "" {
		return nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	settings := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) > 0 {
			settings[words[0]] = words[1:]
		}
	}
	return settings
}

// memorise trains a model on random labels and prints a line of the table.
func memorise(t *testing.T, backend exec.Backend, name string, m *onnxio.Model) {
	t.Helper()
	const rows, classes, most = 64, 4, 300 // steps, or a minute
	cfg := training.Config{
		Trunk:     m,
		Domains:   []training.Domain{{Name: "a", Batch: rows, Outputs: classes, Loss: training.CrossEntropy}},
		Optimizer: training.Optimizer{Kind: training.AdamW},
	}
	if len(m.Graph.Outputs) > 1 {
		cfg.Features = m.Graph.Outputs[0].Name
	}
	p, err := training.Compile(cfg)
	if err != nil {
		fmt.Printf("| %s | | | | %v |\n", name, err)
		return
	}
	r := newRig(t, cfg)
	rng := rand.New(rand.NewPCG(64, 64))
	for _, param := range append(p.Params, p.Buffers...) {
		r.values[param.Name] = exec.NewTensor(param.Shape, training.Initialize(param, rng))
	}
	r.values[training.InputWeights] = exec.NewTensor([]int64{1}, []float32{1})
	s := newStepper(t, backend, r)
	defer s.close(t)
	first, last, steps := 0.0, 0.0, 0
	for start := time.Now(); steps < most && time.Since(start) < time.Minute; {
		s.advance(t, 2e-3)
		last = float64s(s.outputs[training.OutputLosses])[0]
		if steps == 0 {
			first = last
		}
		if steps++; last < first/10 {
			break
		}
	}
	fmt.Printf("| %s | %d | %d | %.3f to %.3f | |\n", name, len(p.Params), steps, first, last)
	// A model of a dozen parameters cannot learn 64 labels.
	if !(last < 0.95*first) {
		t.Errorf("the loss went from %g to %g in %d steps", first, last, steps)
	}
}
