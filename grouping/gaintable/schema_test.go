package gaintable

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/versioned/schematest"
	"github.com/sharewise/sharewise/grouping/solve"
)

// TestSchema holds plans of all kinds against the schema, and reads them back.
func TestSchema(t *testing.T) {
	resolved := schematest.Resolve(t, Schema)
	file := filepath.Join(t.TempDir(), "t.csv")
	text := "pool,target,gain,lo,hi,cost,memory\na+b,a,0.2,0.1,0.3,1.5,3\na+b,b,-0.1,-0.2,0.1,,3\nb+c,b,0.1,,,,\nb+c,c,0.05,0,0.2,,2\na+c,a,0.1,0,0.2,,\na+c,c,0.1,0,0.2,,\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	table, err := Read(file, Reading{})
	if err != nil {
		t.Fatal(err)
	}
	rules := &policy.Policy{Rules: []policy.Rule{{Name: "owners", Because: "contract", Same: "owner"}, {Name: "three", AtMost: 3}}}
	owners := []policy.Domain{{Name: "a", Labels: policy.Labels{"owner": {"x"}}}, {Name: "b", Labels: policy.Labels{"owner": {"x"}}}, {Name: "c", Labels: policy.Labels{"owner": {"y"}}}}
	checker, err := table.Govern(rules, owners)
	if err != nil {
		t.Fatal(err)
	}
	budget, little := 4.0, 1.0
	must := [][]string{{"a", "b"}}
	for name, o := range map[string]Options{
		"mean":        {},
		"helpers":     {Helpers: true, Budget: &budget, MaxModels: 3, Objective: Worst},
		"value":       {Values: map[string]float64{"b": 3}},
		"risk":        {Objective: Risk},
		"no harm":     {Objective: NoHarm, Values: map[string]float64{"b": 3}},
		"policy":      {Policy: checker},
		"extrapolate": {MaxModels: 1, Extrapolate: true},
		"budget":      {Budget: &little, Policy: checker},
		"against":     {Constraints: solve.Constraints{MustLink: must, CannotLink: must}},
		"site":        {Constraints: solve.Constraints{Sites: []solve.Site{{Domain: "b", Memory: 2}}, LargestPool: 2}, Stated: []Stated{{Pool: []string{"b"}, Memory: new(float64)}}},
	} {
		p, err := table.Answer(o)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := map[string][]string{"budget": {"a budget of 1"}, "against": {"must link a+b", "cannot link a+b"}}[name]
		if impossible := p.Impossible != nil; impossible != (want != nil) || impossible && (!slices.Equal(p.Impossible.Constraints, want) || p.Certificate != Infeasible || len(p.Pools) > 0) {
			t.Errorf("%s: %+v", name, p.Impossible)
		}
		written, err := json.Marshal(p)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var value any
		if err := json.Unmarshal(written, &value); err != nil {
			t.Fatal(err)
		}
		if err := resolved.Validate(value); err != nil {
			t.Errorf("%s: %v\n%s", name, err, written)
		}
		back := &Plan{}
		if err := json.Unmarshal(written, back); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		again, err := json.Marshal(back)
		if err != nil || string(again) != string(written) {
			t.Errorf("%s: read back it is\n%s\nand was\n%s", name, again, written)
		}
		if notes := len(p.Notes) > 0 && p.Notes[len(p.Notes)-1] == "Values of domains do not count for the objective no-harm; they do for value and risk."; notes != (name == "no harm") {
			t.Errorf("%s: notes %q", name, p.Notes)
		}
	}
	// Every name that a plan can have is in the schema, at least one level deep.
	for i := range reflect.TypeFor[Plan]().NumField() {
		tag := reflect.TypeFor[Plan]().Field(i).Tag.Get("json")
		if tag = strings.Split(tag, ",")[0]; resolved.Schema().Properties[tag] == nil {
			t.Errorf("the schema lacks %q", tag)
		}
	}
	if _, err := table.Choose(Options{Objective: Worst, Values: map[string]float64{"typo": 1}}); err == nil {
		t.Error("a value of a domain that is not there was accepted")
	}
}
