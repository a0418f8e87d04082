package project_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio/benchtest"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/ort"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
)

func TestMain(m *testing.M) {
	ort.MaybeProbe()
	os.Exit(m.Run())
}

var update = flag.Bool("update", false, "measure the tables under testdata again")

const scalingText = `# Studies against domains and cores

Whole studies of small tables, 200 rows of 9 numbers and two classes each: reading, linear models, independent models, all pairs and
the joint model of an mlp of width 0.25, one seed, 5 epochs with batches of 16. With one core, one training at a time; with two, two
side by side.
`

// TestScalingTable measures how studies grow with domains, at one core and at two.
func TestScalingTable(t *testing.T) {
	if !*update {
		t.Skip("measures only with -update")
	}
	backend := orttest.Kernels(t)
	table := benchtest.Begin()
	for _, domains := range []int{2, 4, 8, 16, 32} {
		cells := []string{fmt.Sprint(domains)}
		var took []float64
		for cores := 1; cores <= 2; cores++ {
			seconds, runs := studySeconds(t, backend, domains, cores)
			if cores == 1 {
				cells = append(cells, fmt.Sprint(runs))
			}
			cells = append(cells, benchtest.Duration(seconds), benchtest.Duration(seconds/float64(runs)))
			took = append(took, seconds)
		}
		table.Row(append(cells, fmt.Sprintf("%.2f", took[0]/took[1]))...)
	}
	text := table.Markdown(scalingText, "go test ./analysis/project -run ScalingTable -update", []string{"domains", "runs", "one core", "a run", "two cores", "a run", "times as fast"})
	if err := os.WriteFile("testdata/scaling.md", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// studySeconds trains a study in a new folder, and says how many runs it has.
func studySeconds(t *testing.T, backend exec.Backend, domains, cores int) (seconds float64, runs int) {
	t.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
	s := study.New("tables")
	pairs := true
	s.Arms.Pairs = &pairs
	s.Seeds, s.Model.Widths = 1, []float64{0.25}
	s.Training.Epochs, s.Training.Batch = 5, 16
	samples := map[string]*dataset.Samples{}
	for d := range domains {
		name := fmt.Sprintf("table-%d", d)
		domain := study.NewDomain(name)
		domain.Format = study.InMemory
		s.Domains = append(s.Domains, domain)
		samples[name] = smallTable(d)
	}
	start := time.Now()
	p, err := project.Open(t.Context(), s, project.Options{Samples: samples})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Train(t.Context(), backend, layout.Folder(t.TempDir()), project.TrainOptions{Jobs: cores}); err != nil {
		t.Fatal(err)
	}
	return time.Since(start).Seconds(), len(p.Plan.Runs)
}

// smallTable draws rows whose class follows from their numbers.
func smallTable(domain int) *dataset.Samples {
	const rows, columns = 200, 9
	r := rand.New(rand.NewPCG(uint64(domain), 3))
	s := new(dataset.Samples)
	for range rows {
		sum, x := r.NormFloat64(), make([]float32, columns)
		for i := range x {
			x[i] = float32(r.NormFloat64())
			sum += float64(x[i])
		}
		s.X = append(s.X, x)
		s.Labels = append(s.Labels, map[bool]string{true: "good", false: "bad"}[sum > 0])
	}
	return s
}
