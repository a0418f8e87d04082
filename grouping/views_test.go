package grouping

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/jsonschema-go/jsonschema"

	"github.com/sharewise/sharewise/analysis/versioned/schematest"
)

// pairsOf is a problem with all pairs of n domains, their gains by f, and limits of
// the given half-width; none where it is 0.
func pairsOf(n int, half float64, f func(i, j int) float64) *Problem {
	p := &Problem{}
	for i := range n {
		p.Domains = append(p.Domains, string(rune('a'+i)))
		for j := range i {
			pool := Pool{Members: []int{j, i}, Gain: []float64{f(j, i), f(i, j)}}
			if half > 0 {
				for _, g := range pool.Gain {
					pool.Lo, pool.Hi = append(pool.Lo, g-half), append(pool.Hi, g+half)
				}
			}
			p.Pools = append(p.Pools, pool)
		}
	}
	return p
}

// viewsSchemaOf is the schema of clusters.json, ready to hold files against.
func viewsSchemaOf(t *testing.T) *jsonschema.Resolved {
	t.Helper()
	return schematest.Resolve(t, ViewsSchema)
}

func TestViews(t *testing.T) {
	schema := viewsSchemaOf(t)
	halves := func(i, j int) float64 { // a domain gains from its half
		if (i < 3) == (j < 3) {
			return 0.2 + 0.01*float64(i)
		}
		return -0.1 - 0.01*float64(j)
	}
	equal := func(i, j int) float64 { return 0.01 * float64((i+2*j)%3) }
	two := [][]string{{"a", "b", "c"}, {"d", "e", "f"}}
	for _, c := range []struct {
		name        string
		problem     *Problem
		recommended [][]string
		found       int
		want        string
	}{
		{"planted", pairsOf(6, 0.05, halves), two, 6, "All of 6 views find clusters, and these are the recommended groups"},
		{"planted, no limits", pairsOf(6, 0, halves), two, 6, "All of 6 views"},
		{"otherwise", pairsOf(6, 0.05, halves), [][]string{{"a", "b", "c", "d"}, {"e", "f"}}, 6, "none finds exactly the recommended groups. Most put together d and e, d and f, which the recommendation keeps apart. Most keep apart a and d, b and d, c and d, which"},
		{"parts of clusters", pairsOf(6, 0.05, halves), [][]string{{"a", "b"}, {"c"}, {"d", "e", "f"}}, 6, "Each recommended group lies within one cluster of most views"},
		{"none", pairsOf(6, 0.2, equal), two, 0, "no more than their errors"},
		{"none, all together", pairsOf(6, 0.2, equal), [][]string{{"a", "b", "c", "d", "e", "f"}}, 0, "their errors make them. The recommendation, one pool of all, agrees."},
		{"two domains", pairsOf(2, 0.2, equal), [][]string{{"a", "b"}}, 0, "There are no views of clusters: of 2 domains"},
	} {
		v, err := ViewsOf(c.problem, c.recommended, 1)
		if err != nil {
			t.Fatal(err)
		}
		if v.Found() != c.found || !strings.Contains(v.Conclusion, c.want) {
			t.Errorf("%s: %d views find clusters: %s", c.name, v.Found(), v.Conclusion)
		}
		file := filepath.Join(t.TempDir(), "clusters.json")
		if err := v.WriteFile(file); err != nil {
			t.Fatal(err)
		}
		written, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var value any
		if err := json.Unmarshal(written, &value); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s: %v\n%s", c.name, err, written)
		}
		back, err := ReadViews(file)
		if err != nil {
			t.Fatal(err)
		}
		if back.Conclusion != v.Conclusion || back.Found() != v.Found() || len(back.Matrix) != len(v.Matrix) || !cmp.Equal(back.Order, v.Order) {
			t.Errorf("%s: read back %+v", c.name, back)
		}
	}
}
