package kubernetes

import (
	"fmt"
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
