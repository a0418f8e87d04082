package suspects

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// planted trains three plants with one rule of three classes. Of a's samples 5 % have
// another label; 3 % of b's training samples, as far as they are used, are nearly equal to
// samples of c.
func planted(t *testing.T, change func(*study.Study)) (p *project.Project, folder layout.Folder, turned, copied map[int64]bool) {
	t.Helper()
	s := study.New("plants")
	s.Seeds, s.Training.Epochs, s.Training.Batch, s.Training.Rate, s.Model.Widths = 2, 4, 16, 0.02, []float64{0.1}
	s.Arms.Pairs, s.Arms.Joint = new(bool), true
	random := rand.New(rand.NewPCG(3, 4))
	held := map[string]*dataset.Samples{}
	turned, copied = map[int64]bool{}, map[int64]bool{}
	classes := []string{"x", "y", "z"}
	for _, name := range []string{"a", "b", "c"} {
		d := study.NewDomain(name)
		d.Format = study.InMemory
		s.Domains = append(s.Domains, d)
		held[name] = new(dataset.Samples)
		for range 400 {
			x := make([]float32, 6)
			for k := range x {
				x[k] = float32(random.NormFloat64())
			}
			held[name].X = append(held[name].X, x)
			held[name].Labels = append(held[name].Labels, classes[slices.Index(x[:3], slices.Max(x[:3]))])
		}
	}
	for range 20 {
		i := random.IntN(400)
		if turned[int64(i)] {
			continue
		}
		turned[int64(i)] = true
		at := slices.Index(classes, held["a"].Labels[i])
		held["a"].Labels[i] = classes[(at+1+random.IntN(2))%3]
	}
	for i := range 12 {
		copied[int64(i*30)] = true
		for k, v := range held["c"].X[i*7] {
			held["b"].X[i*30][k] = v + float32(0.005*random.NormFloat64())
		}
		held["b"].Labels[i*30] = held["c"].Labels[i*7]
	}
	if change != nil {
		change(s)
	}
	p, err := project.Open(t.Context(), s, project.Options{Samples: held})
	if err != nil {
		t.Fatal(err)
	}
	folder = layout.Folder(t.TempDir())
	if _, err := p.Train(t.Context(), reference.Backend(), folder, project.TrainOptions{}); err != nil {
		t.Fatal(err)
	}
	return p, folder, turned, copied
}

// TestPlanted finds most of what was planted, and little else.
func TestPlanted(t *testing.T) {
	p, folder, turned, copied := planted(t, nil)
	f, err := Assess(t.Context(), reference.Backend(), p, folder, Config{})
	if err != nil {
		t.Fatal(err)
	}
	count := func(reasons []string, domain string, planted map[int64]bool) (hit, listed, there int) {
		train := p.Domain(domain).Train
		for i := range train.Len() {
			if planted[train.ID(i)] {
				there++
			}
		}
		for _, s := range f.Suspects {
			if s.Domain == domain && s.Split == layout.TrainSplit && slices.Contains(reasons, s.Reason) {
				listed++
				if planted[s.Sample] {
					hit++
				}
			}
		}
		return hit, listed, there
	}
	hit, listed, there := count([]string{Disputed}, "a", turned)
	t.Logf("labels: %d of %d listed are planted, of %d", hit, listed, there)
	if there < 10 || hit*10 < there*8 || hit*10 < listed*6 {
		t.Errorf("labels: %d of %d listed are planted, of %d", hit, listed, there)
	}
	if _, listed, _ := count([]string{Disputed}, "c", nil); listed > 8 {
		t.Errorf("%d labels of c are disputed", listed)
	}
	hit, listed, there = count([]string{CopyElsewhere, CopyOfVal, CopyOfTest}, "b", copied)
	t.Logf("copies: %d of %d listed are planted, of %d", hit, listed, there)
	if hit < there || listed > hit {
		t.Errorf("copies: %d of %d listed are planted, of %d", hit, listed, there)
	}
	for _, s := range f.Suspects {
		if s.Reason == CopyElsewhere && (s.Of == nil || s.Score < 0.9 || s.Score >= 1) {
			t.Errorf("a copy: %+v", s)
		}
	}
	list := f.Exclusion(0)
	if n := len(list.Of("a")); n < 10 {
		t.Errorf("%d samples of a to leave out", n)
	}
	seen := map[string]bool{}
	for _, s := range list.Samples {
		key := fmt.Sprint(s.Domain, s.Sample)
		if seen[key] || s.Score == 0 {
			t.Errorf("twice or without a score: %+v", s)
		}
		seen[key] = true
	}
	if few := f.Exclusion(0.999); len(few.Samples) >= len(list.Samples) {
		t.Errorf("%d of %d samples have a score of 0.999", len(few.Samples), len(list.Samples))
	}
	if _, err := Assess(t.Context(), reference.Backend(), p, layout.Folder(t.TempDir()), Config{}); !errors.Is(err, ErrNothing) {
		t.Errorf("without models: %v", err)
	}
}

// TestDisputes holds confident learning against a small example by hand: class
// thresholds are the mean confidence of their own samples, and the lead of another class
// must be the larger the fewer samples there are.
func TestDisputes(t *testing.T) {
	disputes := func(copies, votes int) []dispute {
		b := newBallot(slices.Repeat([]int{0, 0, 1, 1}, copies), 2)
		b.models = 1
		for i := range b.label {
			p := [][]float64{{0.9, 0.1}, {0.2, 0.8}, {0.3, 0.7}, {0.45, 0.55}}[i%4]
			copy(b.mean[i], p)
			b.votes[i][slices.Index(p, slices.Max(p))] = votes
		}
		return b.disputes()
	}
	// t_0 = 0.55, t_1 = 0.625: the second sample is above t_1 alone; the fourth above neither.
	got := disputes(15, 1) // 30 samples of a class: the lead must be 0.55
	if len(got) != 15 || got[0].sample != 1 || got[0].other != 1 || got[0].score < 0.59 || got[0].score > 0.61 {
		t.Errorf("%+v", got)
	}
	if got := disputes(15, 0); len(got) != 0 {
		t.Errorf("most do not agree: %+v", got)
	}
	if got := disputes(12, 1); len(got) != 0 { // 24 samples of a class: 0.61
		t.Errorf("among fewer samples: %+v", got)
	}
}
