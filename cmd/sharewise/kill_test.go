package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/testdata"
)

// TestKillAndResume kills a study at ten random moments without warning,
// resumes it each time, and compares every result file with those of an
// undisturbed run.
func TestKillAndResume(t *testing.T) {
	requireRuntime(t)
	dir := t.TempDir()
	study := writeSmallStudy(t, dir)

	calm := filepath.Join(dir, "calm")
	start := time.Now()
	if out, err := sharewise("run", study, "-o", calm, "--jobs", "2").CombinedOutput(); err != nil {
		t.Fatalf("undisturbed run: %v\n%s", err, out)
	}
	whole := time.Since(start)
	want := hashResults(t, calm)
	if len(want) < 20 {
		t.Fatalf("only %d result files in %s", len(want), calm)
	}

	killed := filepath.Join(dir, "killed")
	killed10(t, whole, "run", study, "-o", killed, "--jobs", "2")
	got := hashResults(t, killed)
	for name, hash := range want {
		if got[name] != hash {
			t.Errorf("%s differs from the undisturbed run", name)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s is left over", name)
		}
	}
}

// killed10 runs a command that takes a time, kills it without warning at ten
// random moments, and at last lets it end. It returns what all of them print.
func killed10(t *testing.T, whole time.Duration, args ...string) string {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d; undisturbed it takes %v", seed, whole)
	rng := rand.New(rand.NewPCG(seed, 1))
	kills := 0
	var printed bytes.Buffer
	for range 10 {
		cmd := sharewise(args...)
		cmd.Stdout, cmd.Stderr = &printed, &printed
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- cmd.Wait() }()
		// Moments are spread so that the work is rarely done before the tenth kill.
		select {
		case <-time.After(time.Duration(rng.Float64() * float64(whole) / 4)):
			cmd.Process.Kill()
			<-done
			kills++
		case <-done:
		}
	}
	out, err := sharewise(args...).CombinedOutput()
	if err != nil {
		t.Fatalf("resumed: %v\n%s", err, out)
	}
	t.Logf("%d kills", kills)
	if kills < 5 {
		t.Errorf("it was killed only %d times", kills)
	}
	return printed.String() + string(out)
}

// killedAtFile kills a command as soon as there is a file of a pattern. It fails where
// the command ends before.
func killedAtFile(t *testing.T, pattern string, args ...string) {
	t.Helper()
	cmd := sharewise(args...)
	var printed bytes.Buffer
	cmd.Stdout, cmd.Stderr = &printed, &printed
	must(t, cmd.Start())
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	for {
		select {
		case err := <-done:
			t.Fatalf("it ended before there was %s: %v\n%s", pattern, err, &printed)
		case <-time.After(time.Millisecond):
		}
		if found, err := filepath.Glob(pattern); err != nil || len(found) > 0 {
			must(t, err)
			must(t, cmd.Process.Kill())
			<-done
			return
		}
	}
}

// TestKillModelTrain does the same to the training of one model, which drops
// elements at random, and looks at what is left.
func TestKillModelTrain(t *testing.T) {
	requireRuntime(t)
	w := workshop{t, t.TempDir()}
	w.write("parts.csv", clusters(2000))
	w.write("parts.yaml", trainStudy)
	export{last: "Softmax", drop: true}.save(t, w.path("net.onnx"))
	args := func(name string, more ...string) []string {
		return append([]string{"model", "train", w.path("net.onnx"), "--data", w.path("parts.yaml"), "--domain", "kinds", "--epochs", "500",
			"--select", "best", "-o", w.path(name + ".onnx"), "--table", w.path(name + ".parquet")}, more...)
	}
	start := time.Now()
	if out, err := sharewise(args("calm")...).CombinedOutput(); err != nil {
		t.Fatalf("undisturbed: %v\n%s", err, out)
	}
	whole := time.Since(start)
	// Where trainings are fast, no moment of killed10 comes after the first checkpoint.
	killedAtFile(t, layout.Folder(w.path("killed.onnx.training")).Run("*").Checkpoint(), args("killed")...)
	if out := killed10(t, whole, args("killed")...); !strings.Contains(out, "going on after step") {
		t.Errorf("no training went on from a checkpoint:\n%s", out)
	}
	if out, err := sharewise(args("elsewhere", "--checkpoint", w.path("work"))...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	for _, suffix := range []string{".onnx", ".parquet"} {
		want, err := os.ReadFile(w.path("calm" + suffix))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"killed", "elsewhere"} {
			if got, err := os.ReadFile(w.path(name + suffix)); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s%s differs from that of an undisturbed training, %v", name, suffix, err)
			}
		}
	}
	if entries, err := os.ReadDir(w.dir); err != nil || len(entries) != 9 {
		t.Errorf("left: %v, %v", entries, err)
	}
}

// hashResults hashes every file of a study's folder but done.json and the lock.
func hashResults(t *testing.T, dir string) map[string]string {
	t.Helper()
	hashes := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "done.json" || strings.HasSuffix(d.Name(), ".lock") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if strings.HasSuffix(name, ".tmp") {
			// The kernel kills between creating and renaming: the next run of
			// sharewise removes such files.
			t.Errorf("temporary file %s is left over", name)
		}
		hashes[name] = fmt.Sprintf("%x", sha256.Sum256(data))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return hashes
}

// sharewise is this test binary run as the command (see TestMain).
func sharewise(args ...string) *exec.Cmd {
	cmd := exec.Command("sharewise", args...)
	cmd.Env = append(os.Environ(), "NO_COLOR=1")
	return cmd
}

// writeSmallStudy writes the demo's study, cut down to a few seconds, and
// returns its file.
func writeSmallStudy(t *testing.T, dir string) string {
	t.Helper()
	folder := filepath.Join(dir, "study")
	if err := testdata.WriteDemo(folder); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "study.yaml")
	small := `version: 1
name: small
seeds: 2
input: {image: [16, 16]}
defaults: {limit: {train: 200, test: 100}}
domains:
  - name: digits
    data: {images: digits-train-images.idx3.gz, labels: digits-train-labels.idx1.gz}
    test: {images: digits-test-images.idx3.gz, labels: digits-test-labels.idx1.gz}
  - name: clothes
    data: {images: clothes-train-images.idx3.gz, labels: clothes-train-labels.idx1.gz}
    test: {images: clothes-test-images.idx3.gz, labels: clothes-test-labels.idx1.gz}
model: {trunk: cnn, widths: [0.5]}
training: {epochs: 10, batch: 16, conflict: true, select: best}
weightings: [equal, dwa, uncertainty, {name: mgda, every: 3}]
arms: {joint: true, pairs: false}
`
	if err := os.WriteFile(file, []byte(small), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}
