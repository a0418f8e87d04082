package merging

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/evaluate"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// plants trains independent models of three plants, of which south follows the
// opposite rule.
func plants(t *testing.T, change func(*study.Study)) (*project.Project, layout.Folder) {
	t.Helper()
	s := study.New("plants")
	s.Seeds, s.Training.Epochs, s.Training.Batch, s.Training.Rate, s.Model.Widths = 2, 6, 8, 0.02, []float64{0.05}
	s.Arms.Pairs, s.Arms.Joint = new(bool), false
	s.Arms.Pools = [][]string{{"east", "west", "south"}}
	held := map[string]*dataset.Samples{}
	for k, name := range []string{"east", "west", "south"} {
		d := study.NewDomain(name)
		d.Format, d.Labels = study.InMemory, policy.Labels{"side": {name[:1]}}
		s.Domains = append(s.Domains, d)
		held[name] = new(dataset.Samples)
		for i := range 120 {
			x, y := float32((i+k)%20)-9.5, float32(i%7)-3
			held[name].X = append(held[name].X, []float32{x, y})
			held[name].Labels = append(held[name].Labels, map[bool]string{true: "bad", false: "good"}[(x > 2*y) == (name != "south")])
		}
	}
	change(s)
	p, err := project.Open(t.Context(), s, project.Options{Samples: held})
	if err != nil {
		t.Fatal(err)
	}
	folder := layout.Folder(t.TempDir())
	if _, err := p.Train(t.Context(), reference.Backend(), folder, project.TrainOptions{}); err != nil {
		t.Fatal(err)
	}
	return p, folder
}

// TestTry merges what was trained: alone stands the loss of training's last epoch,
// and in a pool that of the model file with averaged weights.
func TestTry(t *testing.T) {
	p, folder := plants(t, func(*study.Study) {})
	got, err := Try(t.Context(), reference.Backend(), p, folder, Config{})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Methods) != 3 || len(got.Methods[0].Pools) != 4 || !(got.Methods[0].Work > 0 && got.Methods[0].Work < 1) {
		t.Fatalf("%+v", got)
	}
	runs, err := p.Finished(folder, study.Independent, p.Plan.Rungs[0])
	if err != nil {
		t.Fatal(err)
	}
	alone := map[string]float64{}
	for _, r := range runs {
		rows, err := layout.ReadHistory(folder.Run(r.ID).History())
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			if row.Split == layout.ValSplit && int(row.Epoch) == p.Plan.Epochs {
				alone[row.Domain] += row.Loss / 2
			}
		}
	}
	for _, m := range got.Methods {
		for _, pool := range m.Pools {
			for i, name := range pool.Pool {
				if math.Abs(pool.Alone[i]-alone[name]) > 1e-6 {
					t.Errorf("%s: %s alone is %v, in the histories %v", m.Name, name, pool.Alone[i], alone[name])
				}
			}
		}
	}
	for w, name := range []string{"east", "west"} {
		want := 0.0
		for seed := 1; seed <= 2; seed++ {
			want += averaged(t, p, folder, runs, name, seed) / 2
		}
		for _, pool := range got.Methods[0].Pools {
			if slices.Equal(pool.Pool, []string{"east", "west"}) && math.Abs(pool.Loss[w]-want) > 1e-6 {
				t.Errorf("%s in the average of east and west: %v, want %v", name, pool.Loss[w], want)
			}
		}
	}
	if few, err := Try(t.Context(), reference.Backend(), p, folder, Config{Pools: 2}); err != nil || len(few.Methods[0].Pools) != 2 || len(few.Methods[0].Pools[0].Pool) != 3 {
		t.Errorf("of two pools: %+v, %v", few, err)
	}
}

// averaged is the validation loss of a domain's model file after the weights that
// east and west have in common were replaced by their means.
func averaged(t *testing.T, p *project.Project, folder layout.Folder, runs []study.PlannedRun, domain string, seed int) float64 {
	t.Helper()
	models := map[string]*onnxio.Model{}
	for _, r := range runs {
		if r.Seed != seed {
			continue
		}
		m, err := onnxio.Load(folder.Run(r.ID).Model())
		if err != nil {
			t.Fatal(err)
		}
		models[r.Domains[0]] = m
	}
	m := models[domain]
	replaced := 0
	for k, a := range m.Graph.Initializers {
		b, c := models["east"].Graph.Initializer(a.Name), models["west"].Graph.Initializer(a.Name)
		if b == nil || c == nil || a.Type != onnxio.Float32 {
			continue
		}
		replaced++
		x, _ := b.Float32()
		y, _ := c.Float32()
		means := make([]float32, len(x))
		for i := range means {
			means[i] = (x[i] + y[i]) / 2
		}
		m.Graph.Initializers[k] = onnxio.NewFloat32(a.Name, a.Shape, means)
	}
	form, err := evaluate.FormOf(m, domain)
	if err != nil || replaced == 0 {
		t.Fatal(replaced, err)
	}
	model, err := evaluate.Open(reference.Backend(), m, *form, exec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer model.Close()
	table := &losses.Table{}
	d := p.Domain(domain)
	if err := model.Judge(t.Context(), table, d, d.Val, 1); err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, l := range table.Loss {
		sum += float64(l)
	}
	return sum / float64(len(table.Loss))
}

// TestTryRefuses leaves out what a policy forbids, and does not merge what has no
// start in common.
func TestTryRefuses(t *testing.T) {
	p, folder := plants(t, func(s *study.Study) {
		s.Arms.Pools = [][]string{{"east", "west"}}
		s.Policy = &study.Policy{Policy: policy.Policy{Rules: []policy.Rule{{Name: "not south", Never: policy.Match{"side": {"s"}}}}}}
	})
	got, err := Try(t.Context(), reference.Backend(), p, folder, Config{})
	if err != nil || len(got.Methods[0].Pools) != 1 || !slices.Equal(got.Methods[0].Pools[0].Pool, []string{"east", "west"}) || len(got.Notes) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	p, folder = plants(t, func(s *study.Study) { s.Randomness = study.Separate })
	if _, err := Try(t.Context(), reference.Backend(), p, folder, Config{}); !errors.Is(err, ErrStart) {
		t.Errorf("without a start in common: %v", err)
	}
	if _, err := Try(t.Context(), reference.Backend(), p, layout.Folder(t.TempDir()), Config{}); !errors.Is(err, ErrNothing) {
		t.Errorf("without models: %v", err)
	}
}
