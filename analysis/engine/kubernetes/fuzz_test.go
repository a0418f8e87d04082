package kubernetes

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/sharewise/sharewise/analysis/engine"
	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

// printed is what New and Print make, decoded document by document.
func printed(t *testing.T, s Study, c Config) []map[string]any {
	t.Helper()
	m, err := New(s, c, "1")
	if err != nil {
		return nil
	}
	var b bytes.Buffer
	if err := m.Print(&b); err != nil {
		t.Fatal(err)
	}
	var out []map[string]any
	for d := yaml.NewDecoder(&b); ; {
		var doc map[string]any
		if err := d.Decode(&doc); err != nil {
			break
		}
		out = append(out, doc)
	}
	return out
}

// TestInjection names a study, its folder and what a pod is like by texts that end lines
// of YAML, or that Kubernetes would take for variables.
func TestInjection(t *testing.T) {
	const bad = "x: $(JOB_COMPLETION_INDEX) # \"'\nkind: Pod\n---\nkind: Secret\n"
	s := Study{Name: bad, File: "/data/study.yaml", Folder: "/data/" + bad, Text: bad, Runs: []engine.Work{{ID: "a", Cost: 1}}}
	docs := printed(t, s, Config{Image: bad, Claim: bad, Mount: "/data", Cores: bad, Memory: bad, Nodes: map[string]string{bad: bad}, Options: []string{bad}})
	if len(docs) != 2 || docs[0]["kind"] != "ConfigMap" || docs[1]["kind"] != "Job" {
		t.Fatalf("%d documents: %v", len(docs), docs)
	}
	if got := docs[0]["data"].(map[string]any)["study.yaml"]; got != bad {
		t.Errorf("the study's file reads %q", got)
	}
	at := func(v any, path ...string) any {
		for _, p := range path {
			if list, ok := v.([]any); ok {
				v = list[0]
			}
			v = v.(map[string]any)[p]
		}
		return v
	}
	args := at(docs[1], "spec", "template", "spec", "containers", "args").([]any)
	if want := "/data/" + strings.ReplaceAll(bad, "$(", "$$("); args[1] != want {
		t.Errorf("the folder is %q, want %q", args[1], want)
	}
	if got := at(docs[1], "spec", "template", "spec", "containers", "image"); got != bad {
		t.Errorf("image %q", got)
	}
}

// FuzzConfig reads settings of pods, and decodes what is made of those that are accepted.
func FuzzConfig(f *testing.F) {
	f.Add([]byte("image: a\nclaim: b\nmount: /data\nnodes: {x: y}\noptions: [--a]\npack: 5m\n"), "a study", "version: 1\n")
	f.Fuzz(func(t *testing.T, data []byte, name, text string) {
		file := filepath.Join(t.TempDir(), "kubernetes.yaml")
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
		c, err := ReadConfig(file)
		if err != nil {
			alteration.Plain(t, err)
			return
		}
		c.Mount = "/data"
		s := Study{Name: name, File: "/data/study.yaml", Folder: "/data/out", Text: text, Runs: []engine.Work{{ID: "a", Cost: 1}}}
		if docs := printed(t, s, c); docs != nil && (len(docs) != 2 || docs[0]["kind"] != "ConfigMap" || docs[1]["kind"] != "Job") {
			t.Errorf("%d documents: %v", len(docs), docs)
		}
	})
}
