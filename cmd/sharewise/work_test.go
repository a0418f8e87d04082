package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sharewise/sharewise/analysis/layout"
)

// TestWorkers shares a study among workers: some start twice on the same runs, one is
// killed without warning, one is told to stop, and 'run' joins them. Every file is that
// of a study that one process trained.
func TestWorkers(t *testing.T) {
	requireRuntime(t)
	dir := t.TempDir()
	study := writeSmallStudy(t, dir)
	calm, shared := filepath.Join(dir, "calm"), filepath.Join(dir, "shared")
	if out, err := sharewise("run", study, "-o", calm, "--jobs", "2").CombinedOutput(); err != nil {
		t.Fatalf("undisturbed run: %v\n%s", err, out)
	}
	if out, err := sharewise("plan", study, "-o", shared, "--write").CombinedOutput(); err != nil {
		t.Fatalf("plan: %v\n%s", err, out)
	}
	work := func(args ...string) *exec.Cmd {
		return sharewise(append([]string{"work", shared, "--beat", "200ms"}, args...)...)
	}
	begin := func(args ...string) *exec.Cmd {
		cmd := work(args...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	code := func(cmd *exec.Cmd) int {
		_ = cmd.Wait()
		return cmd.ProcessState.ExitCode()
	}

	killed, told := begin("--index", "0", "--of", "2"), begin("--index", "0", "--of", "2")
	waitForCheckpoint(t, shared)
	if err := killed.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = killed.Wait()
	time.Sleep(300 * time.Millisecond)
	if err := told.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if c := code(told); c != exitRetry && c != exitDone {
		t.Errorf("told to stop, a worker exits with %d, want %d", c, exitRetry)
	}
	if out, err := work("--report").CombinedOutput(); err == nil || !strings.Contains(string(out), "runs have not ended") {
		t.Errorf("a report of half a study: %v\n%s", err, out)
	}
	workers := []*exec.Cmd{begin("--index", "0", "--of", "2"), begin("--index", "0", "--of", "2"), begin("--index", "1", "--of", "2")}
	if out, err := sharewise("run", study, "-o", shared, "--jobs", "1").CombinedOutput(); err != nil {
		t.Errorf("run beside workers: %v\n%s", err, out)
	}
	for _, w := range workers {
		if c := code(w); c != exitDone {
			t.Errorf("a worker exits with %d", c)
		}
	}
	// The worker may have been killed while it wrote a checkpoint: that file goes with the next
	// process that has the folder to itself.
	lock, err := layout.Folder(shared).Lock()
	must(t, err)
	must(t, lock.Unlock())
	want, got := hashResults(t, calm), hashResults(t, shared)
	for name, hash := range want {
		if got[name] != hash {
			t.Errorf("%s differs from that of one process", name)
		}
	}
	for name := range got {
		if want[name] == "" {
			t.Errorf("%s is left over", name)
		}
	}
}

// waitForCheckpoint waits until a run of a folder can go on.
func waitForCheckpoint(t *testing.T, folder string) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if found, _ := filepath.Glob(filepath.Join(folder, "runs", "*", "checkpoint.bin")); len(found) > 0 {
			return
		}
	}
	t.Fatal("no run began within 30 s")
}

// TestWorkMistakes calls workers wrongly.
func TestWorkMistakes(t *testing.T) {
	requireRuntime(t)
	w := newWorkshop(t)
	out := w.path("out")
	run := func(args ...string) (int, string) { return w.run(append([]string{"work", out}, args...)...) }
	if code, text := run("--index", "0", "--of", "2"); code != exitInput || !strings.Contains(text, "plan") {
		t.Errorf("no plan: %d, %s", code, text)
	}
	if code, text := w.run("plan", w.path("study.yaml"), "--write"); code != exitDone {
		t.Fatalf("plan: %d, %s", code, text)
	}
	plan, err := layout.Folder(out).ReadPlan()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args []string
		code int
		says string
	}{
		{nil, exitUsage, "say which runs"},
		{[]string{"--index", "2", "--of", "2"}, exitUsage, "less than --of"},
		{[]string{"--index", "0"}, exitUsage, "--of or with --packs"},
		{[]string{"--of", "3", "--run", "x"}, exitUsage, "go with --index"},
		{[]string{"--run", "nobody"}, exitInput, "nobody"},
		{[]string{"--beat", "1ms", "--run", "x"}, exitUsage, "--beat"},
	} {
		if code, text := run(test.args...); code != test.code || !strings.Contains(text, test.says) {
			t.Errorf("%v: %d, %s", test.args, code, text)
		}
	}
	// Another process has the folder to itself for a moment: the worker waits.
	lock, err := layout.Folder(out).Lock()
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(500*time.Millisecond, func() { _ = lock.Unlock() })
	if code, text := run("--run", plan.Runs[0].ID); code != exitDone || !strings.Contains(text, "1 trained") {
		t.Errorf("one run: %d, %s", code, text)
	}
	if code, text := run("--max-time", "1ns", "--index", "0", "--of", "1"); code != exitRetry {
		t.Errorf("out of time: %d, %s", code, text)
	}
	w.write("study.yaml", strings.Replace(twoTables, "epochs: 2", "epochs: 3", 1))
	if code, text := run("--index", "0", "--of", "1"); code != exitInput || !strings.Contains(text, "study file has changed") {
		t.Errorf("edited: %d, %s", code, text)
	}
	if err := os.Remove(w.path("north.csv")); err != nil {
		t.Fatal(err)
	}
	if code, text := run("--index", "0", "--of", "1"); code != exitInput || !strings.Contains(text, "north.csv") {
		t.Errorf("no data: %d, %s", code, text)
	}
}

// TestPrintKubernetes prints manifests of a study that is planned, and refuses one that is not.
func TestPrintKubernetes(t *testing.T) {
	requireRuntime(t)
	w := newWorkshop(t)
	w.write("kubernetes.yaml", "image: registry.example/sharewise:1\nclaim: plant\nmount: "+w.dir+"\n")
	on := []string{"run", w.path("study.yaml"), "--on", "kubernetes"}
	on = append(on, "--print")
	if code, text := w.run(on...); code != exitInput || !strings.Contains(text, "--write") {
		t.Errorf("without a plan: %d, %s", code, text)
	}
	if code, text := w.run("plan", w.path("study.yaml"), "--write"); code != exitDone {
		t.Fatalf("plan: %d, %s", code, text)
	}
	code, text := w.run(on...)
	for _, want := range []string{"kind: Job", "name: tables", "backoffLimitPerIndex: 20", "mountPath: " + w.path("study.yaml")} {
		if code != exitDone || !strings.Contains(text, want) {
			t.Errorf("%d, %q is not in\n%s", code, want, text)
		}
	}
	if code, text := w.run("work", w.path("out"), "--index", "0", "--of", "1"); code != exitDone {
		t.Fatalf("work: %d, %s", code, text)
	}
	if code, text := w.run(on...); code != exitAnswerNo || !strings.Contains(text, "--report") {
		t.Errorf("with nothing left: %d, %s", code, text)
	}
	if code, text := w.run("work", w.path("out"), "--report"); code != exitDone || !strings.Contains(text, "report.html") {
		t.Errorf("report: %d, %s", code, text)
	}
}
