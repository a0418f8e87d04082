package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/tiff"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/reports"
)

// showcase is a folder of data as people have them, and what init, the plan and
// the report must say of it: none of the study is written by hand.
type showcase struct {
	name    string
	data    func(t *testing.T, dir string, rng *rand.Rand)
	study   []string // regular expressions that the study file has
	plan    []string // that the plan has
	domains int
	train   int    // training samples of the first domain
	test    int    // its test samples, of all folds where there are some
	metric  string // its figure
	inputs  string // in the text of its linear model
	models  int    // trained models
	notes   []string
}

// TestShowcases goes from a folder to a report by init and run alone.
func TestShowcases(t *testing.T) {
	requireRuntime(t)
	for _, c := range []showcase{
		{
			name: "hospitals", data: hospitals, domains: 4, train: 35, test: 50, metric: "accuracy", models: 55,
			study: []string{
				`# - all: a domain is a value of column "hospital"`,
				`# - all: column "ill" is predicted as a class`,
				`# - all: column "id" counts the rows and is left out`,
				`# - all: -9 is taken for a missing value \(columns.missing\) in "pressure" \(\d+ rows; all others are \d+ to \d+\)`,
				`# - all: missing numbers are replaced by the median of .*: "pressure" \(\d+ of 270 rows\), "vessels" \(`,
				`# - all: a missing word is a word of its own: "pain"`,
				`folds: 5`, `ignore: \[id\]`, `label: ill`, `categorical: \[pain\]`, `where: \{hospital: north\}`, `missing: \[.*'-9'\]`,
			},
			plan:   []string{`east: without any value in training, so that models are given 0: "vessels"`},
			inputs: "logistic regression of 9 columns", // 3 numbers, 2 that say where one is missing, 3 words and none
			notes:  []string{`missing inputs are replaced by the training median`},
		},
		{
			name: "schools", data: schools, domains: 17, train: 21, test: 30, metric: "r2", models: 90,
			study: []string{
				`# - all: a domain is a value of column "school"`, `# - all: column "score" is predicted as a number`,
				`# - 17 domains have 136 pairs`, `targets: \[score\]`, `where: \{school: '17'\}`,
			},
			plan:   []string{`no pairs and no pools are planned`},
			inputs: "ridge regression of 4 columns",
		},
		{
			name: "parts", data: trainAndTest, domains: 2, train: 108, test: 40, metric: "r2", models: 15,
			study: []string{
				`# - old: a table of 4 columns, test data in old_test.csv`, `# - all: column "yield" is predicted as a number`,
				`\{name: new, data: data/new_train.csv, test: data/new_test.csv\}`, `targets: \[yield\]`,
			},
			inputs: "ridge regression of 3 columns",
		},
		{
			name: "texts", data: texts, domains: 2, train: 108, test: 60, metric: "accuracy", models: 15,
			study:  []string{`# - books: sparse samples, classification, test data in test.svmlight`, `\{name: music, data: data/music/train.svmlight, test: data/music/test.svmlight\}`},
			inputs: "logistic regression of 300 columns",
		},
		{
			name: "thermal", data: thermal, domains: 2, train: 42, test: 60, metric: "accuracy", models: 15,
			study:  []string{`# - cam-1: 60 images in 2 class folders`, `image: \[12, 16\]`, `\{name: cam-2, data: data/cam-2\}`},
			plan:   []string{`cam-1: all images: 16 bits; raw inputs count from 0 to 65535`},
			inputs: "logistic regression of 192 columns",
			notes:  []string{`16 bits`},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := workshop{t, t.TempDir()}
			c.data(t, w.path("data"), rand.New(rand.NewPCG(1, 2)))
			w.show(c)
		})
	}
}

