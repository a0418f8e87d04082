package influence

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// TestAssess trains four plants for one epoch, of which one has labels by chance, with
// pools that lack one each: the three that follow one rule help each other more than the
// fourth does, and the check has all twelve pairs.
func TestAssess(t *testing.T) {
	s := study.New("plants")
	s.Seeds, s.Training.Epochs, s.Training.Batch, s.Training.Rate, s.Model.Widths = 2, 1, 16, 0.005, []float64{0.1}
	names := []string{"a", "b", "c", "noise"}
	s.Arms.Pairs, s.Arms.Joint = new(bool), true
	s.Arms.Pools = [][]string{{"a", "b", "c"}, {"a", "b", "noise"}, {"a", "c", "noise"}, {"b", "c", "noise"}}
	random := rand.New(rand.NewPCG(5, 6))
	held := map[string]*dataset.Samples{}
	for _, name := range names {
		d := study.NewDomain(name)
		d.Format = study.InMemory
		d.Task.Measure = "loss"
		s.Domains = append(s.Domains, d)
		held[name] = new(dataset.Samples)
		for range 200 {
			x := []float32{float32(random.NormFloat64()), float32(random.NormFloat64()), float32(random.NormFloat64())}
			up := x[0] > x[1]
			if name == "noise" {
				up = random.IntN(2) == 0
			}
			held[name].X = append(held[name].X, x)
			held[name].Labels = append(held[name].Labels, map[bool]string{true: "up", false: "down"}[up])
		}
	}
	p, err := project.Open(t.Context(), s, project.Options{Samples: held})
	if err != nil {
		t.Fatal(err)
	}
	folder := layout.Folder(t.TempDir())
	if _, err := Assess(t.Context(), reference.Backend(), p, folder, Config{}); !errors.Is(err, ErrNothing) {
		t.Errorf("without models: %v", err)
	}
	if _, err := p.Train(t.Context(), reference.Backend(), folder, project.TrainOptions{}); err != nil {
		t.Fatal(err)
	}
	f, err := Assess(t.Context(), reference.Backend(), p, folder, Config{Samples: 60})
	if err != nil || f.Check != nil || len(f.Pairs) != 12 || f.Models != 2 || len(f.Notes) != 1 {
		t.Fatalf("without results: %+v, %v", f, err)
	}
	if _, err := analysis.AnalyzeFolder(folder, ""); err != nil {
		t.Fatal(err)
	}
	f, err = Assess(t.Context(), reference.Backend(), p, folder, Config{Samples: 60})
	if err != nil || f.Check == nil || f.Check.Pairs != 12 || !f.Check.Score.Limited() {
		t.Fatalf("%+v, %v", f, err)
	}
	one, err := Assess(t.Context(), reference.Backend(), p, folder, Config{Samples: 60, Checkpoints: 1})
	if err != nil || one.Checkpoints != 1 || len(one.Notes) > 0 {
		t.Fatalf("one checkpoint: %+v, %v", one, err)
	}
	for i, pair := range one.Pairs { // of one epoch, the trained model is the only point
		if math.Abs(pair.Score-f.Pairs[i].Score) > 1e-9*math.Abs(pair.Score) {
			t.Errorf("%s to %s: score %g at one point, %g at the model", pair.Source, pair.Target, pair.Score, f.Pairs[i].Score)
		}
	}
	if many, err := Assess(t.Context(), reference.Backend(), p, folder, Config{Samples: 10, Models: 1, Checkpoints: 9}); err != nil || many.Checkpoints != 1 {
		t.Errorf("nine points of one epoch: %+v, %v", many, err)
	}
	if got := middles(40, 4); !slices.Equal(got, []int{6, 16, 26, 36}) || !slices.Equal(middles(3, 9), []int{1, 2, 3}) {
		t.Errorf("points %v and %v", got, middles(3, 9))
	}
	alike, noise := 0.0, 0.0
	for _, pair := range f.Pairs {
		if !pair.Brings.Known() {
			t.Errorf("%s to %s: nothing known of training again", pair.Source, pair.Target)
		}
		switch {
		case pair.Source == "noise":
			noise += pair.Cosine / 3
		case pair.Target != "noise":
			alike += pair.Cosine / 6
		}
	}
	if !(alike > 0.1 && alike > noise+0.1) {
		t.Errorf("mean cosine %g among those alike, %g of noise", alike, noise)
	}
	for _, h := range f.Harmful {
		if h.Score >= 0 {
			t.Errorf("%+v is listed as harmful", h)
		}
	}
}

