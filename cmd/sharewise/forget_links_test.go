package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestForgetLinks takes a domain out of a folder whose runs lie behind links, one of which leads
// to a home folder.
func TestForgetLinks(t *testing.T) {
	requireRuntime(t)
	w := workshop{t, t.TempDir()}
	study := tinyStudy(t, w.dir, 3, 2, 1, false)
	mustRun(t, "run", study, "-o", w.path("out"), "--jobs", "1", "-q")
	mustRun(t, "analyze", w.path("out"))
	runs, err := filepath.Glob(w.path("out/runs/*"))
	must(t, err)
	must(t, os.MkdirAll(w.path("disk"), 0o755))
	must(t, os.MkdirAll(w.path("home"), 0o755))
	w.write("home/model.onnx", "mine")
	for _, entry := range append(runs, w.path("out/tables"), w.path("out/results.json")) {
		to := w.path("disk/" + filepath.Base(entry))
		must(t, os.Rename(entry, to))
		must(t, os.Symlink(to, entry))
	}
	must(t, os.Symlink(w.path("home"), w.path("out/report.html")))
	if code, text := w.run("forget", study, "d00", "-o", w.path("out")); code != exitDone || !strings.Contains(text, "would stay behind a link") {
		t.Errorf("what it would take: exit code %d\n%s", code, text)
	}
	code, text := w.run("forget", study, "d00", "-o", w.path("out"), "--apply")
	if code != exitFailure || !strings.Contains(text, "remove it yourself") || !strings.Contains(text, w.path("home")) {
		t.Errorf("exit code %d\n%s", code, text)
	}
	if !exists(w.path("home/model.onnx")) {
		t.Error("a file of somebody is gone")
	}
	left, err := filepath.Glob(w.path("disk/*"))
	must(t, err)
	for _, path := range left {
		if there, _ := filepath.Glob(w.path("out/runs/" + filepath.Base(path))); len(there) == 0 {
			t.Errorf("%s is left, and the folder has it no more", path)
		}
	}
	if len(left) >= len(runs) {
		t.Errorf("left %v", left)
	}
}
