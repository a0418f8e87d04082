package study

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/google/jsonschema-go/jsonschema"
)

// TestDraftIsReadBack writes drafts and compares what the parser makes of them
// with the same study built by hand.
func TestDraftIsReadBack(t *testing.T) {
	d := NewDraft("plants")
	d.Found = []string{"north: 'x.csv'\ta table", "\x05ime\x00 \xff \u202e, from names in the data", "a line that is so long that it has to be broken because comments are kept within a certain width, however long they are"}
	d.Study.Input.Kind = Table
	d.Study.Seeds = 3
	d.Study.Model.Widths = []float64{0.5, 1}
	header := false
	d.Defaults.Columns = NewColumns()
	d.Defaults.Columns.Targets = []string{"CO", "NO, x", "1", "a: b", "it's", "tab\there", "null", "\x05ime"}
	d.Defaults.Columns.Header = &header
	for _, name := range []string{"north", "2011"} {
		dom := d.AddDomain(name)
		dom.Files.Path = "data/" + name + " *.csv"
	}
	d.Study.Domains[1].Split.Test = 0.5
	d.Study.Domains[1].Columns = NewColumns()
	d.Study.Domains[1].Columns.Where = map[string]string{"plant no": "2", "a": "north: x"}
	short := d.AddDomain("s")
	short.Files.Path = "s.csv"
	short.Columns = NewColumns()
	short.Columns.Dates = []Date{{Column: "when", Order: DMY, Parts: []string{Year}}}
	d.Study.Domains[1].Columns.Dates = []Date{{Column: "when", Order: DMY, Parts: []string{Year}}, {Column: "born, at", Order: YMD, Parts: []string{Year, Week}}}
	d.Study.Domains[1].Test = &Files{Path: "t.csv"}
	text := string(d.Encode("study\nseed: 7.yaml"))
	got, err := ParseBytes([]byte(text), "study.yaml", "")
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	want := mustParse(t, `version: 1
name: plants
seeds: 3
model: {widths: [0.5, 1]}
defaults: {columns: {targets: [CO, "NO, x", "1", "a: b", "it's", "tab\there", "null", "\x05ime"], header: false}}
domains:
  - {name: north, data: data/north *.csv}
  - {name: "2011", data: data/2011 *.csv, test: t.csv, split: {test: 0.5}, columns: {where: {plant no: 2, a: "north: x"}, dates: [{column: when, order: dmy, parts: [year]}, {column: "born, at", order: ymd, parts: [year, week]}]}}
  - {name: s, columns: {dates: [{column: when, order: dmy, parts: [year]}]}, data: s.csv}
`)
	if !got.Equal(want) {
		t.Errorf("the draft is read as\n%+v\nwant\n%+v\n%s", got, want, text)
	}
	whole, err := d.Complete("")
	if err != nil {
		t.Fatal(err)
	}
	if !whole.Equal(want) {
		t.Errorf("the draft is completed to\n%+v\nwant\n%+v", whole, want)
	}
	// What is done to the study is not done to the draft.
	whole.Domains[0].Columns.Targets[0], *whole.Domains[0].Columns.Header = "other", true
	whole.Domains[1].Test.Path, whole.Domains[1].Columns.Where["a"] = "other", "other"
	if again := string(d.Encode("study\nseed: 7.yaml")); again != text {
		t.Errorf("the draft has changed:\n%s", cmp.Diff(text, again))
	}
	for _, line := range strings.Split(text, "\n") {
		if len(line) > 120 {
			t.Errorf("a long line: %s", line)
		}
	}
	for _, key := range []string{"  # epochs: 20", "  # optimizer: adamw", "# seed: 1", "  # joint: true"} {
		if !strings.Contains(text, key) {
			t.Errorf("the draft lacks %q:\n%s", key, text)
		}
	}
}

// TestCompleteFindsMistakes makes drafts that no study file could say.
func TestCompleteFindsMistakes(t *testing.T) {
	d := NewDraft("n")
	d.AddDomain("a").Files.Path = "a.csv"
	d.AddDomain("a").Files.Path = "b.csv"
	s, err := d.Complete("")
	if s != nil || err == nil || !strings.Contains(err.Error(), `domains[1].name: a second domain is called "a"`) {
		t.Errorf("%v", err)
	}
}

// TestUncommented turns every default of a draft on and finds the same study.
func TestUncommented(t *testing.T) {
	d := NewDraft("n")
	d.Study.Input.Size = []int{8, 8}
	for _, name := range []string{"a", "b"} {
		d.AddDomain(name).Files = Files{Images: name, Labels: name}
	}
	text := string(d.Encode("study\nseed: 7.yaml"))
	want := mustParse(t, text)
	known := map[string]bool{}
	var walk func([]field)
	walk = func(fields []field) {
		for _, f := range fields {
			known[f.key] = true
			walk(f.typ.fields)
		}
	}
	walk(studyFields)
	var on []string
	for _, line := range strings.Split(text, "\n") {
		trimmed := strings.TrimLeft(line, " ")
		if rest, ok := strings.CutPrefix(trimmed, "# "); ok {
			value, _, _ := strings.Cut(rest, " # ")
			key, value, _ := strings.Cut(strings.TrimSpace(value), ":")
			if strings.TrimSpace(value) != "" && known[key] {
				line = line[:len(line)-len(trimmed)] + rest
			}
		}
		on = append(on, line)
	}
	got, err := ParseBytes([]byte(strings.Join(on, "\n")), "study.yaml", "")
	if err != nil {
		t.Fatalf("%v\n%s", err, strings.Join(on, "\n"))
	}
	// A stated temperature that is not used is worth a warning, no more.
	if !got.Equal(want) {
		t.Errorf("defaults that are written out change the study:\n%+v\n%+v", got, want)
	}
}

