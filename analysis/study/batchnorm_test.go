package study

import (
	"slices"
	"strings"
	"testing"
)

// planNormed plans three domains with a model that has batch normalisations.
func planNormed(t *testing.T, mode string, normed bool) *Plan {
	t.Helper()
	text := "version: 1\nname: plants\ninput: {image: [28, 28]}\nseeds: 2\nmodel: {trunk: resnet20" + mode + "}\ndomains:\n"
	var sizes []DomainSize
	for _, name := range []string{"a", "b", "c"} {
		text += "  - {name: " + name + ", data: " + name + "}\n"
		sizes = append(sizes, DomainSize{Name: name, Task: Classification, Outputs: 3, Train: 640, Val: 64, Test: 100, SHA256: "data of " + name})
	}
	p, err := mustParse(t, text).Plan(sizes, map[string]ModelSize{"w1": {SHA256: "model", FLOPs: 1000, Params: 500, BatchNorm: normed}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestBatchNormIdentity checks which runs are the same under two settings.
func TestBatchNormIdentity(t *testing.T) {
	for _, c := range []struct {
		a, b   string
		normed bool
		same   func(Run) bool
	}{
		{"", ", batch_norm: shared", true, func(Run) bool { return true }},
		{"", ", batch_norm: domain", true, func(r Run) bool { return r.Arm == Independent }},
		{"", ", batch_norm: frozen", true, func(Run) bool { return false }},
		{"", ", batch_norm: domain", false, func(Run) bool { return true }},
		{"", ", domain_adapters: true", true, func(r Run) bool { return r.Arm == Independent }},
		{"", ", domain_adapters: true", false, func(r Run) bool { return r.Arm == Independent }},
		{", domain_adapters: true", ", domain_adapters: true, batch_norm: domain", true, func(Run) bool { return true }},
	} {
		before, after := planNormed(t, c.a, c.normed), ids(planNormed(t, c.b, c.normed))
		for _, r := range before.Runs {
			if same := slices.Contains(after, r.ID); same != c.same(r.Run) {
				t.Errorf("%q and %q: %s is the same run: %v", c.a, c.b, r.ID, same)
			}
		}
	}
	if w := planNormed(t, ", batch_norm: domain", false).Warnings; !slices.ContainsFunc(w, func(s string) bool { return strings.Contains(s, "no model has batch normalisation") }) {
		t.Errorf("warnings are %q", w)
	}
}
