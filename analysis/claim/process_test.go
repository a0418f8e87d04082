package claim

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestMain lets the tests start this program again, as a worker that takes work.
func TestMain(m *testing.M) {
	if dir := os.Getenv("CLAIM_TEST_DIR"); dir != "" {
		worker(dir)
		return
	}
	os.Exit(m.Run())
}

// worker waits for a line, takes the work, says whether it holds it, and in that case writes a
// line into the work's file and stays until it is killed.
func worker(dir string) {
	in := bufio.NewReader(os.Stdin)
	fmt.Println("ready")
	_, _ = in.ReadString('\n')
	claim, err := New(Options{}).Take(dir)
	switch {
	case errors.Is(err, ErrHeld):
		fmt.Println("held")
	case err != nil:
		fmt.Println(err)
	default:
		if err := claim.Confirm(); err != nil {
			fmt.Println(err)
			return
		}
		f, err := os.OpenFile(filepath.Join(dir, "work"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
		if err != nil {
			fmt.Println("two writers:", err)
			return
		}
		_ = f.Close()
		fmt.Println("took")
		_, _ = in.ReadString('\n')
	}
}

type process struct {
	cmd *exec.Cmd
	in  interface{ Write([]byte) (int, error) }
	out *bufio.Reader
}

func startWorker(t *testing.T, dir string) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "CLAIM_TEST_DIR="+dir)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd, in, bufio.NewReader(out)}
	if got := p.says(); got != "ready" {
		t.Fatal(got)
	}
	return p
}

func (p *process) says() string {
	line, err := p.out.ReadString('\n')
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(line)
}

// TestProcesses starts two workers on the same work, kills the one that took it
// without warning, and starts two again, which find it dead and take it over at once.
func TestProcesses(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("dead processes are told by their lease here")
	}
	dir := filepath.Join(t.TempDir(), "run")
	for round := range 50 {
		pair := []*process{startWorker(t, dir), startWorker(t, dir)}
		for _, p := range pair {
			fmt.Fprintln(p.in)
		}
		said := map[string]int{}
		for _, p := range pair {
			said[p.says()]++
		}
		for _, p := range pair {
			_ = p.cmd.Process.Kill() // the one that found it held has ended
			_ = p.cmd.Wait()
		}
		if said["took"] != 1 || said["held"] != 1 {
			t.Fatalf("round %d: %v", round, said)
		}
		if err := os.Remove(filepath.Join(dir, "work")); err != nil {
			t.Fatal(err)
		}
	}
}

// TestBeats lets a claim beat by itself, and another wait for it in vain; and tells
// the processes of this machine that run from those that do not.
func TestBeats(t *testing.T) {
	dir := t.TempDir()
	a, b := New(Options{Beat: 100 * time.Millisecond}), New(Options{Beat: 100 * time.Millisecond})
	a.self.Machine = "elsewhere"
	claim, err := a.Take(dir)
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(2500 * time.Millisecond); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if _, err := b.Take(dir); !errors.Is(err, ErrHeld) {
			t.Fatal(err)
		}
	}
	if err := claim.Release(true); err != nil {
		t.Fatal(err)
	}
	if h, err := Current(dir); h != nil || err != nil {
		t.Errorf("held by %v, %v", h, err)
	}
	if _, err := b.Take(dir); err != nil {
		t.Fatal(err)
	}
	h, err := Current(dir)
	if err != nil || h.Gone() || runtime.GOOS == "linux" && !h.Alive() {
		t.Errorf("%v, gone %v, alive %v, %v", h, h.Gone(), h.Alive(), err)
	}
	h.Process = "another"
	if runtime.GOOS == "linux" && !h.Gone() {
		t.Error("a process of the same number counts")
	}
}
