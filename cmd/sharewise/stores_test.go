package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sharewise/sharewise/analysis/store"
)

// s3 starts an S3 server in memory, a share of whose requests go wrong, and the
// environment for it. SHAREWISE_STORE and SHAREWISE_S3 are the programs that 'make
// test-store' builds.
func s3(t *testing.T, faults string) (stop func() string) {
	t.Helper()
	server := os.Getenv("SHAREWISE_S3")
	if server == "" || os.Getenv("SHAREWISE_STORE") == "" {
		t.Skip("NOT TESTED: object stores; make test-store builds sharewise-store and a server for it")
	}
	cmd := exec.Command(server, "-faults", faults)
	in, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	var said strings.Builder
	cmd.Stderr = &said
	must(t, cmd.Start())
	address, err := bufio.NewReader(out).ReadString('\n')
	must(t, err)
	t.Setenv("AWS_ENDPOINT_URL", strings.TrimSpace(address))
	t.Setenv("AWS_REGION", "us-east-1")
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	ended := false
	stop = func() string {
		if !ended {
			ended = true
			_ = in.Close()
			_ = cmd.Wait()
		}
		return said.String()
	}
	t.Cleanup(func() { stop() })
	return stop
}

// elsewhere is a command on a machine of its own, as far as stores can tell.
func elsewhere(machine string, args ...string) *exec.Cmd {
	cmd := sharewise(args...)
	cmd.Env = append(cmd.Env, "SHAREWISE_STORE_CACHE="+machine)
	return cmd
}

// begun waits until a machine's worker has begun to train.
func begun(t *testing.T, machine string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if specs, err := filepath.Glob(filepath.Join(machine, "store", "*", "out", "runs", "*", "spec.json")); err != nil {
			t.Fatal(err)
		} else if len(specs) > 0 {
			return
		}
	}
	t.Fatalf("%s has begun nothing within a minute", machine)
}

// TestStores trains a study in an object store by workers on several machines, one of which
// is killed, one told to stop and two are given the same runs, while one request in twenty goes
// wrong: every file is that of a study on one machine.
func TestStores(t *testing.T) {
	requireRuntime(t)
	stop := s3(t, "0.05")
	dir := t.TempDir()
	study := tinyStudy(t, dir, 3, 3, 60, false)
	local := filepath.Join(dir, "local")
	if out, err := sharewise("run", study, "-o", local, "--report", "--jobs", "2").CombinedOutput(); err != nil {
		t.Fatalf("local: %v\n%s", err, out)
	}
	const url = "s3://plants/lines/out"
	machine := func(name string) string { return filepath.Join(dir, name) }
	run := func(name string, args ...string) string {
		t.Helper()
		for range 5 { // a request goes wrong every time that it is tried once in a while
			out, err := elsewhere(machine(name), args...).CombinedOutput()
			if err == nil {
				return string(out)
			}
			t.Logf("%s: %v: %v\n%s", name, args, err, out)
		}
		t.Fatal("five times in vain")
		return ""
	}
	run("a", "plan", study, "-o", url, "--write")
	work := func(name, index string) *exec.Cmd {
		cmd := elsewhere(machine(name), "work", url, "--beat", "2s", "--index", index, "--of", "2")
		cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
		must(t, cmd.Start())
		return cmd
	}
	killed, told := work("a", "0"), work("b", "1")
	begun(t, machine("a"))
	begun(t, machine("b"))
	must(t, killed.Process.Kill())
	_ = killed.Wait()
	_ = told.Process.Signal(syscall.SIGTERM) // it may have ended
	if _ = told.Wait(); told.ProcessState.ExitCode() != exitRetry && told.ProcessState.ExitCode() != exitDone {
		t.Errorf("told to stop, a worker exits with %d", told.ProcessState.ExitCode())
	}
	if out, err := elsewhere(machine("c"), "status", url).CombinedOutput(); err != nil || !strings.Contains(string(out), "of 12 runs done") || !strings.Contains(string(out), "sharewise analyze "+url+"\n") {
		t.Errorf("status: %v\n%s", err, out)
	} else {
		t.Logf("%s", out)
	}
	both := []*exec.Cmd{work("a", "0"), work("c", "0"), work("d", "1")}
	for _, w := range both {
		_ = w.Wait()
		if c := w.ProcessState.ExitCode(); c != exitDone && c != exitRetry {
			t.Errorf("a worker exits with %d", c)
		}
	}
	t.Log(run("e", "run", study, "-o", url, "--report"))
	run("f", "check", url)
	t.Log(run("f", "verify", url))
	copies, err := filepath.Glob(filepath.Join(machine("f"), "store", "*", "out"))
	if err != nil || len(copies) != 1 {
		t.Fatal(copies, err)
	}
	want, got := hashResults(t, local), hashResults(t, copies[0])
	for name, hash := range want {
		if got[name] != hash {
			t.Errorf("%s differs from that of one machine", name)
		}
	}
	for name := range got {
		if want[name] == "" {
			t.Errorf("%s is left over", name)
		}
	}
	t.Logf("%d files are those of one machine; %s", len(want), stop())
}