// TestRates weighs points of a training by its learning rates: the mean of scores taken at
// each point by itself, with the rates of the schedule, is what Assess says.
func TestRates(t *testing.T) {
	for _, c := range []struct {
		kind  string
		rates []float64 // of the epochs 2, 4 and 6 of 6, but for a factor
	}{
		{"constant", []float64{1, 1, 1}},
		{"cosine", nil},
	} {
		s := study.New("rates")
		s.Seeds, s.Training.Epochs, s.Training.Batch, s.Model.Widths = 1, 6, 16, []float64{0.05}
		s.Training.Schedule = study.Schedule{Kind: c.kind}
		s.Arms.Pairs, s.Arms.Joint = new(bool), true
		random := rand.New(rand.NewPCG(7, 8))
		held := map[string]*dataset.Samples{}
		for _, name := range []string{"a", "b"} {
			d := study.NewDomain(name)
			d.Format = study.InMemory
			s.Domains = append(s.Domains, d)
			held[name] = new(dataset.Samples)
			for i := range 90 {
				held[name].X = append(held[name].X, []float32{float32(random.NormFloat64()) + float32(i%2), float32(random.NormFloat64())})
				held[name].Labels = append(held[name].Labels, []string{"no", "yes"}[i%2])
			}
		}
		p, err := project.Open(t.Context(), s, project.Options{Samples: held})
		if err != nil {
			t.Fatal(err)
		}
		folder := layout.Folder(t.TempDir())
		if _, err := p.Train(t.Context(), reference.Backend(), folder, project.TrainOptions{}); err != nil {
			t.Fatal(err)
		}
		rates := c.rates
		if rates == nil {
			last := float64(6*p.Plan.StepsPerEpoch - 1)
			for _, epoch := range []int{2, 4, 6} {
				rates = append(rates, 1+math.Cos(math.Pi*float64(epoch*p.Plan.StepsPerEpoch-1)/last))
			}
		}
		f, err := Assess(t.Context(), reference.Backend(), p, folder, Config{Samples: 20, Checkpoints: 3})
		if err != nil || f.Checkpoints != 3 {
			t.Fatalf("%+v, %v", f, err)
		}
		joint, err := p.Finished(folder, study.Joint, p.Plan.Rungs[0])
		if err != nil {
			t.Fatal(err)
		}
		steps, point, _, err := p.Along(t.Context(), reference.Backend(), folder, joint[0], []int{2, 4, 6})
		if err != nil {
			t.Fatal(err)
		}
		want, sum := 0.0, 0.0
		for k, step := range steps {
			one := &assessment{Config: Config{Samples: 20}, domains: joint[0].Domains, sums: square(2), cosines: square(2), harm: map[sampleKey]*Harm{}}
			step.Set(point)
			if err := one.at(point, 1, 1); err != nil {
				t.Fatal(err)
			}
			want, sum = want+rates[k]*one.sums[0][1], sum+rates[k]
		}
		if err := point.Close(); err != nil {
			t.Fatal(err)
		}
		if got := f.Pairs[0].Score; math.Abs(got-want/sum) > 1e-9*math.Abs(got) {
			t.Errorf("%s: score %g, want %g", c.kind, got, want/sum)
		}
	}
}
