package filelimit

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

func TestSet(t *testing.T) {
	var l Limits
	if err := l.Set("pixels=300M, line=5"); err != nil {
		t.Fatal(err)
	}
	if l.Of(Pixels) != 300<<20 || l.Of(Line) != 5 || l.Of(Rows) != Table[Rows].Default {
		t.Errorf("limits are %v", l)
	}
	if l.String() != "pixels=314572800,line=5" {
		t.Errorf("said as %s", l.String())
	}
	for text, want := range map[string]string{
		"": "no limit is called", "pixel=1": `"pixel"`, "pixels": "whole number", "pixels=0": "whole number", "pixels=-1": "whole number",
		"pixels=1.5M": "whole number", "pixels=9000000T": "whole number",
	} {
		if err := new(Limits).Set(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one with %q", text, err, want)
		}
	}
}

// TestOrder is that a study's limits go before those of the process, and these before
// the table.
func TestOrder(t *testing.T) {
	t.Cleanup(func() { SetDefault(Limits{}) })
	var of Limits
	of[Rows] = 7
	SetDefault(of)
	if got := (Limits{}).Of(Rows); got != 7 {
		t.Errorf("the limit of the process is %d, want 7", got)
	}
	of[Rows] = 3
	if got := of.Of(Rows); got != 3 {
		t.Errorf("the limit of the study is %d, want 3", got)
	}
	err := of.Check(Rows, 4, "a file of 4 rows")
	if e := new(Error); !errors.As(err, &e) || err.Error() != "a file of 4 rows; the limit is 3, and limits.rows raises it" {
		t.Errorf("error %v", err)
	}
	if err := of.Check(Rows, 3, ""); err != nil {
		t.Error(err)
	}
	if err := of.Check(Rows, -1, "less than nothing"); err == nil {
		t.Error("less than nothing is within the limit")
	}
}

func TestTable(t *testing.T) {
	for n, e := range Table {
		if got, ok := Named(e.Key); !ok || got != Name(n) || e.Default < 1 || !strings.HasSuffix(e.Doc, ".") {
			t.Errorf("limit %d: %+v", n, e)
		}
	}
}

func TestReadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, []byte("12345"), 0o644); err != nil {
		t.Fatal(err)
	}
	var l Limits
	l[State] = 5
	if data, err := l.ReadFile(path, State); err != nil || string(data) != "12345" {
		t.Errorf("%q, %v", data, err)
	}
	l[State] = 4
	if _, err := l.ReadFile(path, State); err == nil || !strings.Contains(err.Error(), "state") || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v", err)
	}
	if _, err := ReadFile(os.DevNull, State); !errors.Is(err, ErrKind) {
		t.Errorf("error %v about a device", err)
	}
	if _, err := ReadFile(path+"x", State); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v about no file", err)
	}
	if _, err := ReadFile(filepath.Dir(path), State); err == nil {
		t.Error("a folder was read")
	}
}

func TestDecodeJSON(t *testing.T) {
	type thing struct {
		Name  string                   `json:"name"`
		Sizes []int                    `json:"sizes"`
		Of    *struct{ Share float64 } `json:"of"`
	}
	for text, want := range map[string]string{
		`{"name": 5}`:                          `line 1: "name" holds a number, where a string must stand`,
		"{\n\"sizes\": {\"a\": 1}}":            `line 2: "sizes" holds an object, where an array must stand`,
		`{"sizes": [1.5]}`:                     `where a whole number must stand`,
		`{"of": {"share": "all"}}`:             `where a number must stand`,
		`[]`:                                   `the file holds an array, where an object must stand`,
		`{"name": "a`:                          "cut off",
		``:                                     "cut off",
		"{\"name\": \"a\",\n !}":               "line 2: this is not JSON",
		strings.Repeat("[", 200):               "in one another",
		`{"name":"` + strings.Repeat("[", 200): "cut off",
	} {
		var v thing
		if err := DecodeJSON([]byte(text), &v); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: error %v, want one with %q", text, err, want)
		}
	}
}

// FuzzDecodeJSON takes nothing that encoding/json does not, and nothing else where
// limits are kept.
func FuzzDecodeJSON(f *testing.F) {
	f.Add([]byte(`{"version": 1, "runs": [{}, {"id": "a\"[["}]}`))
	f.Add([]byte(`[[[[{}]]]]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var a, b any
		err := DecodeJSON(data, &a)
		if want := json.Unmarshal(data, &b); err == nil && want != nil {
			t.Errorf("taken, and it is no JSON: %v", want)
		} else if want == nil && err != nil && !strings.Contains(err.Error(), "in one another") {
			t.Errorf("refused: %v", err)
		}
	})
}

func TestDecodeYAML(t *testing.T) {
	type settings struct {
		Nodes  map[string]string `yaml:"nodes"`
		Jobs   int               `yaml:"jobs"`
		Memory string            `yaml:"memory"`
	}
	for text, want := range map[string]string{
		"jobs: 3\nmemory: 4G\n":                    "",
		"jobs: 3\nmemory: [1, 2]\n":                "line 2: a string must stand here",
		"jobs: many\n":                             "line 1: a whole number must stand here",
		"memory: 4G\njobs: 99999999999999999999\n": "line 2: ",
		"nodes: 4\n":                               "where mapping is expected",
		"job: 3\n":                                 `unknown field "job"`,
		"jobs: [\n":                                "these settings cannot be read:",
	} {
		err := DecodeYAML([]byte(text), new(settings))
		if got := fmt.Sprint(err); (err == nil) != (want == "") || err != nil && (!strings.Contains(got, want) || alteration.Raw.MatchString(got)) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
