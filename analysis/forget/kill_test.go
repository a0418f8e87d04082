package forget

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
)

// killed is the variable by which a test starts this binary as a process that forgets
// domain c of the study in a folder, and may be killed.
const killed = "SHAREWISE_TEST_FORGET"

func TestMain(m *testing.M) {
	if dir := os.Getenv(killed); dir != "" {
		if err := forgetIn(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// forgetIn does what the command does, and prints a line when it begins to write.
func forgetIn(dir string) error {
	folder := layout.Folder(filepath.Join(dir, "out"))
	if domain, err := Resume(folder, filepath.Join(dir, "study.yaml")); err != nil || domain != "" {
		return err
	}
	c, err := Look(context.Background(), filepath.Join(dir, "study.yaml"), "c", folder, project.Options{})
	if err != nil {
		return err
	}
	fmt.Println("now")
	return c.Apply()
}

// TestKilled kills processes that forget a domain without warning, at random moments
// while they write. What they leave is the study as it was, or as it is to be, or
// nobody reads it before the next process has ended what they began.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	plants(t, dir, 0)
	run(t, dir)
	// Many runs take a while to remove.
	folder := layout.Folder(filepath.Join(dir, "out"))
	runs, _, err := folder.Runs()
	if err != nil {
		t.Fatal(err)
	}
	for i := range 150 {
		if err := os.CopyFS(string(folder.Run(fmt.Sprintf("earlier%03d", i))), os.DirFS(string(folder.Run(runs[0])))); err != nil {
			t.Fatal(err)
		}
	}
	before := tree(t, dir)
	copied := func() string {
		to := filepath.Join(t.TempDir(), "copy")
		if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		return to
	}
	// forgotten starts a process, and kills it a while after it began to write. It
	// returns how long it wrote.
	forgotten := func(dir string, after time.Duration) time.Duration {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), killed+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		_, _ = bufio.NewReader(out).ReadString('\n')
		start := time.Now()
		if after >= 0 {
			time.Sleep(after)
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		} else if err := cmd.Wait(); err != nil {
			t.Fatal(err)
		}
		return time.Since(start)
	}
	calm := copied()
	whole := forgotten(calm, -1)
	after := tree(t, calm)
	if len(after) >= len(before) || !maps.Equal(tree(t, dir), before) {
		t.Fatal("nothing was forgotten")
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d; undisturbed it takes %v", seed, whole)
	random := rand.New(rand.NewPCG(seed, 1))
	untouched, halfway, done := 0, 0, 0
	for trial := 0; trial < 40 && (trial < 8 || halfway < 4); trial++ {
		at := copied()
		forgotten(at, time.Duration(random.Float64()*float64(whole)))
		folder := layout.Folder(filepath.Join(at, "out"))
		left, err := folder.ReadForgetting()
		if err != nil {
			t.Fatal(err)
		}
		now := tree(t, at)
		for path := range now {
			if filepath.Ext(path) == ".tmp" {
				delete(now, path) // was to be renamed, and is nothing that anybody reads
			}
		}
		_, reading := folder.ReadPlan()
		switch {
		case left != nil:
			halfway++
			if !errors.Is(reading, layout.ErrForgetting) {
				t.Errorf("trial %d: the plan is read although c is half forgotten: %v", trial, reading)
			}
			forgotten(at, -1)
		case maps.Equal(now, before):
			untouched++
			forgotten(at, -1)
		default:
			done++
		}
		if got := tree(t, at); !maps.Equal(got, after) {
			t.Errorf("trial %d: other files are left than by an undisturbed process", trial)
		}
	}
	t.Logf("killed before it began in %d trials, halfway in %d, after it had ended in %d", untouched, halfway, done)
	if halfway == 0 {
		t.Error("no process was killed halfway")
	}
}
