package layout

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// TestOwned calls everything that methods of a folder name its own, so that none is forgotten
// in the lists of entries.
func TestOwned(t *testing.T) {
	f := Folder(filepath.Join(t.TempDir(), "out"))
	v := reflect.ValueOf(f)
	named := []string{f.lock(), f.custodyLock(), f.forgetting(), f.runs(), f.Run("joint.s1").Losses(), f.Baseline("a").Done()}
	for i := range v.NumMethod() {
		m := v.Method(i)
		if m.Type().NumIn() > 0 || m.Type().NumOut() != 1 || m.Type().Out(0).Kind() != reflect.String {
			continue
		}
		named = append(named, m.Call(nil)[0].String())
	}
	if len(named) < 35 {
		t.Fatalf("only %d paths: %v", len(named), named)
	}
	for _, path := range named {
		if f.Owned(path) == "" {
			t.Errorf("%s is not owned", path)
		}
	}
	for _, path := range []string{string(f), filepath.Join(string(f), "exclude.json"), filepath.Join(string(f), "notes", "plan.json"), filepath.Join(string(f), "..", "plan.json"), "plan.json"} {
		if entry := f.Owned(path); entry != "" {
			t.Errorf("%s is owned as %s", path, entry)
		}
	}
}

// TestOwnerOf looks for the folder of results above paths.
func TestOwnerOf(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put("out/custody.json", "{}")
	put("out/verification/plan.json", "{}")
	put("out/verification/runs/x/spec.json", "{}")
	put("planned/plan.json", `{"version":2}`)
	put("broken/plan.json", `{"version":`)
	put("broken/runs/x/spec.json", "")
	put("foreign/plan.json", `{"flights": 3}`)
	put("model.onnx.training/runs/x/checkpoint.bin", "")
	for path, want := range map[string]string{
		"out/results.json":                  "out",
		"out/runs/x/losses.parquet":         "out",
		"out/verification/results.json":     "out",
		"out/exclude.json":                  "",
		"out/report-ja.html":                "",
		"planned/plan.json":                 "planned",
		"planned/groups.json":               "planned",
		"broken/plan.json":                  "broken",
		"foreign/plan.json":                 "",
		"foreign/results.json":              "",
		"model.onnx.training/runs/x/m.onnx": "",
		"nowhere/plan.json":                 "",
		"out/.results.json.123.tmp":         "out",
	} {
		owner, ok := OwnerOf(filepath.Join(dir, path))
		got := ""
		if ok {
			got = filepath.Base(string(owner))
		}
		if got != want {
			t.Errorf("%s belongs to %q, want %q", path, got, want)
		}
	}
}
