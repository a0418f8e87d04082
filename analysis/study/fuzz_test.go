package study

import (
	"maps"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/versioned/alteration"
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
			alteration.Plain(t, err)
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
		if len(errs) > 0 {
			alteration.Plain(t, errs)
		}
	})
}

// FuzzRemove takes a domain out of study files: what is left says of the others what it said.
func FuzzRemove(f *testing.F) {
	const head = "version: 1\nname: s\ndefaults: {columns: {label: y}}\ndomains:\n- {name: a, data: a.csv}\n- {name: b, data: b.csv}\n- {name: c, data: c.csv}\n"
	f.Add(head+"weightings: [equal, {name: static, weights: {a: 2, b: 1.5, c: 3}}]\n", "b")
	f.Add(head+"weightings:\n  - name: static\n    weights:\n      a: 2\n      \"c\": 3 # the old one\n      b: 1.5\n", "c")
	f.Add(head+"weightings: [{name: static, weights: &w {a: &n 2, b: *n, c: 3}}, {name: static, weights: *w}]\n", "a")
	f.Fuzz(func(t *testing.T, text, name string) {
		got, err := Remove([]byte(text), name)
		if err != nil {
			return
		}
		before, err := ParseBytes([]byte(text), "study.yaml", "nowhere")
		if err != nil {
			return
		}
		after, err := ParseBytes(got, "study.yaml", "nowhere")
		if err != nil {
			return
		}
		if after.Domain(name) != nil || len(after.Domains) != len(before.Domains)-1 || len(after.Weightings) != len(before.Weightings) {
			t.Fatalf("%d domains and %d weightings of %d and %d", len(after.Domains), len(after.Weightings), len(before.Domains), len(before.Weightings))
		}
		for i, w := range after.Weightings {
			was := before.Weightings[i]
			for _, m := range []struct{ was, is map[string]float64 }{{was.Weights, w.Weights}, {was.Targets, w.Targets}} {
				kept := maps.Clone(m.was)
				delete(kept, name)
				if !maps.Equal(kept, m.is) {
					t.Fatalf("weighting %d: %v, was %v", i, m.is, m.was)
				}
			}
		}
	})
}
