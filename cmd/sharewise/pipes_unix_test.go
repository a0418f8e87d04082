//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// timely runs a command that must end by itself, and returns its exit code and what it said.
func timely(t *testing.T, dir string, env []string, args ...string) (code int, said string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sharewise", args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	var errors bytes.Buffer
	cmd.Stderr = &errors
	_ = cmd.Run() // its code tells
	if ctx.Err() != nil {
		t.Errorf("%s hangs", args)
	}
	return cmd.ProcessState.ExitCode(), errors.String()
}

// TestPipesInResults puts a pipe in the place of each file of a results folder: what reads,
// writes or locks it names it and does not wait.
func TestPipesInResults(t *testing.T) {
	dir := t.TempDir()
	plantFaultStudy(t, dir, "0.003")
	if code, said := timely(t, dir, nil, "run", "data/study.yaml", "-o", "out", "--report", "--jobs", "1", "-q"); code != exitDone {
		t.Fatal(said)
	}
	run, err := filepath.Glob(filepath.Join(dir, "out", "runs", "independent-east*"))
	must(t, err)
	one := "runs/" + filepath.Base(run[0]) + "/"
	for _, c := range []struct{ command, file string }{
		{"analyze", "results.json"}, {"analyze", "tables/transfer.parquet"}, {"analyze", "plan.json"}, {"analyze", "custody.json"}, {"analyze", ".custody.lock"},
		{"analyze", "baseline/east/losses.parquet"}, {"analyze", "baseline/east/spec.json"}, {"analyze", "baseline/east/fit.json"},
		{"analyze", one + "done.json"}, {"analyze", one + "losses.parquet"},
		{"group", "groups.json"}, {"group", "clusters.json"}, {"group", "results.json"}, {"group", "tables/groups.parquet"},
		{"report", "groups.json"}, {"report", "results.json"}, {"report", "summary.json"}, {"report", "clusters.json"}, {"report", "report.html"},
		{"cross", "cross.json"}, {"resume", ".lock"},
	} {
		path := filepath.Join(dir, "out", filepath.FromSlash(c.file))
		data, err := os.ReadFile(path)
		if err != nil && !strings.HasPrefix(c.file, "cross") {
			t.Fatal(err)
		}
		must(t, os.RemoveAll(path))
		must(t, syscall.Mkfifo(path, 0o600))
		args := []string{c.command, "out"}
		if c.command == "resume" {
			args = []string{"run", "data/study.yaml", "-o", "out", "-q"}
		}
		code, said := timely(t, dir, nil, args...)
		if code != exitInput || !strings.Contains(said, filepath.FromSlash(c.file)+": a pipe") || !strings.Contains(said, "remove it") {
			t.Errorf("%s with a pipe at %s: exit code %d, %s", c.command, c.file, code, said)
		}
		must(t, os.Remove(path))
		if err == nil {
			must(t, os.WriteFile(path, data, 0o644))
		}
	}

	pipe := filepath.Join(dir, "named.html")
	must(t, syscall.Mkfifo(pipe, 0o600))
	got := make(chan string)
	go func() {
		time.Sleep(time.Second) // the writer waits
		f, err := os.Open(pipe)
		if err != nil {
			got <- err.Error()
			return
		}
		defer f.Close()
		data, _ := io.ReadAll(f)
		got <- string(data)
	}()
	code, said := timely(t, dir, nil, "report", "out", "-o", pipe)
	if page := <-got; code != exitDone || !strings.HasSuffix(strings.TrimSpace(page), "</html>") {
		t.Errorf("a pipe that was named: exit code %d, %s, %d bytes", code, said, len(page))
	}
}

// TestPipesAsLibraries refuses them as the library and as what to install.
func TestPipesAsLibraries(t *testing.T) {
	dir := t.TempDir()
	must(t, syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600))
	for _, args := range [][]string{{"runtime", "install", "--from", "pipe"}, {"--onnxruntime", "pipe", "runtime", "doctor"}} {
		code, said := timely(t, dir, []string{"SHAREWISE_CACHE=" + filepath.Join(dir, "cache")}, args...)
		if code == exitDone || !strings.Contains(said, "a pipe") {
			t.Errorf("%s: exit code %d, %s", args, code, said)
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, "cache", "onnxruntime", ".install-*")); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// TestDenied gives what the system does not permit the code of its other errors, whatever
// it is found as.
func TestDenied(t *testing.T) {
	err := inputError(fmt.Errorf("write out/results.json: %w", &fs.PathError{Op: "open", Path: "out/.results.json.tmp", Err: syscall.EACCES}))
	if code := exitCode(err); code != exitFailure {
		t.Errorf("exit code %d, want %d", code, exitFailure)
	}
}
