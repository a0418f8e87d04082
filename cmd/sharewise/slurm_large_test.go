//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sharewise/sharewise/analysis/engine/slurm/slurmtest"
)

// TestSlurmLarge measures what 10 000 planned runs take to plan, to submit and to look
// at. It is for SHAREWISE_SLURM_LARGE=1; testdata/slurm.md has what it said.
func TestSlurmLarge(t *testing.T) {
	if os.Getenv("SHAREWISE_SLURM_LARGE") == "" {
		t.Skip("SHAREWISE_SLURM_LARGE is not set")
	}
	requireRuntime(t)
	cluster := slurmtest.Start(t, 2)
	dir := t.TempDir()
	s := &onSlurm{t, cluster, dir, tinyStudy(t, dir, 9, 1000, 2, false), filepath.Join(dir, "out")}
	s.config("pack: 100ms\nat_once: 2\n")
	timed := func(name string, args ...string) string {
		t.Helper()
		cmd := sharewise(args...)
		began := time.Now()
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
		t.Logf("| %s | %.1f s | %d MB |", name, time.Since(began).Seconds(), usage.Maxrss>>10)
		return string(out)
	}
	on := []string{"run", s.study, "-o", s.out, "--on", "slurm", "--detach"}
	if text := timed("plan", "plan", s.study, "-o", s.out); !strings.Contains(text, "10000 runs") {
		t.Error(text)
	}
	timed("run --on slurm --print", append(on, "--print")...)
	t.Log(timed("run --on slurm", on...))
	if text := timed("status", "status", s.out); !strings.Contains(text, "Queued in Slurm") {
		t.Error(text)
	}
	if text := timed("run --on slurm, a second time", on...); !strings.Contains(text, "0 to submit") {
		t.Error(text)
	}
	if text, err := cluster.Command("scancel", "--name=sharewise-tiny", "--name=sharewise-tiny-report"); err != nil {
		t.Error(text, err)
	}
}
