//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sharewise/sharewise/analysis/engine/slurm/slurmtest"
	"github.com/sharewise/sharewise/analysis/layout"
)

// onSlurm is a study that is trained on a cluster.
type onSlurm struct {
	*testing.T
	cluster    *slurmtest.Cluster
	dir, study string
	out        string
}

// config writes what is asked of the cluster.
func (s *onSlurm) config(text string) {
	program, err := os.Executable()
	if err != nil {
		s.Fatal(err)
	}
	// The test's binary is the command where it is called so.
	link := filepath.Join(s.dir, "sharewise")
	if err := os.Symlink(program, link); err != nil && !os.IsExist(err) {
		s.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.dir, "slurm.yaml"), []byte("sharewise: "+link+"\n"+text), 0o644); err != nil {
		s.Fatal(err)
	}
}

func (s *onSlurm) run(args ...string) string {
	s.Helper()
	out, err := sharewise(append([]string{"run", s.study, "-o", s.out, "--on", "slurm"}, args...)...).CombinedOutput()
	if err != nil {
		s.Fatalf("%v: %v\n%s\n%s", args, err, out, s.cluster.Logs())
	}
	return string(out)
}

func (s *onSlurm) done() int {
	found, _ := filepath.Glob(filepath.Join(s.out, "runs", "*", "done.json"))
	return len(found)
}

