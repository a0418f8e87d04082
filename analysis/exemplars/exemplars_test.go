package exemplars

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/measures"
	"github.com/sharewise/sharewise/analysis/study"
)

// results has one sample helped and one harmed.
func results() *analysis.Results {
	e := analysis.Effect{Key: analysis.Key{Arm: "joint", Rung: "w1", Weighting: "equal"}}
	e.Domain, e.Measure = "a", measures.Correct
	e.Calls.HelpedSamples = []effect.Call{{Sample: "1", P: 0.25, Q: 0.75}}
	e.Calls.HarmedSamples = []effect.Call{{Sample: "0", P: 0.5, Q: 0.25}}
	return &analysis.Results{Effects: []analysis.Effect{e}}
}

// TestWrite shows samples of a table by their features, whether the data were
// read before or not, and by their numbers alone where the data have gone.
func TestWrite(t *testing.T) {
	dir := t.TempDir()
	table := "x,colour,y\n"
	for range 10 {
		table += "1,red,low\n2,blue,high\n"
	}
	for name, text := range map[string]string{
		"a.csv": table, "test.csv": "x,colour,y\n1.5,red,low\n2.5,blue,high\n",
		"study.yaml": "version: 1\nname: s\ndomains: [{name: a, data: a.csv, test: test.csv, columns: {label: y, categorical: [colour]}}]\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s, err := study.Parse(filepath.Join(dir, "study.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	domains, err := dataset.OpenAll(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	plan := &study.Plan{File: s.File, Domains: []study.PlanDomain{{DomainSize: study.DomainSize{Name: "a", SHA256: domains[0].SHA256}}}}
	folder := layout.Folder(filepath.Join(dir, "out"))
	if err := os.MkdirAll(folder.Tables(), 0o755); err != nil {
		t.Fatal(err)
	}
	helped := Exemplar{
		Key: analysis.Key{Arm: "joint", Rung: "w1", Weighting: "equal", Domain: "a"}, Sample: "1", Direction: "helped", Measure: measures.Correct, P: 0.25, Q: 0.75,
		Features: []Feature{{Name: "class", Value: "high"}, {Name: "x", Value: "2.5"}, {Name: "colour", Value: "blue"}},
	}
	for _, given := range [][][]*dataset.Domain{{domains}, nil} {
		list, err := Write(t.Context(), folder, plan, results(), given)
		if err != nil || list.Unseen != nil {
			t.Fatal(err, list.Unseen)
		}
		read, err := Read(folder.Exemplars())
		if err != nil || len(read) != 2 {
			t.Fatal(read, err)
		}
		if diff := cmp.Diff(helped, read[0]); diff != "" {
			t.Error(diff)
		}
		if read[1].Direction != "harmed" || read[1].Features[1].Value != "1.5" {
			t.Errorf("harmed: %+v", read[1])
		}
	}
	// The list has all samples: the data are not opened again. With one that it lacks they
	// are, and so they are once the list is another than was written.
	if err := os.Rename(filepath.Join(dir, "test.csv"), filepath.Join(dir, "away")); err != nil {
		t.Fatal(err)
	}
	again, err := Write(t.Context(), folder, plan, results(), nil)
	if err != nil || again.Unseen != nil || !cmp.Equal(helped, again.Exemplars[0]) {
		t.Errorf("a second time: %+v, %v", again, err)
	}
	more := results()
	more.Effects[0].Calls.HelpedSamples[0].Sample = "7"
	for range 2 { // what was not seen is looked for again
		if list, err := Write(t.Context(), folder, plan, more, nil); err != nil || list.Unseen == nil {
			t.Errorf("a sample that was not listed: %+v, %v", list, err)
		}
	}
	if err := os.Rename(filepath.Join(dir, "away"), filepath.Join(dir, "test.csv")); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(t.Context(), folder, plan, results(), nil); err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile(folder.Exemplars())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(folder.Exemplars(), bytes.Replace(written, []byte(`"2.5"`), []byte(`"9.5"`), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	if list, err := Write(t.Context(), folder, plan, results(), nil); err != nil || !cmp.Equal(helped, list.Exemplars[0]) {
		t.Errorf("after the list was edited: %+v, %v", list, err)
	}
	other := *plan
	other.Domains = []study.PlanDomain{{DomainSize: study.DomainSize{Name: "a", SHA256: "of others"}}}
	for _, given := range [][][]*dataset.Domain{{domains}, nil} { // whoever read them
		list, err := Write(t.Context(), folder, &other, results(), given)
		if err != nil || list.Unseen == nil || len(list.Exemplars) != 2 || list.Exemplars[0].Features != nil {
			t.Errorf("data that were not trained on: %+v, %v", list, err)
		}
	}
	if err := os.Remove(filepath.Join(dir, "test.csv")); err != nil {
		t.Fatal(err)
	}
	list, err := Write(t.Context(), folder, plan, results(), nil)
	if err != nil || list.Unseen == nil || len(list.Exemplars) != 2 || list.Exemplars[0].Features != nil {
		t.Errorf("without data: %+v, %v", list, err)
	}
}

// TestConfidential shows no sample of a confidential domain, with its data at hand or
// without.
func TestConfidential(t *testing.T) {
	plan := &study.Plan{Domains: []study.PlanDomain{{DomainSize: study.DomainSize{Name: "a"}, Confidential: true}}}
	folder := layout.Folder(t.TempDir())
	list, err := Write(t.Context(), folder, plan, results(), nil)
	if err != nil || len(list.Exemplars) != 0 || len(list.Withheld) != 1 || list.Withheld[0] != "a" {
		t.Errorf("%+v, %v", list, err)
	}
	if read, err := Read(folder.Exemplars()); err != nil || len(read) != 0 {
		t.Errorf("%v, %v", read, err)
	}
}