// TestTable holds the table of fields to its own rules.
func TestTable(t *testing.T) {
	var walk func(fields []field, path string)
	walk = func(fields []field, path string) {
		seen := map[string]bool{}
		for _, f := range fields {
			if seen[f.key] {
				t.Errorf("%s%s stands twice", path, f.key)
			}
			seen[f.key] = true
			if !strings.HasSuffix(f.doc, ".") {
				t.Errorf("%s%s: the meaning is no sentence", path, f.key)
			}
			if f.def != "" && f.note != "" {
				t.Errorf("%s%s has two defaults", path, f.key)
			}
			if f.typ.short != "" && find(f.typ.fields, f.typ.short) == nil {
				t.Errorf("%s%s: no key %s", path, f.key, f.typ.short)
			}
			walk(f.typ.fields, path+f.key+".")
			if f.typ.elem != nil {
				walk(f.typ.elem.fields, path+f.key+"[].")
			}
		}
	}
	walk(studyFields, "")
	// Defaults must be readable and within their own bounds: fill panics.
	fill(new(Study), studyFields)
	fill(new(Domain), domainFields)
	fill(new(Columns), columnFields)
	fill(new(Weighting), weightingFields)
}

func TestReferenceNamesEveryKey(t *testing.T) {
	text := Reference()
	for _, key := range []string{"| `seeds` |", "| `domains[].columns.label` |", "| `domains[].data.images` |", "| `training.optimizer.weight_decay` |", "| `weightings[].weights` |", "| `arms.pools` |"} {
		if !strings.Contains(text, key) {
			t.Errorf("the reference lacks %s", key)
		}
	}
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if n := strings.Count(strings.ReplaceAll(line, "\\|", ""), "|"); n != 5 {
			t.Errorf("line %d has %d bars: %s", i+1, n, line)
		}
	}
}

// TestSchemaAgreesWithParser checks studies with both: what one takes, the
// other takes, unless several keys contradict each other.
func TestSchemaAgreesWithParser(t *testing.T) {
	data, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	var schema jsonschema.Schema
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	resolved, err := schema.Resolve(&jsonschema.ResolveOptions{ValidateDefaults: true})
	if err != nil {
		t.Fatal(err)
	}
	validate := func(text string) error {
		var v any
		if err := yaml.Unmarshal([]byte(text), &v); err != nil {
			return err
		}
		// Numbers as JSON has them.
		plain, err := json.Marshal(v)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(plain, &v); err != nil {
			return err
		}
		return resolved.Validate(v)
	}
	for _, text := range []string{
		minimal,
		minimal + "x-parts: {a: 1}\ntraining:\ngrouping:\n",
		minimal + "training: {optimizer: sgd, rate: 0.1, schedule: {kind: linear, warmup: 0}}\nweightings: [equal, {name: dwa, temperature: 3}]\n",
		minimal + "defaults: {limit: 500, split: {by: random}, value: 2}\nmodel: {widths: [1, 2]}\narms: {pools: [[mnist, usps]]}\n",
		strings.Replace(minimal, "name: usps", "name: 2011\n    task: {classes: [1, 2]}", 1),
	} {
		if err := validate(text); err != nil {
			t.Errorf("the schema refuses: %v\n%s", err, text)
		}
		if _, err := ParseBytes([]byte(text), "s.yaml", ""); err != nil {
			t.Errorf("the parser refuses: %v", err)
		}
	}
	for _, rest := range []string{
		"seeds: 0", "seeds: 1.5", "nams: x", "training: {epoch: 3}", "training: {optimizer: adma}", "training: {rate: 0}",
		"weightings: [gradsurgery]", "weightings: []", "weightings: [{weights: {a: 1}}]", "arms: {pairs: 1}", "arms: {pools: [[mnist]]}", "arms: [joint]",
		"defaults: {name: x}", "defaults: {columns: {where: [a]}}", "model: {widths: [-1]}", "analysis: {level: 2}",
	} {
		text := minimal + rest + "\n"
		if validate(text) == nil {
			t.Errorf("the schema takes %s", rest)
		}
		if _, err := ParseBytes([]byte(text), "s.yaml", ""); err == nil {
			t.Errorf("the parser takes %s", rest)
		}
	}
}

func ExampleDraft_Encode() {
	d := NewDraft("digits")
	d.Found = []string{"mnist: 60000 images of 28 by 28"}
	text := string(d.Encode("study\nseed: 7.yaml"))
	fmt.Println(text[strings.Index(text, "#\n# - "):strings.Index(text, "# Title")])
	// Output:
	// #
	// # - mnist: 60000 images of 28 by 28
	//
	// # Version of this file's format.
	// version: 1
	//
	// # Short name: letters, digits, '-', '_' and '.'.
	// name: digits
}
