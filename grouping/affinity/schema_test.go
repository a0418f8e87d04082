package affinity

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/versioned/schematest"
)

// TestSchema holds files with and without audits and proposals against the schema,
// and reads them back.
func TestSchema(t *testing.T) {
	resolved := schematest.Resolve(t, Schema)
	pools, truth := planted(rand.New(rand.NewPCG(1, 1)), 6, 0.02)
	truth[0][3], truth[3][0] = math.NaN(), math.NaN()
	m := &Material{Study: "s", Domains: []string{"a", "b", "c", "d", "e", "f"}, Loss: square(6, 1), Pools: pools, Trials: []layout.Trial{{Name: "merged", Work: 0.1}}}
	for i := range m.Loss {
		for j := range m.Loss {
			if i != j && i/3 != j/3 {
				m.Loss[i][j] = 2 + 0.1*float64(i)
			}
		}
	}
	for name, c := range map[string]struct {
		m *Material
		o FolderOptions
	}{
		"all":        {m, FolderOptions{Pools: 8, Larger: 4, Audit: AuditOptions{Draws: 200}}},
		"two pools":  {&Material{Domains: m.Domains, Loss: m.Loss, Pools: pools[:2]}, FolderOptions{Audit: AuditOptions{Draws: 50}}},
		"no pools":   {&Material{Domains: m.Domains, Notes: []string{"nothing"}}, FolderOptions{Pools: 3}},
		"no domains": {&Material{Domains: []string{}}, FolderOptions{}},
	} {
		f, err := c.m.file(c.o)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		written, err := json.Marshal(f)
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
		back := &File{}
		if err := json.Unmarshal(written, back); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		again, err := json.Marshal(back)
		if err != nil || string(again) != string(written) {
			t.Errorf("%s: read back it is\n%s\nand was\n%s", name, again, written)
		}
	}
	f, err := m.file(FolderOptions{Pools: 8, Larger: 4, Audit: AuditOptions{Draws: 200}})
	if err != nil || f.Proposal == nil || f.Proposal.Larger == 0 || f.Proposal.Grower == "" || !strings.Contains(f.Proposal.Why, "larger pool") || len(f.Audits[0].Tested) == 0 || f.Audits[0].Tested[0].Domain == "" {
		t.Errorf("%+v, %v", f, err)
	}
}
