package cluster

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestStudy trains a study by an Indexed Job of a real control plane, while workers are killed, told
// to stop and evicted: all files are those of a study that one process trained. SHAREWISE and
// SHAREWISE_KUBERNETES are the program and the folder of those that 'make test-kubernetes' builds.
func TestStudy(t *testing.T) {
	sharewise, bin := os.Getenv("SHAREWISE"), os.Getenv("SHAREWISE_KUBERNETES")
	if sharewise == "" || bin == "" {
		t.Skip("NOT TESTED: Kubernetes; make test-kubernetes builds its programs")
	}
	c := start(t, bin)
	const pods = 2
	k := c.serve(map[string]string{"sharewise:test": sharewise}, pods)
	dir := t.TempDir()
	study := tinyStudy(t, dir)
	local, out := filepath.Join(dir, "local"), filepath.Join(dir, "out")
	if text, err := exec.Command(sharewise, "run", study, "-o", local).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	config := fmt.Sprintf("image: sharewise:test\nclaim: plant\nmount: %s\npack: 1ms\nretries: 50\ngrace: 5\noptions: [--beat, 1s]\n", dir)
	if err := os.WriteFile(filepath.Join(dir, "kubernetes.yaml"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	plan(t, sharewise, study, out)
	var said strings.Builder
	run := exec.Command(sharewise, "run", study, "-o", out, "--on", "kubernetes")
	run.Stdout, run.Stderr = &said, &said
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- run.Wait() }()
	rng := rand.New(rand.NewPCG(1, 1))
	killed, told, evicted := 0, 0, 0
	var err error
	for running := true; running; {
		select {
		case err = <-ended:
			running = false
		case <-time.After(700 * time.Millisecond):
			names := k.names()
			if len(names) == 0 || killed+told+evicted >= 12 {
				continue
			}
			name := names[rng.IntN(len(names))]
			switch (killed + told + evicted) % 3 {
			case 0:
				k.signal(name, syscall.SIGKILL)
				killed++
			case 1:
				k.signal(name, syscall.SIGTERM)
				told++
			case 2:
				body := map[string]any{"apiVersion": "policy/v1", "kind": "Eviction", "metadata": map[string]any{"name": name, "namespace": "default"}}
				if _, err := c.do(http.MethodPost, "/api/v1/namespaces/default/pods/"+name+"/eviction", body, nil); err != nil {
					t.Logf("eviction: %v", err) // it had ended
					continue
				}
				evicted++
			}
		case <-time.After(5 * time.Minute):
			t.Fatalf("it does not end:\n%s", said.String())
		}
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, said.String())
	}
	k.mu.Lock()
	exits := maps.Clone(k.exits)
	k.mu.Unlock()
	t.Logf("%d workers killed, %d told to stop, %d evicted; exit codes of containers and how often: %v\n%s", killed, told, evicted, exits, said.String())
	if killed == 0 || told == 0 || evicted == 0 {
		t.Error("it ended before anything happened")
	}
	want, got := hashes(t, filepath.Join(local, "runs")), hashes(t, filepath.Join(out, "runs"))
	for name, sum := range want {
		if got[name] != sum {
			t.Errorf("%s differs from that of one process", name)
		}
	}
	for name := range got {
		if want[name] == "" {
			t.Errorf("%s is left over", name)
		}
	}
	t.Logf("%d files are those of one process", len(want))
}

// TestFailedIndex has an index fail for good by the exit code of its worker: it is not tried again,
// and the others end.
func TestFailedIndex(t *testing.T) {
	sharewise, bin := os.Getenv("SHAREWISE"), os.Getenv("SHAREWISE_KUBERNETES")
	if sharewise == "" || bin == "" {
		t.Skip("NOT TESTED: Kubernetes; make test-kubernetes builds its programs")
	}
	c := start(t, bin)
	dir := t.TempDir()
	// Codes that a file chooses by the index stand in for the worker's.
	program := filepath.Join(dir, "worker")
	script := "#!/bin/sh\necho x >> " + dir + "/tried-$JOB_COMPLETION_INDEX\ncase $JOB_COMPLETION_INDEX in 0) exit 3;; 1) test $(wc -l < " + dir + "/tried-1) -ge 3 || exit 75;; esac\nexit 0\n"
	if err := os.WriteFile(program, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	c.serve(map[string]string{"sharewise:test": program}, 2)
	study := tinyStudy(t, dir)
	config := "image: sharewise:test\nclaim: plant\nmount: " + dir + "\npack: 1ms\n"
	if err := os.WriteFile(filepath.Join(dir, "kubernetes.yaml"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	plan(t, sharewise, study, out)
	text, err := exec.Command(sharewise, "run", study, "-o", out, "--on", "kubernetes").CombinedOutput()
	if err == nil {
		t.Errorf("nothing was trained, and the command ended well:\n%s", text)
	}
	var jobs struct {
		Items []struct {
			Status struct {
				FailedIndexes    string
				CompletedIndexes string
				Conditions       []struct{ Type, Status, Reason string }
			}
		}
	}
	if _, err := c.do(http.MethodGet, "/apis/batch/v1/namespaces/default/jobs", nil, &jobs); err != nil || len(jobs.Items) != 1 {
		t.Fatalf("%v: %+v", err, jobs)
	}
	s := jobs.Items[0].Status
	if s.FailedIndexes != "0" || s.CompletedIndexes != "1-11" {
		t.Errorf("failed %q, completed %q, conditions %v\n%s", s.FailedIndexes, s.CompletedIndexes, s.Conditions, text)
	}
	for index, want := range map[int]int{0: 1, 1: 3, 2: 1} {
		if tried, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("tried-%d", index))); err != nil || strings.Count(string(tried), "x") != want {
			t.Errorf("index %d was tried %d times, want %d: %v", index, strings.Count(string(tried), "x"), want, err)
		}
	}
}

// plan writes the plan of a study, by which workers train.
func plan(t *testing.T, sharewise, study, out string) {
	t.Helper()
	if text, err := exec.Command(sharewise, "plan", study, "-o", out, "--write").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
}

// tinyStudy writes a study of three domains, of twelve runs.
func tinyStudy(t *testing.T, dir string) string {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	text := "version: 1\nname: tiny\nseeds: 3\ndefaults: {columns: {label: y}}\nmodel: {trunk: mlp, widths: [0.05]}\ntraining: {epochs: 60, batch: 8}\narms: {joint: true, pairs: false}\ndomains:\n"
	for _, name := range []string{"a", "b", "c"} {
		rows := "u,v,y\n"
		for range 60 {
			u, v := rng.NormFloat64(), rng.NormFloat64()
			rows += fmt.Sprintf("%.3f,%.3f,%s\n", u, v, map[bool]string{true: "good", false: "bad"}[u+0.5*rng.NormFloat64() > 0])
		}
		if err := os.WriteFile(filepath.Join(dir, name+".csv"), []byte(rows), 0o644); err != nil {
			t.Fatal(err)
		}
		text += fmt.Sprintf("  - {name: %s, data: %s.csv}\n", name, name)
	}
	file := filepath.Join(dir, "study.yaml")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// hashes are the SHA-256 of results; done.json has times.
func hashes(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "done.json" || strings.HasSuffix(d.Name(), ".lock") {
			return err
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, file)
		out[name] = fmt.Sprintf("%x", sha256.Sum256(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
