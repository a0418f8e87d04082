package remedies_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/versioned/schematest"
	"github.com/sharewise/sharewise/grouping/remedies"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
)

// plant is a domain: how many rows it has beside those that test, which inputs its
// targets follow, and what is added to all inputs.
type plant struct {
	name    string
	train   int
	targets []int
	shift   float64
}

const plantTest = 300

// planted is a study of plants with a trunk that carries few of their inputs.
func planted(width float64, normalize string, list ...plant) (*study.Study, map[string]*dataset.Samples) {
	s, held := study.New("plants"), map[string]*dataset.Samples{}
	s.Training.Epochs, s.Training.Batch, s.Training.Rate, s.Model.Widths, s.Seeds = 30, 32, 0.01, []float64{width}, 5
	s.Input.Normalize, s.Baseline = normalize, study.NoBaseline
	off := false
	s.Arms = study.Arms{Joint: true, Pairs: &off}
	for k, p := range list {
		d := study.NewDomain(p.name)
		d.Format, d.Task.Kind, d.Split.Val = study.InMemory, study.Regression, 0.2
		d.Split.Test = plantTest / float64(p.train+plantTest)
		s.Domains = append(s.Domains, d)
		random := rand.New(rand.NewPCG(uint64(k), 9))
		in := new(dataset.Samples)
		for range p.train + plantTest {
			x, y := make([]float32, 8), []float64{}
			for i := range x {
				x[i] = float32(p.shift + random.NormFloat64())
			}
			for _, t := range p.targets {
				u := float64(x[t]) - p.shift
				y = append(y, math.Abs(u)+0.5*u+0.3*random.NormFloat64())
			}
			in.X, in.Targets = append(in.X, x), append(in.Targets, y)
		}
		held[p.name] = in
	}
	return s, held
}