// same compares all files of runs, and the results, with those of a local run.
func (s *onSlurm) same(local string) {
	s.Helper()
	want, got := hashResults(s.T, local), hashResults(s.T, s.out)
	files := 0
	for name, hash := range want {
		if name == "custody.json" { // it has the sums of both reports
			continue
		}
		if files++; got[name] != hash {
			s.Errorf("%s differs from that of a local run", name)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok && !strings.HasPrefix(name, "slurm/") {
			s.Errorf("%s is left over", name)
		}
	}
	s.Logf("%d files are those of a local run", files)
}

// TestSlurm trains a study on a real cluster of two nodes, while workers are killed, the
// daemon of a node is, jobs are told that their time ends, and the study is submitted twice.
// SHAREWISE_SLURM_SEEDS is how many seeds it has, 3 unless given; runs are ten for each.
func TestSlurm(t *testing.T) {
	requireRuntime(t)
	seeds := 3
	if text := os.Getenv("SHAREWISE_SLURM_SEEDS"); text != "" {
		var err error
		seeds, err = strconv.Atoi(text)
		must(t, err)
	}
	cluster := slurmtest.Start(t, 2, "MaxArraySize=5")
	dir := t.TempDir()
	s := &onSlurm{t, cluster, dir, tinyStudy(t, dir, 9, seeds, 1500, false), filepath.Join(dir, "out")}
	local := filepath.Join(dir, "local")
	began := time.Now()
	if out, err := sharewise("run", s.study, "-o", local, "--report", "--jobs", "2").CombinedOutput(); err != nil {
		t.Fatalf("local: %v\n%s", err, out)
	}
	t.Logf("local: %v", time.Since(began).Round(time.Second))

	s.config("pack: 300ms\ntime: 00:01:00\noptions: [--beat, 500ms]\nlines: [--comment=tests]\n")
	if text := s.run("--print"); !strings.Contains(text, "#SBATCH --comment=tests") || !strings.Contains(text, "--array=0-4\n") {
		t.Errorf("printed\n%s", text)
	}
	if _, err := os.Stat(s.out); err == nil {
		t.Error("--print wrote something")
	}
	began = time.Now()
	first := s.run("--detach")
	t.Log(first)
	if second := s.run("--detach"); !strings.Contains(second, "0 to submit") || strings.Contains(second, "Submitted") {
		t.Errorf("the second time: %s", second)
	}
	cluster.Wait(60*time.Second, "a first run", func() bool { return s.done() > 0 })
	if text, err := sharewise("status", s.out).CombinedOutput(); err != nil || !strings.Contains(string(text), "Queued in Slurm") {
		t.Errorf("status: %v\n%s", err, text)
	} else {
		t.Logf("%s", text)
	}
	plan, err := layout.Folder(s.out).ReadPlan()
	must(t, err)
	kills := 0
	cluster.KillNode("n1") // its worker goes on, as behind a network that fails, until it is killed too
	for kills < 2*seeds/3 && s.done() < len(plan.Runs)/2 {
		before := s.done()
		if killWorker(t, s.out) {
			kills++
		}
		cluster.Wait(60*time.Second, "runs after a worker was killed", func() bool { return s.done() > before })
	}
	stopped := s.endTime("n2", len(plan.Runs))
	cluster.Wait(60*time.Second, "n1 to be missed", func() bool {
		text, _ := cluster.Command("sinfo", "--noheader", "--nodes=n1", "--format=%T")
		return strings.Contains(text, "down")
	})
	left := len(plan.Runs) - s.done()
	cluster.StartNode("n1")
	cluster.Wait(60*time.Second, "the job of the report, which holds the folder", func() bool {
		text, err := cluster.Command("squeue", "--noheader", "--states=RUNNING", "--name=sharewise-tiny-report")
		return err == nil && strings.TrimSpace(text) == ""
	})
	t.Logf("%s", s.run())
	if !stopped {
		t.Error("no worker was told that its time ends")
	}
	requeued := 0
	logs, _ := filepath.Glob(filepath.Join(s.out, "slurm", "*", "logs", "*.log"))
	for _, l := range logs {
		data, err := os.ReadFile(l)
		must(t, err)
		requeued += strings.Count(string(data), "back into the queue")
	}
	t.Logf("%d runs, %d workers killed, a node's daemon killed and started again with %d runs left, jobs put back %d times by themselves; on Slurm: %v", len(plan.Runs), kills, left, requeued, time.Since(began).Round(time.Second))
	s.same(local)
}

// endTime tells a job on a node that its time ends, as Slurm does, and reports whether its
// worker wrote checkpoints for that. For a job on a node that does not answer scancel would
// wait five seconds.
func (s *onSlurm) endTime(node string, runs int) bool {
	stopped := false
	s.cluster.Wait(60*time.Second, "a worker to stop", func() bool {
		text, _ := s.cluster.Command("squeue", "--noheader", "--states=RUNNING", "--nodelist="+node, "--format=%A %j")
		for line := range strings.Lines(text) {
			if id, name, _ := strings.Cut(strings.TrimSpace(line), " "); name == "sharewise-tiny" {
				_, _ = s.cluster.Command("scancel", "--batch", "--signal=USR1", id) // it may be ending
			}
		}
		logs, _ := filepath.Glob(filepath.Join(s.out, "slurm", "*", "logs", "*.log"))
		for _, l := range logs {
			data, _ := os.ReadFile(l)
			stopped = stopped || strings.Contains(string(data), "what was finished is kept")
		}
		return stopped || s.done() == runs
	})
	return stopped
}

// TestSlurmBadNode leaves out a node on which workers fail for want of a disk.
func TestSlurmBadNode(t *testing.T) {
	requireRuntime(t)
	cluster := slurmtest.Start(t, 2)
	dir := t.TempDir()
	s := &onSlurm{t, cluster, dir, tinyStudy(t, dir, 3, 2, 2, false), filepath.Join(dir, "out")}
	s.config("pack: 300ms\noptions: [--beat, 500ms]\n")
	program := filepath.Join(dir, "sick")
	must(t, os.WriteFile(program, []byte("#!/bin/sh\n[ $SLURMD_NODENAME = n2 ] && exit 74\nexec "+filepath.Join(dir, "sharewise")+" \"$@\"\n"), 0o755))
	must(t, os.WriteFile(filepath.Join(dir, "slurm.yaml"), []byte("sharewise: "+program+"\npack: 300ms\n"), 0o644))
	s.run()
	if _, err := os.Stat(filepath.Join(s.out, "slurm", "bad-nodes", "n2")); err != nil {
		t.Error("the node is not remembered:", err)
	}
	if text := s.run("--print"); !strings.Contains(text, "#SBATCH --exclude=n2") {
		t.Errorf("the node is not left out the next time:\n%s", text)
	}
}

// killWorker kills a process that trains a run of a folder, without warning.
func killWorker(t *testing.T, folder string) bool {
	processes, err := filepath.Glob("/proc/[0-9]*/cmdline")
	must(t, err)
	for _, p := range processes {
		data, _ := os.ReadFile(p)
		words := strings.Split(string(data), "\x00")
		if len(words) > 2 && filepath.Base(words[0]) == "sharewise" && words[1] == "work" && words[2] == folder {
			pid, err := strconv.Atoi(filepath.Base(filepath.Dir(p)))
			must(t, err)
			return syscall.Kill(pid, syscall.SIGKILL) == nil
		}
	}
	return false
}
