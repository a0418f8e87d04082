package study

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// madeInGo are studies as a file has them and as a program makes them.
var madeInGo = []struct {
	name, text string
	make       func() *Study
}{
	{"images", minimal, func() *Study {
		s := New("digits")
		s.Input.Size = []int{28, 28}
		for _, d := range []struct{ name, images, labels string }{{"mnist", "a.gz", "b.gz"}, {"usps", "c.gz", "d.gz"}} {
			dom := NewDomain(d.name)
			dom.Files = Files{Images: d.images, Labels: d.labels}
			s.Domains = append(s.Domains, dom)
		}
		return s
	}},
	{"tables of the same rows", `version: 1
name: plants
seeds: 3
domains:
  - {name: a, data: x.csv, columns: {targets: [y], dates: [{column: when}]}}
  - {name: b, data: x.csv, columns: {targets: [z]}, task: {loss: huber}, value: 2}
  - {name: c, data: c.csv, columns: {label: y, where: {line: '1'}}, split: {by: time}, test: t.csv}
model: {trunk: mlp, widths: [0.5, 1]}
training: {epochs: 4, optimizer: {name: sgd, momentum: 0}, augment: {noise: 0.1}}
weightings: [equal, dwa, {name: static, weights: {a: 1, b: 2, c: 1}}]
arms: {pairs: false, pools: [[a, b]]}
`, func() *Study {
		s := New("plants")
		s.Seeds = 3
		a, b, c := NewDomain("a"), NewDomain("b"), NewDomain("c")
		for _, d := range []*Domain{&a, &b, &c} {
			d.Files.Path, d.Columns = "x.csv", NewColumns()
		}
		a.Columns.Targets, a.Columns.Dates = []string{"y"}, []Date{{Column: "when"}}
		b.Columns.Targets, b.Task.Loss, b.Value = []string{"z"}, Huber, 2
		c.Columns.Label, c.Columns.Where = "y", map[string]string{"line": "1"}
		c.Files.Path, c.Test, c.Split.By = "c.csv", &Files{Path: "t.csv"}, ByTime
		s.Domains = []Domain{a, b, c}
		s.Model.Trunk, s.Model.Widths = "mlp", []float64{0.5, 1}
		s.Training.Epochs = 4
		s.Training.Optimizer.Name, s.Training.Optimizer.Momentum = "sgd", 0
		s.Training.Augment.Noise = 0.1
		s.Weightings = []Weighting{{Name: "equal"}, {Name: "dwa"}, {Name: "static", Weights: map[string]float64{"a": 1, "b": 2, "c": 1}}}
		s.Arms = Arms{Joint: true, Pairs: new(bool), Pools: [][]string{{"a", "b"}}}
		return s
	}},
	{"signals and models of one's own", `version: 1
name: bearings
input: {series: {window: 64}, mean: [1]}
domains:
  - {name: a, data: 'a/*.f32', series: {stride: 32, class: '^([^_]+)_'}}
  - {name: b, data: 'b/*.f32', series: {index: list.csv}, split: {by: random, test: 0.5}}
model: {files: [small.onnx, large.onnx]}
`, func() *Study {
		s := New("bearings")
		s.Input.Series, s.Input.Mean = &Window{Length: 64}, []float64{1}
		a, b := NewDomain("a"), NewDomain("b")
		a.Files.Path, a.Series = "a/*.f32", &Series{Stride: 32, Class: "^([^_]+)_"}
		b.Files.Path, b.Series = "b/*.f32", &Series{Index: &Index{Path: "list.csv"}}
		b.Split.By, b.Split.Test = ByRandom, 0.5
		s.Domains = []Domain{a, b}
		s.Model.Files = []string{"small.onnx", "large.onnx"}
		return s
	}},
}

// TestMadeInGo makes studies in Go that are those of files: to the last field,
// and to the identities of all runs.
func TestMadeInGo(t *testing.T) {
	for _, c := range madeInGo {
		want, got := mustParse(t, c.text), c.make()
		for range 2 { // it may be called again
			if err := got.Validate(); err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			if !got.Equal(want) {
				t.Errorf("%s: %s", c.name, cmp.Diff(want, got, cmp.AllowUnexported(Study{}, Split{})))
			}
			if !slices.Equal(got.Warnings, want.Warnings) {
				t.Errorf("%s: warnings %q, want %q", c.name, got.Warnings, want.Warnings)
			}
		}
		if a, b := hashes(t, want), hashes(t, got); len(a) == 0 || !slices.Equal(a, b) {
			t.Errorf("%s: runs\n%q, want\n%q", c.name, b, a)
		}
	}
}

func hashes(t *testing.T, s *Study) []string {
	t.Helper()
	var sizes []DomainSize
	for _, d := range s.Domains {
		sizes = append(sizes, DomainSize{Name: d.Name, Task: d.Task.Kind, Outputs: 2, Train: 640, Val: 64, Test: 100, SHA256: "data of " + d.Name})
	}
	models := map[string]ModelSize{}
	for _, r := range s.Model.Rungs {
		models[r.Name] = ModelSize{SHA256: "model of " + r.Name, FLOPs: 1000, Params: 500}
	}
	p, err := s.Plan(sizes, models)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range p.Runs {
		out = append(out, r.ID+" "+r.Hash)
	}
	return out
}

