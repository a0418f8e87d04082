package study

import (
	"strings"
	"testing"
)

// TestReadHostilePlan refuses names that lead out of the folder, and numbers that no study
// comes to: what follows from them would have no end.
func TestReadHostilePlan(t *testing.T) {
	plan := func(of, run string) string {
		return `{"version": 2, "domains": [{"name": "a"}, {"name": "b"}], ` + of + `"runs": [{"id": "joint", "domains": ["a", "b"], ` + run + `"seed": 1}]}`
	}
	for name, c := range map[string]struct{ of, run, says string }{
		"as it is":             {`"rungs": ["w1"], "epochs": 3, "steps_per_epoch": 1000000, `, `"rung": {"name": "w1"}, "hash": "0f", "rows": [16, 4], "fold": 64, "steps": 3000000, `, ""},
		"the least level":      {`"analysis": {"level": 0.5}, `, "", ""},
		"less than that":       {`"analysis": {"level": 0.4}, `, "", "level 0.4 is no coverage"},
		"a rung elsewhere":     {`"rungs": ["../x"], `, "", `"../x" is no name of a rung`},
		"of a run":             {"", `"rung": {"name": "a/b"}, `, `"a/b" is no name of a rung`},
		"a hash elsewhere":     {"", `"hash": "..", `, `".." is no hash`},
		"a fold too many":      {"", `"fold": 65, `, "fold 65"},
		"rows of one domain":   {"", `"rows": [1], `, "rows: 1 elements instead of 2"},
		"rows without end":     {"", `"rows": [1, 1000000000], `, "1000000000 rows of a minibatch"},
		"steps without end":    {`"epochs": 3, "steps_per_epoch": 4611686018427387904, `, "", "3 epochs of 4611686018427387904 steps"},
		"fewer steps than one": {"", `"steps": -1, `, "-1 counts nothing"},
	} {
		_, err := ReadPlan([]byte(plan(c.of, c.run)))
		if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ReadPlan([]byte(`{"version": 2, "domains": [{"name": "a"}], "runs": [{"id": "r", "domains": ["a"], "seed": 50000000}]}`)); err == nil || !strings.Contains(err.Error(), "seed 50000000") {
		t.Errorf("a seed without end: %v", err)
	}
}