// TestStoreData trains a study that stands in a store, with its data beside it and by
// URL, into a folder: runs have the bytes that they have with files.
func TestStoreData(t *testing.T) {
	requireRuntime(t)
	s3(t, "0")
	dir := t.TempDir()
	study := tinyStudy(t, dir, 3, 2, 3, false)
	program, err := store.Start(os.Getenv("SHAREWISE_STORE"))
	must(t, err)
	defer program.Close()
	bucket := program.Bucket("s3://plants")
	text, err := os.ReadFile(study)
	must(t, err)
	must(t, bucket.Write(t.Context(), "q/study.yaml", []byte(strings.Replace(string(text), "data: d01.csv", "data: 's3://plants/other/*.csv'", 1)), true))
	for name, key := range map[string]string{"d00.csv": "q/d00.csv", "d01.csv": "other/d01.csv", "d02.csv": "q/d02.csv"} {
		if _, err := bucket.Put(t.Context(), key, filepath.Join(dir, name), true); err != nil {
			t.Fatal(err)
		}
	}
	local, out := filepath.Join(dir, "local"), filepath.Join(dir, "out")
	for _, args := range [][]string{{"run", study, "-o", local}, {"run", "s3://plants/q/study.yaml", "-o", out}, {"check", out}} {
		if said, err := elsewhere(filepath.Join(dir, "cache"), args...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, said)
		}
	}
	want, got := hashResults(t, filepath.Join(local, "runs")), hashResults(t, filepath.Join(out, "runs"))
	if len(want) == 0 || len(got) != len(want) {
		t.Errorf("%d files, want %d", len(got), len(want))
	}
	for name, hash := range want {
		if got[name] != hash {
			t.Errorf("%s differs", name)
		}
	}
}

// TestStoreMistakes names stores wrongly.
func TestStoreMistakes(t *testing.T) {
	t.Setenv("SHAREWISE_STORE", "")
	if _, err := store.Find(); err == nil {
		t.Skip("sharewise-store is on PATH")
	}
	w := newWorkshop(t)
	for _, test := range []struct {
		says string
		args []string
	}{
		{"sharewise-store", []string{"status", "s3://plants/out"}},
		{"no URL of an object store", []string{"status", "s3:///out"}},
		{"there are s3://", []string{"status", "http://plants/out"}},
		{"three slashes", []string{"status", "file://out"}},
		{"--on slurm needs a folder", []string{"run", w.path("study.yaml"), "-o", "s3://plants/out", "--on", "slurm"}},
		{"by -o where the results go", []string{"run", "s3://plants/study.yaml"}},
		{"must be a path of this machine", []string{"init", "s3://plants/data"}},
		{"writes to this machine", []string{"init", w.dir, "-o", "s3://plants/study.yaml"}},
	} {
		if code, text := w.run(test.args...); code != exitUsage || !strings.Contains(text, test.says) {
			t.Errorf("%v: %d, %s", test.args, code, text)
		}
	}
	if code, text := w.run("plan", w.path("study.yaml"), "-o", "file://"+w.path("out"), "--write"); code != exitDone || !exists(w.path("out/plan.json")) {
		t.Errorf("file://: %d, %s", code, text)
	}
}
