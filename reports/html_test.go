package reports

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/exemplars"
	"github.com/sharewise/sharewise/analysis/measures"
)

var update = flag.Bool("update", false, "write the golden files again")

func render(t *testing.T, in *Input) string {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, in); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func compareGolden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is out of date; look at the difference and run with -update if it is meant", path)
	}
}

func TestGolden(t *testing.T) {
	in := fixture(t)
	compareGolden(t, "report.html", []byte(render(t, in)))
	data, err := json.MarshalIndent(Summarize(in), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	compareGolden(t, "summary.json", append(data, '\n'))
	if again := render(t, fixture(t)); again != render(t, in) {
		t.Error("the same results gave another report")
	}
}

// inputs are reports of all shapes.
func inputs(t *testing.T) map[string]*Input {
	full := fixture(t)
	bare := &Input{Results: &analysis.Results{Study: "bare", Level: 0.95}}
	noGroups := fixture(t)
	noGroups.Groups, noGroups.History, noGroups.Exemplars = nil, nil, nil
	regression := &Input{Results: &analysis.Results{
		Study: "turbines", Level: 0.95, Rungs: []string{"w1"}, Weightings: []string{"equal"},
		Domains: []analysis.DomainInfo{{Name: "north", Task: "regression"}, {Name: "south", Task: "regression"}},
		Scores: []analysis.Score{
			scoreOf(analysis.Key{Arm: "independent", Rung: "w1", Weighting: "equal", Domain: "north"}, func(s *analysis.Score) {
				s.Loss, s.R2, s.MAE = effect.Point(0.4), effect.Interval{Value: 0.8}, effect.Interval{Value: 0.3}
			}),
			analysis.NewScore(analysis.Key{Arm: "joint", Rung: "w1", Weighting: "equal", Domain: "north"}),
		},
		Gains:   []analysis.Gain{{Key: analysis.Key{Arm: "joint", Rung: "w1", Weighting: "equal", Domain: "north"}, Pool: []string{"north", "south"}, Gain: effect.Gain{Relative: effect.Interval{Value: nan, Lo: nan, Hi: nan}, Metric: "mse"}}},
		Effects: []analysis.Effect{{Key: analysis.Key{Arm: "joint", Rung: "w1", Weighting: "equal", Domain: "north"}, Effect: effect.Effect{Measure: measures.Loss, Accuracy: effect.Pair[effect.Number]{Independent: effect.NaN, Arm: effect.NaN}, LossReduction: effect.Interval{Value: -0.02, Lo: -0.05, Hi: 0.01}}}},
	}}
	hostile := fixture(t)
	hostile.Results.Title = `</title><script>alert(1)</script>`
	hostile.Results.Warnings = []string{`<img src=x onerror=alert(1)>`}
	hostile.Exemplars = []exemplars.Exemplar{{Key: analysis.Key{Arm: "joint", Domain: "bolts"}, Sample: `"><b>`, Direction: "helped", PNG: []byte("GIF89a, not a picture we know")}}
	wide := fixture(t)
	for _, n := range []string{"nuts", "pins", "washers"} {
		wide.Results.Domains = append(wide.Results.Domains, analysis.DomainInfo{Name: n, Task: "classification"})
	}
	long := []string{"gearbox-vibration-line-north-7b", "yield", "a", "PM2.5-Dongsi-north-east-station", "UPPER_CASE_WITHOUT_ANY_BREAKS_AT_ALL", "f", "surface-defects", "wind-park-12"}
	mixed := mixedFixture(t, long[:3], []string{"w0.25", "w1"})
	many := mixedFixture(t, long, []string{"w0.25", "w0.5", "resnet-tiny-pretrained", "w2"})
	return map[string]*Input{"mixed": mixed, "many": many, "full": full, "bare": bare, "no groups": noGroups, "regression": regression, "hostile": hostile, "wide": wide}
}

var (
	idPattern     = regexp.MustCompile(`\sid="([^"]+)"`)
	usePattern    = regexp.MustCompile(`\s(?:href="#|aria-labelledby=")([^"]+)"`)
	outsideAttrib = regexp.MustCompile(`(?i)\s(?:src|href|action|data|poster|srcset)="([^"]*)"`)
	badNumber     = regexp.MustCompile(`(?i)["> ](?:NaN|[+-]?Inf)["%< ]`)
)

// TestHTMLIsSelfContained checks documents of all shapes: nothing is loaded
// from outside, every reference inside has its target, identifiers are unique,
// no text escapes its place, tags are balanced, and no number is NaN.
func TestHTMLIsSelfContained(t *testing.T) {
	for name, in := range inputs(t) {
		t.Run(name, func(t *testing.T) {
			text := render(t, in)
			checkSelfContained(t, text)
			if _, err := json.Marshal(Summarize(in)); err != nil {
				t.Errorf("summary: %v", err)
			}
		})
	}
}

// checkSelfContained checks that a page refers to nothing outside, that what it
// refers to inside is there, and that its tags are balanced.
func checkSelfContained(t *testing.T, text string) {
	t.Helper()
	for _, m := range outsideAttrib.FindAllStringSubmatch(text, -1) {
		if !strings.HasPrefix(m[1], "#") && !strings.HasPrefix(m[1], "data:image/png;base64,") {
			t.Errorf("refers to %q outside the file", m[1])
		}
	}
	for _, s := range []string{"http://", "https://", "@import", "url(", "fetch(", "XMLHttpRequest", "ZgotmplZ", "<no value>"} {
		if strings.Contains(text, s) {
			t.Errorf("contains %q", s)
		}
	}
	ids := map[string]bool{}
	for _, m := range idPattern.FindAllStringSubmatch(text, -1) {
		if ids[m[1]] {
			t.Errorf("id %q occurs twice", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range usePattern.FindAllStringSubmatch(text, -1) {
		if !ids[m[1]] {
			t.Errorf("refers to #%s, which is not there", m[1])
		}
	}
	if n := strings.Count(text, "<script"); n != 1 {
		t.Errorf("has %d scripts, want our own one", n)
	}
	if m := badNumber.FindString(text); m != "" {
		t.Errorf("shows %q", m)
	}
	checkBalance(t, text)
}

var (
	tagPattern = regexp.MustCompile(`<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^>"]|"[^"]*")*?)(/?)>`)
	voidTags   = map[string]bool{"meta": true, "img": true, "br": true, "link": true, "input": true}
)

func checkBalance(t *testing.T, text string) {
	t.Helper()
	// Style and script are no markup.
	for _, tag := range []string{"style", "script"} {
		text = regexp.MustCompile(`(?s)<`+tag+`>.*?</`+tag+`>`).ReplaceAllString(text, "")
	}
	var open []string
	for _, m := range tagPattern.FindAllStringSubmatch(text, -1) {
		name := strings.ToLower(m[2])
		switch {
		case voidTags[name] || m[4] == "/":
		case m[1] == "":
			open = append(open, name)
		case len(open) == 0 || open[len(open)-1] != name:
			t.Fatalf("</%s> closes %v", name, open)
		default:
			open = open[:len(open)-1]
		}
	}
	if len(open) != 0 {
		t.Errorf("never closed: %v", open)
	}
}

func TestHTMLSections(t *testing.T) {
	text := render(t, fixture(t))
	for _, want := range []string{
		"Settled: share bolts and screws; keep rivets and apples apart.",
		`id="matrix"`, `id="effects"`, `id="samples"`, `id="tree"`, `id="capacity"`, `id="weightings"`, `id="curves"`, `id="limits"`,
		"placebo", "data:image/png;base64,", "redness",
		"2 of 96 planned runs are missing",
		"1 run diverged; all means leave that out",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("does not contain %q", want)
		}
	}
	small := render(t, &Input{Results: &analysis.Results{Study: "s", Level: 0.95, Rungs: []string{"w1"}}})
	for _, section := range []string{"matrix", "effects", "samples", "tree", "capacity", "weightings", "curves"} {
		if strings.Contains(small, `id="`+section+`"`) {
			t.Errorf("an empty study has a section %s", section)
		}
	}
}

func TestWriteFiles(t *testing.T) {
	dir := t.TempDir()
	in := fixture(t)
	for range 2 {
		if err := WriteHTML(filepath.Join(dir, "report.html"), in); err != nil {
			t.Fatal(err)
		}
		if err := WriteSummary(filepath.Join(dir, "summary.json"), in); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("folder holds %v, %v", entries, err)
	}
	if err := WriteHTML(filepath.Join(dir, "none", "report.html"), in); err == nil {
		t.Error("no error for a folder that does not exist")
	}
}
