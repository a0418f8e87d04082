package study

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const pricedStudy = `version: 1
name: lines
input: {image: [28, 28]}
domains:
  - {name: a, data: a}
  - {name: b, data: b}
grouping: {tolerance: {money: 500}}
economics:
  currency: JPY
  value: {each: 12000, domains: {b: 500}}
  decisions: 10000
  errors:
    - {actual: crack, predicted: good, cost: 900}
    - 20
  training: {hour: 300, retrain: 12}
  serving: {memory: 5}
  running: [a]
  ranges: [{input: operation, low: 0, high: 10}]
`

func TestEconomics(t *testing.T) {
	s, err := ParseBytes([]byte(pricedStudy), "study.yaml", "")
	if err != nil {
		t.Fatal(err)
	}
	e := s.Economics
	switch {
	case e == nil:
		t.Fatal("no economics")
	case e.Currency != "JPY", e.Horizon != 36, e.Discount != 0.05, e.Value.Unit != PerPoint, e.Value.Of("a") != 12000, e.Value.Of("b") != 500:
		t.Errorf("economics %+v", e)
	case e.Decisions.Of("b") != 10000, e.Errors[0].Cost != 900, e.Errors[1].Cost != 20, e.Errors[1].Actual != "":
		t.Errorf("errors %+v", e.Errors)
	case e.Training != TrainingPrice{300, 0, 12}, e.Serving.Memory != 5, e.Running[0] != "a", e.Ranges[0].High != 10:
		t.Errorf("economics %+v", e)
	case s.Grouping.ToleranceMoney != 500:
		t.Errorf("tolerance %+v", s.Grouping)
	}
	if bare, err := ParseBytes([]byte(strings.Replace(pricedStudy, "{money: 500}", "0.1", 1)), "study.yaml", ""); err != nil || bare.Grouping.Tolerance != 0.1 {
		t.Errorf("a bare tolerance: %v, %v", bare, err)
	}
}

func TestEconomicsMistakes(t *testing.T) {
	for _, x := range []struct{ old, new, want string }{
		{"domains: {b: 500}", "domains: {c: 500}", `no domain is called "c"`},
		{"running: [a]", "running: [z]", `economics.running: no domain is called "z"`},
		{"decisions: 10000", "operation: 3", "say under decisions how many"},
		{"predicted: good", "predicted: crack", "is right and costs nothing"},
		{"currency: JPY", "curency: JPY", "unknown key"},
		{"high: 10", "high: -1", "ranges[0].high"},
		{"low: 0, high: 10", "low: 20, high: 10", "high 10 is below low 20"},
		{"value: {each: 12000, domains: {b: 500}}", "horizon: 12", "money needs economics.value"},
		{"{money: 500}", "{money: 500, gain: 0.1}", "give either gain or money"},
	} {
		_, err := ParseBytes([]byte(strings.Replace(pricedStudy, x.old, x.new, 1)), "study.yaml", "")
		if err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: error %v, want %q in it", x.new, err, x.want)
		}
	}
	at := strings.Index(pricedStudy, "economics:")
	if _, err := ParseBytes([]byte(pricedStudy[:at]), "study.yaml", ""); err == nil || !strings.Contains(err.Error(), "money needs the key economics") {
		t.Errorf("a tolerance in money without economics: %v", err)
	}
}

func TestParseEconomics(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	alone, err := ParseEconomics(write("prices.yaml", "value: 100\noperation: 7\n"))
	if err != nil || alone.Value.Each != 100 || alone.Operation != 7 || alone.Horizon != 36 {
		t.Errorf("prices %+v, %v", alone, err)
	}
	within, err := ParseEconomics(write("study.yaml", pricedStudy))
	if err != nil || within.Currency != "JPY" {
		t.Errorf("prices in a study %+v, %v", within, err)
	}
	if _, err := ParseEconomics(write("poor.yaml", pricedStudy[:strings.Index(pricedStudy, "economics:")])); !errors.Is(err, ErrNoEconomics) {
		t.Errorf("a study without prices: %v", err)
	}
	if err := within.CheckDomains([]string{"a", "b"}); err != nil {
		t.Error(err)
	}
	if err := within.CheckDomains([]string{"a"}); err == nil || !strings.Contains(err.Error(), `"b"`) {
		t.Errorf("error %v", err)
	}
	for text, want := range map[string]string{
		"operation: 7\n":            "nothing is worth anything",
		"value: 100\nprice: 7\n":    "unknown key",
		"value: 100\nhorizon: 0\n":  "horizon",
		"- 1\n":                     "not a mapping",
		"value: {each: 1, unit: x}": "unit",
	} {
		if _, err := ParseEconomics(write("bad.yaml", text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q in it", text, err, want)
		}
	}
}