// tried trains a study, tries its remedies and returns the outcome.
func tried(t *testing.T, s *study.Study, held map[string]*dataset.Samples, o remedies.Options) (*project.Project, layout.Folder, *remedies.File) {
	t.Helper()
	p, err := project.Open(t.Context(), s, project.Options{Samples: held})
	if err != nil {
		t.Fatal(err)
	}
	folder := layout.Folder(t.TempDir())
	if _, err := p.Train(t.Context(), orttest.Backend(t), folder, project.TrainOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := analysis.AnalyzeFolder(folder, ""); err != nil {
		t.Fatal(err)
	}
	f, err := remedies.Try(t.Context(), orttest.Backend(t), p, folder, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range f.Verdict {
		t.Log(line)
	}
	for _, r := range f.Remedies {
		if r.Outcome != nil {
			t.Logf("%s: %s %s, validation %.3f, %+v", r.Name, r.Outcome.Verdict, r.Outcome.Why, float64(r.Outcome.Validation), r.Outcome.Domains)
		}
	}
	return p, folder, f
}

// changes are what remedies of a kind did to harmed domains, by domain.
func changes(f *remedies.File, kind remedies.Kind) map[string]remedies.Change {
	out := map[string]remedies.Change{}
	for _, r := range f.Remedies {
		if r.Kind != kind || r.Outcome == nil {
			continue
		}
		for _, c := range r.Outcome.Domains {
			out[c.Domain] = c
		}
	}
	return out
}

func names(f *remedies.File) (list []string) {
	for _, r := range f.Remedies {
		list = append(list, r.Name)
	}
	return list
}

// bySize weights domains by their rows, so that large ones decide.
func bySize(s *study.Study) {
	w := study.Weighting{Name: "size"}
	w.Complete()
	s.Weightings = []study.Weighting{w}
}

// TestSource: two domains share a rule, and many rows of a third crowd it out of a small
// trunk. The pool without the third cures both, and a model of their own of course.
func TestSource(t *testing.T) {
	s, held := planted(0.02, "standard", plant{"a", 250, []int{0}, 0}, plant{"b", 250, []int{0}, 0}, plant{"c", 2500, []int{2, 3, 4}, 0})
	bySize(s)
	s.Arms.Pairs = nil
	_, _, f := tried(t, s, held, remedies.Options{})
	for _, name := range []string{"a", "b"} {
		c, ok := changes(f, remedies.Source)[name]
		if !ok || !c.Cured() {
			t.Errorf("without its source, %s: %+v", name, c)
		}
		if own := changes(f, remedies.Own)[name]; own.Verdict != remedies.Helps || own.After.Value != 0 {
			t.Errorf("own model of %s: %+v", name, own)
		}
	}
}

// TestFew: a domain of few rows is drowned by the small weight that the study gives it.
// Multiples of that are tried, and equal weights, which help it.
func TestFew(t *testing.T) {
	s, held := planted(0.03, "standard", plant{"a", 1500, []int{0, 1}, 0}, plant{"b", 250, []int{5}, 0})
	w := study.Weighting{Name: "static", Weights: map[string]float64{"a": 1, "b": 0.02}}
	w.Complete()
	s.Weightings, s.Seeds = []study.Weighting{w}, 6
	_, _, f := tried(t, s, held, remedies.Options{})
	if c := changes(f, remedies.Weights)["b"]; c.Verdict != remedies.Helps || c.After.Hi < 0 {
		t.Errorf("weights: %+v", c)
	}
	worse := 0
	for _, r := range f.Remedies {
		if r.Outcome.Verdict == remedies.Worse {
			worse++
		}
		if w := r.Setting.Weighting; w != nil && w.Name == "static" {
			if by := w.Weights["b"] / w.Weights["a"] / 0.02; math.Abs(by-2) > 0.01 && math.Abs(by-5) > 0.01 {
				t.Errorf("%s raises a weight to %.3g times the study's", r.Name, by)
			}
		}
		if r.Kind == remedies.Weights && len(r.Outcome.Domains) > 0 && len(r.Outcome.Seeds) != 5 {
			t.Errorf("%s was chosen by seed 1 and is tested with %v", r.Name, r.Outcome.Seeds)
		}
	}
	if worse != 2 {
		t.Errorf("%d weights were left out by validation samples: %v", worse, names(f))
	}
}

// TestShift: two domains have a rule in common and inputs that lie elsewhere.
// Normalisation of each domain's own cures, and so do adapters.
func TestShift(t *testing.T) {
	s, held := planted(0.05, "none", plant{"a", 800, []int{0, 1}, 0}, plant{"b", 800, []int{0, 1}, 1.5})
	p, folder, f := tried(t, s, held, remedies.Options{})
	for _, kind := range []remedies.Kind{remedies.Normalising, remedies.Adapters} {
		if c := changes(f, kind)["a"]; !c.Cured() {
			t.Errorf("%s: %+v", kind, c)
		}
	}
	if len(f.Cures()) != 1 || !strings.Contains(f.Cures()[0], "a no longer loses") {
		t.Errorf("cures: %v", f.Cures())
	}
	valid(t, folder)
	was, err := os.ReadFile(folder.Remedies())
	if err != nil {
		t.Fatal(err)
	}
	again, err := remedies.Try(t.Context(), failing{orttest.Backend(t)}, p, folder, remedies.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if now, err := os.ReadFile(folder.Remedies()); err != nil || string(now) != string(was) || len(again.Remedies) != len(f.Remedies) {
		t.Errorf("tried again: %v\n%s\nbefore:\n%s", err, now, was)
	}
	read, err := remedies.Read(folder)
	if err != nil || len(read.Cures()) != 1 {
		t.Errorf("read: %v, %v", read.Cures(), err)
	}
}

// TestBudget ranks kinds by validation samples where not all are within the budget, and
// says what was left.
func TestBudget(t *testing.T) {
	s, held := planted(0.03, "standard", plant{"a", 600, []int{0, 1, 2}, 0}, plant{"b", 200, []int{5}, 0})
	bySize(s)
	_, folder, f := tried(t, s, held, remedies.Options{Budget: remedies.Budget{Runs: 9}})
	over, tested := 0, 0
	for _, r := range f.Remedies {
		switch {
		case r.Outcome.Verdict == remedies.OverBudget:
			over++
		case r.Kind != remedies.Own && len(r.Outcome.Domains) > 0:
			tested++
			if len(r.Outcome.Seeds) != 4 {
				t.Errorf("%s was chosen by seed 1 and is tested with %v", r.Name, r.Outcome.Seeds)
			}
		}
	}
	if over == 0 || tested != 1 || f.Trial.Trained > 9 {
		t.Errorf("%d over budget, %d tested, %d trained", over, tested, f.Trial.Trained)
	}
	if text := strings.Join(f.Verdict, "\n"); !strings.Contains(text, "for want of budget (9 runs)") {
		t.Errorf("verdict:\n%s", text)
	}
	valid(t, folder)
}

// TestHealthy finds nothing to remedy where domains are alike.
func TestHealthy(t *testing.T) {
	s, held := planted(0.05, "standard", plant{"a", 300, []int{0}, 0}, plant{"b", 300, []int{0}, 0})
	_, folder, f := tried(t, s, held, remedies.Options{})
	if len(f.Harms) > 0 || len(f.Remedies) > 0 || f.Trial != nil || !strings.Contains(f.Verdict[0], "nothing to remedy") {
		t.Errorf("%+v", f)
	}
	valid(t, folder)
	if _, err := remedies.ProposeFolder(folder, remedies.Options{Arm: "joint"}); !errors.Is(err, remedies.ErrUnsuitable) {
		t.Errorf("a pool that harms nobody: %v", err)
	}
}

// valid holds the file of a folder against its schema.
func valid(t *testing.T, folder layout.Folder) {
	t.Helper()
	data, err := os.ReadFile(folder.Remedies())
	if err != nil {
		t.Fatal(err)
	}
	schematest.Valid(t, remedies.Schema, data)
}

// failing is a backend that trains nothing.
type failing struct{ exec.Backend }

func (failing) Open(*onnxio.Model, exec.Options) (exec.Session, error) {
	return nil, errors.New("nothing was to be trained")
}