// show goes from the folder data to a report and holds what is said against c.
func (w workshop) show(c showcase) {
	t := w.t
	do := func(args ...string) string {
		t.Helper()
		cmd := sharewise(args...)
		cmd.Dir = w.dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", args, err, out)
		}
		return string(out)
	}
	has := func(what, text string, want []string) {
		t.Helper()
		for _, expression := range want {
			if !regexp.MustCompile(expression).MatchString(text) {
				t.Errorf("%s\n%s\nlacks %s", what, text, expression)
			}
		}
	}
	do("init", "data", "-o", "study.yaml")
	study, err := os.ReadFile(w.path("study.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	// Comments are wrapped.
	has("the study file", regexp.MustCompile(`\n# {3,}`).ReplaceAllString(string(study), " "), c.study)
	has("the plan", do("plan", "study.yaml"), c.plan)
	if out := do("dataset", "inspect", "study.yaml"); strings.Contains(out, "Suspected leaks") {
		t.Errorf("inspect says\n%s", out)
	}
	has("run", do("run", "study.yaml", "-o", "out", "--report"), []string{
		fmt.Sprintf(`(?m)^%d runs: %[1]d trained$`, c.models), fmt.Sprintf(`(?m)^Fitted %d linear models`, c.domains), `(?m)^How sure: `, `(?m)^Report: out/report.html$`,
	})
	raw, err := os.ReadFile(w.path("out/summary.json"))
	if err != nil {
		t.Fatal(err)
	}
	var s reports.Summary
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	if d := s.Domains[0]; len(s.Domains) != c.domains || d.Train != c.train || d.Test != c.test || d.Metric != c.metric {
		t.Errorf("%d domains, the first %+v", len(s.Domains), d)
	}
	if b := s.Baselines; len(b) != c.domains || !strings.Contains(b[0].Text, c.inputs) {
		t.Errorf("linear models %+v", b)
	}
	has("notes", fmt.Sprint(s.Domains), c.notes)
	w.vouch(&s)
	if page, err := os.ReadFile(w.path("out/report.html")); err != nil || !bytes.Contains(page, []byte("linear model")) {
		t.Errorf("the page: %v", err)
	}
	do("cross", "out")
}

// vouch asks that the verdict tells of every domain whose networks score less than
// a linear model by more than is tolerated.
func (w workshop) vouch(s *reports.Summary) {
	led := 0
	for _, b := range s.Baselines {
		for _, c := range b.Against {
			if c.Lead.Value > c.Tolerance {
				led++
			}
		}
	}
	told := slices.ContainsFunc(s.Verdict.Reasons, func(r wording.Text) bool { return strings.Contains(r.String(), "a linear model on") })
	if told != (led > 0) {
		w.t.Errorf("a linear model leads on %d domains, and the reasons are %q", led, s.Verdict.Reasons)
	}
	var doubted bool
	for _, b := range s.Baselines {
		doubted = doubted || slices.ContainsFunc(b.Against, func(c analysis.Contest) bool { return c.Weaker })
	}
	if doubted && !strings.Contains(s.Verdict.Headline.String(), "Do not act on ") {
		w.t.Errorf("networks are weaker, and the headline is %q", s.Verdict.Headline)
	}
}

// put writes a file and its folder.
func put(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// hospitals is one table of four hospitals, one of which never looks at vessels;
// missing values are '?', and -9 in another.
func hospitals(t *testing.T, dir string, rng *rand.Rand) {
	var b strings.Builder
	fmt.Fprintln(&b, "id,age,hospital,pain,pressure,vessels,ill")
	id := 0
	for k, name := range []string{"north", "south", "east", "west"} {
		for range []int{90, 70, 50, 60}[k] {
			id++
			ill := rng.IntN(2)
			maybe := func(chance float64, value any, missing string) string {
				if rng.Float64() < chance {
					return missing
				}
				return fmt.Sprint(value)
			}
			vessels := maybe([]float64{0.02, 0.3, 1, 0.2}[k], rng.IntN(3)+ill, "?")
			pressure := maybe([]float64{0, 0, 0, 0.3}[k], 115+10*ill+rng.IntN(40), "-9")
			pain := maybe([]float64{0, 0.3, 0.1, 0}[k], []string{"none", "some", "much"}[min(2, rng.IntN(2)+ill)], "?")
			fmt.Fprintf(&b, "%d,%d,%s,%s,%s,%s,%d\n", id, 40+rng.IntN(35), name, pain, pressure, vessels, ill)
		}
	}
	put(t, filepath.Join(dir, "heart.csv"), []byte(b.String()))
}

// schools is one table whose domains are a number, with inputs of few values.
func schools(t *testing.T, dir string, rng *rand.Rand) {
	var b strings.Builder
	fmt.Fprintln(&b, "year,school,gender,band,origin,score")
	for school := range 17 {
		effect := 3 * rng.NormFloat64()
		for range 30 {
			band, gender := 1+rng.IntN(3), rng.IntN(2)
			fmt.Fprintf(&b, "%d,%d,%d,%d,%d,%.0f\n", 1+rng.IntN(3), school+1, gender, band, 1+rng.IntN(11), max(0, 32-5*float64(band)+float64(gender)+effect+7*rng.NormFloat64()))
		}
	}
	put(t, filepath.Join(dir, "schools.csv"), []byte(b.String()))
}

// trainAndTest is two domains whose files are named for training and for testing.
func trainAndTest(t *testing.T, dir string, rng *rand.Rand) {
	for k, name := range []string{"old", "new"} {
		for part, n := range map[string]int{"train": 120, "test": 40} {
			var b strings.Builder
			fmt.Fprintln(&b, "heat,flow,age,yield")
			for range n {
				heat, flow, age := rng.NormFloat64(), rng.NormFloat64(), rng.Float64()
				fmt.Fprintf(&b, "%.4f,%.4f,%.4f,%.4f\n", 400+20*heat, 3+flow, 10*age, 50+float64(k)+4*heat-2*flow+heat*flow+rng.NormFloat64())
			}
			put(t, filepath.Join(dir, name+"_"+part+".csv"), []byte(b.String()))
		}
	}
}

// texts is two domains of sparse rows of one length, as tf-idf gives them.
func texts(t *testing.T, dir string, rng *rand.Rand) {
	for _, name := range []string{"books", "music"} {
		for part, n := range map[string]int{"train": 120, "test": 60} {
			var b strings.Builder
			for i := range n {
				words := map[int]float64{}
				for range 25 {
					word := int(300 * rng.Float64() * rng.Float64())
					if word%5 == 0 && rng.Float64() < 0.8 { // a word of one class
						word = word/10*10 + i%2*5
					}
					words[word+1] += 0.2
				}
				words[300] += 0.01
				fmt.Fprint(&b, []string{"-1", "1"}[i%2])
				for j := 1; j <= 300; j++ {
					if v, ok := words[j]; ok {
						fmt.Fprintf(&b, " %d:%.3f", j, v)
					}
				}
				fmt.Fprintln(&b)
			}
			put(t, filepath.Join(dir, name, part+".svmlight"), []byte(b.String()))
		}
	}
}

// thermal is pictures of 16 bits that use few of their 65 536 levels, with a spot
// that is a little warmer, or none.
func thermal(t *testing.T, dir string, rng *rand.Rand) {
	for k, camera := range []string{"cam-1", "cam-2"} {
		for _, class := range []string{"even", "spot"} {
			for i := range 30 {
				m := image.NewGray16(image.Rect(0, 0, 16, 12))
				x, y := 3+rng.IntN(10), 3+rng.IntN(6)
				for p := range 16 * 12 {
					level := 29800 + 300*k + int(15*rng.NormFloat64())
					if dx, dy := p%16-x, p/16-y; class == "spot" && dx*dx+dy*dy < 5 {
						level += 40
					}
					m.SetGray16(p%16, p/16, color.Gray16{Y: uint16(level)})
				}
				var b bytes.Buffer
				if err := tiff.Encode(&b, m, nil); err != nil {
					t.Fatal(err)
				}
				put(t, filepath.Join(dir, camera, class, fmt.Sprintf("%02d.tiff", i)), b.Bytes())
			}
		}
	}
}
