package reports

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/versioned/schematest"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/solve"
)

func resolvedSchema(t *testing.T) *jsonschema.Resolved {
	t.Helper()
	return schematest.Resolve(t, func() ([]byte, error) { return GroupsSchema(), nil })
}

// problems are recommendations of all shapes: with and without limits, with
// estimates, unmeasured pairs and a single domain.
func problems(t *testing.T) map[string]*grouping.Problem {
	pair := func(a, b int, x, y float64) grouping.Pool {
		return grouping.Pool{Members: []int{a, b}, Gain: []float64{x, y}}
	}
	limited := func(p grouping.Pool, half float64) grouping.Pool {
		for _, g := range p.Gain {
			p.Lo, p.Hi = append(p.Lo, g-half), append(p.Hi, g+half)
		}
		return p
	}
	abc := []string{"a", "b", "c"}
	return map[string]*grouping.Problem{
		"no limits": {Domains: abc, Pools: []grouping.Pool{pair(0, 1, 0.1, 0.2), pair(0, 2, 0, 0), pair(1, 2, 0, 0)}},
		"estimate":  {Domains: abc, MaxGroups: 1, Pools: []grouping.Pool{limited(pair(0, 1, 0.1, 0.2), 0.1), limited(pair(0, 2, 0.1, 0.1), 0.1), limited(pair(1, 2, 0, 0), 0.1)}},
		"few pairs": {Domains: abc, Value: []float64{1, 0, 2.5}, MinGain: 0.05, Pools: []grouping.Pool{limited(pair(0, 1, 0.1, 0.2), 0.1)}},
		"governed":  {Domains: abc, Policy: onlyTwo(t), Pools: []grouping.Pool{limited(pair(0, 1, 0.1, 0.2), 0.1), limited(pair(0, 2, 0.1, 0.1), 0.1), limited(pair(1, 2, 0.3, 0.3), 0.1)}},
		"ruled":     {Domains: abc, Rules: []solve.Rule{solve.MustLink("must link a+b", 0, 1)}, Pools: []grouping.Pool{limited(pair(0, 1, 0.1, 0.2), 0.1), limited(pair(0, 2, 0.1, 0.1), 0.1), limited(pair(1, 2, 0.3, 0.3), 0.1)}},
		"one":       {Domains: []string{"a"}, Pools: []grouping.Pool{{Members: []int{0}, Gain: []float64{0}}}},
	}
}

func TestGroupsSchema(t *testing.T) {
	schema := resolvedSchema(t)
	list := map[string]*grouping.Recommendation{"fixture": fixture(t).Groups}
	for name, p := range problems(t) {
		r, err := grouping.Recommend(p, grouping.Context{Study: "s", Draws: 20})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		list[name] = r
	}
	for name, r := range list {
		data, err := r.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(data, &v); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestGroupsSchemaRejects makes sure that the schema says something.
func TestGroupsSchemaRejects(t *testing.T) {
	schema := resolvedSchema(t)
	data, err := fixture(t).Groups.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"version":       {`"version": 3`, `"version": 2`},
		"verdict":       {`"verdict": "share"`, `"verdict": "perhaps"`},
		"unknown key":   {`"study":`, `"studie":`},
		"text for gain": {`"gain": 0.21`, `"gain": "0.21"`},
	} {
		damaged := strings.Replace(string(data), change[0], change[1], 1)
		if damaged == string(data) {
			t.Fatalf("%s: %s is not in the document", name, change[0])
		}
		var v any
		if err := json.Unmarshal([]byte(damaged), &v); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// onlyTwo forbids pools of three, and one of c with another.
func onlyTwo(t *testing.T) *policy.Checker {
	t.Helper()
	c, err := policy.New(&policy.Policy{Rules: []policy.Rule{{Name: "two", AtMost: 2}, {Name: "owners", Same: "owner", Because: "contract"}}}, []policy.Domain{
		{Name: "a", Labels: policy.Labels{"owner": {"x"}}}, {Name: "b", Labels: policy.Labels{"owner": {"x"}}}, {Name: "c", Labels: policy.Labels{"owner": {"y"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}
