package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestStoreAlone holds a recommendation in a store to its promise from two machines at once:
// one works, the other is told who does, and what is there in the end is what one machine
// makes of it. Runs until settled are those of a folder too.
func TestStoreAlone(t *testing.T) {
	requireRuntime(t)
	s3(t, "0")
	dir := t.TempDir()
	study := tinyStudy(t, dir, 3, 2, 30, false)
	const url = "s3://plants/alone/out"
	machine := func(name string) string { return filepath.Join(dir, name) }
	run := func(name string, args ...string) {
		t.Helper()
		if out, err := elsewhere(machine(name), args...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %v\n%s", name, args, err, out)
		}
	}
	settled := []string{"--until", "settled", "--budget", "12runs", "-q", "--jobs", "1"}
	local := filepath.Join(dir, "local")
	run("a", append([]string{"run", study, "-o", local}, settled...)...)
	run("a", "group", local, "--must-link", "d00+d01")
	run("a", "promise", local, "--seeds", "2", "-q", "--jobs", "1")

	type ended struct {
		machine, said string
		code          int
	}
	both := func(args ...string) (codes [2]int, said string) {
		t.Helper()
		over := make(chan ended)
		for _, name := range []string{"b", "c"} {
			go func(cmd *exec.Cmd) {
				out, _ := cmd.CombinedOutput()
				over <- ended{name, string(out), cmd.ProcessState.ExitCode()}
			}(elsewhere(machine(name), args...))
			time.Sleep(200 * time.Millisecond)
		}
		for i := range codes {
			e := <-over
			codes[i] = e.code
			if e.code != exitDone {
				said += e.said
			}
			t.Logf("%s: %d\n%s", e.machine, e.code, e.said)
		}
		return codes, said
	}
	for i, args := range [][]string{append([]string{"run", study, "-o", url}, settled...), {"promise", url, "--seeds", "2", "-q", "--jobs", "1"}} {
		if i > 0 {
			run("d", "group", url, "--must-link", "d00+d01")
		}
		codes, said := both(args...)
		if codes[0] != exitDone && codes[1] != exitDone {
			t.Fatalf("%v: nobody ended it: %v", args, codes)
		}
		if codes != [2]int{} && (!strings.Contains(said, "in use") || !strings.Contains(said, "is worked on by process")) {
			t.Errorf("%v: %v, not told who works there:\n%s", args, codes, said)
		}
	}
	run("d", "check", url)
	copies, err := filepath.Glob(filepath.Join(machine("d"), "store", "*", "out"))
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
}
