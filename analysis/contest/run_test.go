package contest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/contest"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/versioned/schematest"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// plants are three domains of which the third follows the opposite rule.
func plants() (*study.Study, map[string]*dataset.Samples) {
	s, held := study.New("plants"), map[string]*dataset.Samples{}
	s.Training.Epochs, s.Training.Batch, s.Training.Rate, s.Model.Widths = 4, 8, 0.02, []float64{0.03}
	for k, name := range []string{"east", "west", "south"} {
		d := study.NewDomain(name)
		d.Format = study.InMemory
		s.Domains = append(s.Domains, d)
		held[name] = new(dataset.Samples)
		for i := range 60 {
			x, y := float32((i+k)%20)-9.5, float32(i%7)-3
			held[name].X = append(held[name].X, []float32{x, y})
			held[name].Labels = append(held[name].Labels, []string{"low", "high"}[b2i((x+y > 0) != (k == 2))])
		}
	}
	return s, held
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func open(t *testing.T) *project.Project {
	t.Helper()
	s, held := plants()
	p, err := project.Open(t.Context(), s, project.Options{Samples: held})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestRun compares a few methods, one of which needs independent models, and checks
// the outcome against its schema; called again, it comes to the same without training.
func TestRun(t *testing.T) {
	folder := layout.Folder(t.TempDir())
	o := contest.Options{Methods: []string{"equal", "gls", "gap"}, Trials: 3, Seeds: 2}
	f, err := contest.Run(t.Context(), reference.Backend(), open(t), folder, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Write(folder); err != nil {
		t.Fatal(err)
	}
	if len(f.Entries) != 6 || len(f.Verdict) == 0 || f.Chosen == "" {
		t.Fatalf("%+v", f)
	}
	for i, e := range f.Entries {
		if e.Loss.Rank < e.Loss.RankLo || e.Loss.Rank > e.Loss.RankHi || e.Epochs != 4 || len(e.Domains) != 3 || e.Error == nil {
			t.Errorf("%+v", e)
		}
		if i > 0 && e.Loss.Against.Value < f.Entries[i-1].Loss.Against.Value {
			t.Error("entries are not in the order of their losses")
		}
		if want := map[bool]int{false: 3, true: 15}[e.Method == "static-long"]; e.Candidates != want || e.Loss.AgainstLong == nil {
			t.Errorf("%s has %d candidates, limits %v", e.Method, e.Candidates, e.Loss.AgainstLong)
		}
		if e.Method == "gap" && e.Setting.Targets != nil {
			t.Error("targets of one seed stand in the setting")
		}
	}
	validate(t, folder.Weightings())
	ledger, err := folder.ReadLedger()
	if err != nil {
		t.Fatal(err)
	}
	runs, _, err := folder.WeightingRuns().Runs()
	if err != nil {
		t.Fatal(err)
	}
	made := ledger.Files["weightings.json"].From
	if len(runs) == 0 || len(made) != len(runs)+2 || made["weightings/times.json"] == "" || made[layout.NameStudyAt(f.Rung)] == "" {
		t.Errorf("the ledger has %d things that the outcome was made of, there are %d runs", len(made), len(runs))
	}
	for _, id := range runs {
		if made["weightings/runs/"+id] == "" {
			t.Errorf("the ledger lacks run %s", id)
		}
	}

	again, err := contest.Run(t.Context(), failing{reference.Backend()}, open(t), folder, o)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := json.Marshal(f)
	b, _ := json.Marshal(again)
	if string(a) != string(b) {
		t.Errorf("again:\n%s\nwas\n%s", b, a)
	}
	read, err := contest.Read(folder)
	if err != nil || read.Chosen != f.Chosen {
		t.Errorf("%+v, %v", read, err)
	}
}

func validate(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	schematest.Valid(t, contest.Schema, data)
}

func TestUnsuitable(t *testing.T) {
	for _, test := range []struct {
		o    contest.Options
		want string
	}{
		{contest.Options{Methods: []string{"surgery"}}, `no method "surgery"`},
		{contest.Options{Rung: "w9"}, `no rung "w9"`},
	} {
		_, err := contest.Run(t.Context(), reference.Backend(), open(t), layout.Folder(t.TempDir()), test.o)
		if !errors.Is(err, contest.ErrUnsuitable) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("error %v, want %s", err, test.want)
		}
	}
	s, held := plants()
	s.Model.Freeze = []string{"*"}
	p, err := project.Open(t.Context(), s, project.Options{Samples: held})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := contest.Run(t.Context(), reference.Backend(), p, layout.Folder(t.TempDir()), contest.Options{}); !errors.Is(err, contest.ErrUnsuitable) {
		t.Errorf("nothing trains that could be weighed: %v", err)
	}
}

func ExampleRun() {
	s, held := plants()
	dir, err := os.MkdirTemp("", "plants-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	ctx := contextOfExample()
	p, err := project.Open(ctx, s, project.Options{Samples: held})
	if err != nil {
		fmt.Println(err)
		return
	}
	f, err := contest.Run(ctx, reference.Backend(), p, layout.Folder(dir), contest.Options{Methods: []string{"equal"}, Trials: 1, Seeds: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(f.Entries), "methods, each with", f.Seeds, "fresh seeds")
	// Output: 4 methods, each with 2 fresh seeds
}