// TestValidateParsed finds nothing to add to studies from files.
func TestValidateParsed(t *testing.T) {
	files, err := filepath.Glob("../../testdata/studies/*/*.yaml")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d studies, %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), "domains: {by:") {
			continue // its domains stand in its data, which package dataset reads
		}
		for _, v := range variable.FindAllStringSubmatch(string(data), -1) {
			t.Setenv(v[1], "/somewhere")
		}
		patients := func(*Study, Domain, string) ([]string, error) { return []string{"1", "2"}, nil } // of domains.by
		want, err := ParseWith(file, patients)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ParseWith(file, patients)
		if err != nil {
			t.Fatal(err)
		}
		if err := got.Validate(); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if !got.Equal(want) {
			t.Errorf("%s: %s", file, cmp.Diff(want, got, cmp.AllowUnexported(Study{}, Split{})))
		}
	}
}

// TestValidateErrors makes in Go the mistakes that the parser finds in files, and
// finds them by the same keys and words.
func TestValidateErrors(t *testing.T) {
	for _, c := range []struct {
		edit  func(s *Study)
		extra string // of the file
		want  string
	}{
		{func(s *Study) { s.Seeds = -1 }, "seeds: {pools: -1}\n", `seeds.pools: "-1" is not a whole number from 1 to 1000`},
		{func(s *Study) { s.Seeds, s.IndependentSeeds = 3, 2 }, "seeds: {pools: 3, independent: 2}\n", "seeds.independent: 2 seeds of independent models and 3 of shared ones"},
		{func(s *Study) { s.Training.Rate = -0.5 }, "training: {rate: -0.5}\n", `training.rate: "-0.5" is not a number above 0`},
		{func(s *Study) { s.Training.Optimizer.Name = "adma" }, "training: {optimizer: {name: adma}}\n", `training.optimizer.name: "adma" is not adamw, sgd, adam or adagrad; did you mean "adam"?`},
		{func(s *Study) { s.Model.Widths = []float64{1, 0.5} }, "model: {widths: [1, 0.5]}\n", "model.widths: widths go from small to large"},
		{func(s *Study) { s.Arms.Pools = [][]string{{"mnist", "ups"}} }, "arms: {pools: [[mnist, ups]]}\n", `arms.pools[0][1]: no domain is called "ups"; did you mean "usps"?`},
		{func(s *Study) { s.Arms.Pools = [][]string{{"mnist"}} }, "arms: {pools: [[mnist]]}\n", "arms.pools[0]: 1 elements, where 2 to 512 must stand"},
		{func(s *Study) { s.Weightings = []Weighting{{}} }, "weightings: [{rate: 0.1}]\n", `weightings[0]: the key "name" is missing`},
		{func(s *Study) { s.Weightings = []Weighting{{Name: "static", Weights: map[string]float64{"mnist": 1}}} }, "weightings: [{name: static, weights: {mnist: 1}}]\n", "weightings[0]: static weights lack domain usps"},
		{func(s *Study) { s.Grouping.MinGain = 2 }, "grouping: {min_gain: 2}\n", `grouping.min_gain: "2" is not a number from 0 to 1`},
	} {
		for _, from := range []string{"Go", "file"} {
			var err error
			if from == "Go" {
				s := madeInGo[0].make()
				c.edit(s)
				err = s.Validate()
			} else {
				_, err = ParseBytes([]byte(minimal+c.extra), "study.yaml", "")
			}
			var all Errors
			if !errors.As(err, &all) || !errors.Is(err, ErrInvalid) || len(all) != 1 {
				t.Errorf("%s, %s: %v", from, c.want, err)
				continue
			}
			if text := all[0].Key + ": " + all[0].Message; !strings.HasPrefix(text, c.want) {
				t.Errorf("%s: %q, want %q", from, text, c.want)
			}
		}
	}
	s := New("")
	s.Training.Epochs = -3
	s.Domains = []Domain{NewDomain("a"), NewDomain("a")}
	if err := s.Validate(); err == nil || !strings.HasPrefix(err.Error(), "study: the key \"name\" is missing: short name") || !strings.Contains(err.Error(), "\nstudy: training.epochs: ") {
		t.Errorf("several mistakes: %v", err)
	}
}

// TestMemoryIsForPrograms refuses in files what only programs have.
func TestMemoryIsForPrograms(t *testing.T) {
	_, err := ParseBytes([]byte("version: 1\nname: x\ndomains: [{name: a, format: memory}]\n"), "study.yaml", "")
	if err == nil || !strings.Contains(err.Error(), `study.yaml:3:29: domains[0].format: "memory" is for data that a Go program holds; a study file names files: idx, images`) {
		t.Errorf("%v", err)
	}
	s := New("x")
	a, b := NewDomain("a"), NewDomain("b")
	s.Domains, s.Input.Size = []Domain{a, b}, []int{8, 8}
	if err := s.Validate(); err == nil || !strings.Contains(err.Error(), `study: domains[0]: the key "data" is missing: where the domain's data is; data that the program holds have the format memory`) {
		t.Errorf("%v", err)
	}
	// The mistake is mended, and nothing is left of it.
	a.Format, b.Format = InMemory, InMemory
	b.Test, b.Files.Path = new(Files), "held"
	s.Domains, s.Input.Size = []Domain{a, b}, nil
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	if a, b := s.Domains[0], s.Domains[1]; s.Input.Kind != ArrayInput || s.Model.Trunk != "mlp" || a.Files.Path != "a" || b.Files.Path != "held" || b.Test.Path != "b test" {
		t.Errorf("%+v\n%+v", s.Input, s.Domains)
	}
	s.Domains[0].Files.Labels = "y.npy"
	if err := s.Validate(); err == nil || !strings.Contains(err.Error(), "domains[0].data: format memory takes the name of samples as path") {
		t.Errorf("%v", err)
	}
}
