package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/engine"
)

func TestConfig(t *testing.T) {
	const whole = "image: a\nclaim: b\nmount: /data\n"
	for text, says := range map[string]string{
		whole: "", "image: a\n": "must be given", whole + "imge: x\n": "[4:1]", strings.Replace(whole, "/data", "data", 1): "absolute",
		whole + "pack: soon\n": "pack:", whole + "gpus: -1\n": "negative",
	} {
		file := filepath.Join(t.TempDir(), "kubernetes.yaml")
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := ReadConfig(file)
		if says == "" && err != nil || says != "" && (err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), file)) {
			t.Errorf("%q: %v, want %q", text, err, says)
		}
	}
}

func TestRefused(t *testing.T) {
	c := Config{Image: "a", Claim: "b", Mount: "/data"}
	good := Study{Name: "x", File: "/data/study.yaml", Folder: "/data/out"}
	elsewhere := good
	elsewhere.Folder = "/database/out"
	large := good
	for i := range 50_000 {
		large.Runs = append(large.Runs, engine.Work{ID: fmt.Sprintf("independent.domain-%06d.s1-0123456789", i), Cost: 1})
	}
	for _, test := range []struct {
		study Study
		says  string
	}{{good, ""}, {elsewhere, "not on the volume"}, {large, "ConfigMap takes"}} {
		if _, err := New(test.study, c, "1"); test.says == "" && err != nil || test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)) {
			t.Errorf("%v, want %q", err, test.says)
		}
	}
}

// TestCluster hands manifests to a kubectl that says what a test wants.
func TestCluster(t *testing.T) {
	var calls []string
	status := `{"active": 1, "failed": 2}`
	c := Cluster{Namespace: "quality", Run: func(_ context.Context, input io.Reader, args ...string) ([]byte, error) {
		text := ""
		if input != nil {
			data, _ := io.ReadAll(input)
			text = string(data)
		}
		calls = append(calls, strings.Join(args, " ")+"\n"+text)
		return []byte(`{"kind": "Job", "status": ` + status + `}`), nil
	}}
	m, err := New(Study{Name: "x", File: "/data/study.yaml", Folder: "/data/out", Runs: []engine.Work{{ID: "a", Cost: 1}}}, Config{Image: "a", Claim: "b", Mount: "/data"}, "1")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Apply(t.Context(), m); err != nil || len(calls) != 1 || !strings.Contains(calls[0], "apply --filename=- --namespace=quality") || !strings.Contains(calls[0], "kind: Job") {
		t.Errorf("%v, %q", err, calls)
	}
	if s, err := c.State(t.Context(), m.Name); err != nil || s != (State{Active: 1, Failed: 2}) {
		t.Errorf("%+v, %v", s, err)
	}
	status = `{"succeeded": 1, "conditions": [{"type": "Suspended", "status": "True"}, {"type": "Complete", "status": "True"}]}`
	if s, err := c.State(t.Context(), m.Name); err != nil || !s.Ended || s.Succeeded != 1 {
		t.Errorf("%+v, %v", s, err)
	}
	t.Setenv("PATH", "")
	if err := (Cluster{}).Apply(t.Context(), m); !errors.Is(err, ErrNoKubectl) {
		t.Errorf("without kubectl: %v", err)
	}
}
