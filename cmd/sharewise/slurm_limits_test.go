//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sharewise/sharewise/analysis/engine/slurm/slurmtest"
)

// slurmLimits skips a test that waits for Slurm's limits of minutes.
func slurmLimits(t *testing.T) {
	t.Helper()
	if os.Getenv("SHAREWISE_SLURM_LIMITS") == "" {
		t.Skip("SHAREWISE_SLURM_LIMITS is not set")
	}
	requireRuntime(t)
}

// TestSlurmTimeLimit trains runs that take longer than the limit of a job, one minute: Slurm
// itself sends the signal ahead of it, workers write checkpoints, and the jobs go back into the
// queue until all is done.
func TestSlurmTimeLimit(t *testing.T) {
	slurmLimits(t)
	cluster := slurmtest.Start(t, 2)
	dir := t.TempDir()
	s := &onSlurm{t, cluster, dir, tinyStudy(t, dir, 2, 2, 60_000, false), filepath.Join(dir, "out")}
	local := filepath.Join(dir, "local")
	began := time.Now()
	if out, err := sharewise("run", s.study, "-o", local, "--report", "--jobs", "2").CombinedOutput(); err != nil {
		t.Fatalf("local: %v\n%s", err, out)
	}
	t.Logf("local: %v", time.Since(began).Round(time.Second))
	s.config("pack: 1h\ntime: 00:01:00\njobs: 1\n")
	began = time.Now()
	t.Log(s.run())
	logs, back := s.logs(), 0
	for _, text := range logs {
		back += strings.Count(text, "back into the queue: exit code 75")
		if strings.Contains(text, "DUE TO TIME LIMIT") {
			t.Errorf("a job was killed at its limit:\n%s", text)
		}
	}
	if back == 0 {
		t.Errorf("no job came to its limit: %v", logs)
	}
	t.Logf("%d jobs went back into the queue ahead of their limit; on Slurm: %v", back, time.Since(began).Round(time.Second))
	s.same(local)
}

// TestSlurmDiskFull gives the workers of one node a file system of 48 KB for what they write, on
// which no model has room: they fail with ENOSPC, the node is left out, and the other one
// trains all.
func TestSlurmDiskFull(t *testing.T) {
	slurmLimits(t)
	if out, err := exec.Command("unshare", "--mount", "mount", "-t", "tmpfs", "-o", "size=48k", "none", t.TempDir()).CombinedOutput(); err != nil {
		t.Skipf("NOT TESTED: no file system can be mounted: %v: %s", err, out)
	}
	cluster := slurmtest.Start(t, 2)
	dir := t.TempDir()
	s := &onSlurm{t, cluster, dir, tinyStudy(t, dir, 3, 3, 20, false), filepath.Join(dir, "out")}
	local := filepath.Join(dir, "local")
	if out, err := sharewise("run", s.study, "-o", local, "--report").CombinedOutput(); err != nil {
		t.Fatalf("local: %v\n%s", err, out)
	}
	s.config("")
	program := filepath.Join(dir, "full")
	must(t, os.WriteFile(program, fmt.Appendf(nil, `#!/bin/bash
worker=%[1]s/sharewise
[ $SLURMD_NODENAME = n2 ] && mkdir -p %[1]s/out/runs && exec unshare --mount sh -c 'mount -t tmpfs -o size=48k none %[1]s/out/runs && exec "$0" "$@"' $worker "$@"
exec $worker "$@"
`, dir), 0o755))
	must(t, os.WriteFile(filepath.Join(dir, "slurm.yaml"), []byte("sharewise: "+program+"\npack: 300ms\noptions: [--beat, 500ms]\n"), 0o644))
	t.Log(s.run())
	full := 0
	for _, text := range s.logs() {
		full += strings.Count(text, "no space left on device")
	}
	if _, err := os.Stat(filepath.Join(s.out, "slurm", "bad-nodes", "n2")); err != nil || full == 0 {
		t.Errorf("the node is not left out: %v; the logs speak of a full disk %d times: %v", err, full, s.logs())
	}
	s.same(local)
}

// logs are what workers printed.
func (s *onSlurm) logs() []string {
	files, err := filepath.Glob(filepath.Join(s.out, "slurm", "*", "logs", "*.log"))
	must(s.T, err)
	out := make([]string, len(files))
	for i, f := range files {
		data, err := os.ReadFile(f)
		must(s.T, err)
		out[i] = string(data)
	}
	return out
}
