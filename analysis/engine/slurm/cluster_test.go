package slurm

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/engine"
	"github.com/sharewise/sharewise/analysis/layout"
)

// script is a cluster whose commands print what a test says.
func script(prints map[string]string) Cluster {
	n := 100
	return Cluster{Run: func(_ context.Context, _, name string, args ...string) (string, error) {
		if name == "sbatch" {
			n++
			return fmt.Sprintf("%d;cluster\n", n), nil
		}
		text, ok := prints[name]
		if !ok {
			return "", errors.New("no such command")
		}
		return text, nil
	}}
}

func TestLimits(t *testing.T) {
	c := script(map[string]string{"scontrol": "Configuration data as of x\nMaxArraySize            = 1001\nMaxJobCount             = 10000\n"})
	if l, err := c.Limits(t.Context()); err != nil || l != (Limits{1001, 10000}) {
		t.Errorf("%+v, %v", l, err)
	}
	if _, err := script(map[string]string{"scontrol": "MaxArraySize = 0\nMaxJobCount=5\n"}).Limits(t.Context()); err == nil {
		t.Error("a cluster without arrays is used")
	}
	if _, err := exec.LookPath("scontrol"); err != nil {
		if _, err := (Cluster{}).Limits(t.Context()); !errors.Is(err, ErrNoSlurm) {
			t.Errorf("without Slurm: %v", err)
		}
	}
}

// TestSubmit submits twice, with runs of the first that are still queued.
func TestSubmit(t *testing.T) {
	folder := layout.Folder(t.TempDir())
	var runs Runs
	for i := range 7 {
		runs.First = append(runs.First, engine.Work{ID: fmt.Sprint("r", i), Cost: 600})
	}
	runs.Then = []engine.Work{{ID: "later", Cost: 600}}
	cluster := script(map[string]string{"squeue": "101|0|RUNNING|n1|None\n101|2|PENDING||Resources\n103|0|COMPLETED|n1|None\n105|N/A|PENDING||Dependency\nodd line\n"})
	s, err := New(folder, "a study/é", runs, Config{Sharewise: "/x"}, Limits{3, 1000}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Submit(t.Context(), cluster); err != nil {
		t.Fatal(err)
	}
	if got := s.Cancel(); got != "to cancel them: scancel 101 102 103 104 105" {
		t.Error(got)
	}
	if got := s.arguments(3, false); !slices.Contains(got, "--dependency=afterany:101:102:103") {
		t.Errorf("what waits for others: %v", got)
	}
	if got := s.arguments(4, false); !slices.Contains(got, "--dependency=afterany:101:102:103:104") {
		t.Errorf("the report: %v", got)
	}
	if !strings.Contains(s.Jobs[0].text, "--job-name=sharewise-a-study\n") {
		t.Error(s.Jobs[0].text)
	}
	if err := os.MkdirAll(filepath.Join(string(folder), "slurm", "bad-nodes", "n9"), 0o755); err != nil {
		t.Fatal(err)
	}
	read, err := Read(folder)
	if err != nil || len(read) != 1 || len(read[0].Packs) != 8 {
		t.Fatalf("%v, %v", read, err)
	}
	queue, err := cluster.Queue(t.Context())
	if err != nil || len(queue) != 3 {
		t.Fatalf("queue %v, %v", queue, err)
	}
	at := Where(read, queue)
	if len(at) != 2 || at["r0"].Node != "n1" || at["r0"].Reason != "" || at["r2"].Reason != "Resources" || !strings.HasSuffix(at["r2"].Log, "/slurm/1/logs/101_2.log") {
		t.Errorf("places %+v", at)
	}
	if n := Queued(read, queue); n != 3 {
		t.Errorf("%d jobs are queued", n)
	}
	again, err := New(folder, "a", Runs{First: runs.First[:1]}, Config{Sharewise: "/x"}, Limits{3, 1000}, queue)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := again.Print(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"slurm/2/array-1.sh", "--dependency=afterany:101:<array-1.sh>", "--exclude=n9"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
}

// TestScripts lets a shell read what is written, with names that need quotes.
func TestScripts(t *testing.T) {
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash")
	}
	folder := layout.Folder(filepath.Join(t.TempDir(), "it's a folder"))
	s, err := New(folder, "x", Runs{First: []engine.Work{{ID: "a", Cost: 1}}}, Config{Sharewise: "/opt/share wise", Before: []string{"module load gcc"}, Exclude: []string{"n3"}}, Limits{3, 1000}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range s.Jobs {
		cmd := exec.Command(shell, "-n")
		cmd.Stdin = strings.NewReader(j.text)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s\n%s", j.Script, err, out, j.text)
		}
		if !strings.Contains(j.text, "module load gcc\n") || !strings.Contains(j.text, "#SBATCH --exclude=n3\n") {
			t.Error(j.text)
		}
	}
}
