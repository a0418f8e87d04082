package study

import (
	"strings"
	"testing"
)

// FuzzReadPlan takes plan.json as anybody may have changed it: no name that it gives
// leads out of the folder.
func FuzzReadPlan(f *testing.F) {
	f.Add([]byte(`{"version":2,"domains":[{"name":"a","rows":3}],"runs":[{"id":"joint_w1_s1-0123"}]}`))
	f.Add([]byte(`{"version":1,"runs":[{"id":"../../etc"}]}`))
	f.Add([]byte(`{"version":3,"runs":{}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := ReadPlan(data)
		if err != nil {
			return
		}
		for _, r := range p.Runs {
			if r.ID == "" || strings.ContainsAny(r.ID, `/\:`) || strings.HasPrefix(r.ID, ".") {
				t.Errorf("run %q", r.ID)
			}
		}
	})
}

// FuzzPolicy reads rules in a file of their own.
func FuzzPolicy(f *testing.F) {
	f.Add("rules:\n  - {name: eu, because: law, separate: {jurisdiction: EU}}\n")
	f.Add("rules: [{name: a, lasts: {retention: 36 months}}]\nconfidential: {a: [b]}\n")
	f.Add("rules: &a [*a]")
	f.Fuzz(func(t *testing.T, text string) {
		p, _, errs := parsePolicy([]byte(text), "rules.yaml")
		if p == nil && len(errs) == 0 {
			t.Error("neither rules nor errors")
		}
	})
}
