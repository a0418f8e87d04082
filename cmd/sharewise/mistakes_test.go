package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/onnxio"
)

// twoTables is a study of two tables that nothing is wrong with.
const twoTables = `version: 1
name: tables
seeds: 2
defaults: {columns: {label: class}}
domains:
  - {name: north, data: north.csv}
  - {name: south, data: south.csv}
training: {epochs: 2, batch: 8}
`

// table returns CSV text with two features and the classes given in turn.
func table(header string, rows int, classes ...string) string {
	rng := rand.New(rand.NewPCG(1, uint64(rows)))
	var b strings.Builder
	fmt.Fprintln(&b, header)
	for i := range rows {
		fmt.Fprintf(&b, "%.3f,%.3f,%s\n", rng.NormFloat64(), rng.NormFloat64(), classes[i%len(classes)])
	}
	return b.String()
}

// workshop is a folder in which a user makes mistakes.
type workshop struct {
	t   *testing.T
	dir string
}

func newWorkshop(t *testing.T) workshop {
	w := workshop{t, t.TempDir()}
	w.write("study.yaml", twoTables)
	w.write("north.csv", table("a,b,class", 80, "good", "bad"))
	w.write("south.csv", table("a,b,class", 90, "good", "bad"))
	return w
}

func (w workshop) path(name string) string { return filepath.Join(w.dir, name) }

func (w workshop) write(name, text string) {
	w.t.Helper()
	if err := os.WriteFile(w.path(name), []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// TestMistakes makes the mistakes that new users make, and checks that each
// message says where it is and what to do.
func TestMistakes(t *testing.T) {
	requireRuntime(t)
	tests := []struct {
		name string
		make func(w workshop) (args []string)
		code int
		says []string
	}{
		{"missing library", func(w workshop) []string {
			return []string{"run", w.path("study.yaml"), "--onnxruntime", w.path("nowhere.so")}
		}, exitFailure, []string{"nowhere.so", "sharewise runtime install"}},
		{"wrong path", func(w workshop) []string {
			w.write("study.yaml", strings.Replace(twoTables, "north.csv", "nroth.csv", 1))
			return []string{"plan", w.path("study.yaml")}
		}, exitInput, []string{"north", "nroth.csv"}},
		{"broken YAML", func(w workshop) []string {
			w.write("study.yaml", strings.Replace(twoTables, "seeds: 2", "seed: [2", 1))
			return []string{"plan", w.path("study.yaml")}
		}, exitInput, []string{"study.yaml:", "not YAML"}},
		{"unknown key", func(w workshop) []string {
			w.write("study.yaml", strings.Replace(twoTables, "epochs: 2", "epoch: 2", 1))
			return []string{"plan", w.path("study.yaml")}
		}, exitInput, []string{"study.yaml:8:", "epoch", "did you mean"}},
		{"one class", func(w workshop) []string {
			w.write("south.csv", table("a,b,class", 90, "good"))
			return []string{"run", w.path("study.yaml")}
		}, exitInput, []string{"south", "class"}},
		{"mixed sizes", func(w workshop) []string {
			w.write("south.csv", strings.ReplaceAll(table("a,b,class", 90, "good,1", "bad,2"), "a,b,class", "a,b,class,c"))
			return []string{"run", w.path("study.yaml")}
		}, exitInput, []string{"south", "features", `"c"`}},
		{"not a number", func(w workshop) []string {
			w.write("north.csv", table("a,b,class", 80, "good", "bad")+"0.5,abc,good\n")
			return []string{"run", w.path("study.yaml")}
		}, exitInput, []string{"north.csv", "82", "abc", "skip_bad"}},
		{"no pairs planned", func(w workshop) []string {
			w.write("study.yaml", twoTables+"arms: {joint: false, pairs: false}\n")
			return []string{"run", w.path("study.yaml")}
		}, exitInput, []string{"study.yaml:9:", "set joint or pairs to true"}},
		{"unknown operator", func(w workshop) []string {
			w.model("odd.onnx", "NoSuchOperator")
			w.write("study.yaml", twoTables+"model: {files: [odd.onnx]}\n")
			return []string{"run", w.path("study.yaml")}
		}, exitInput, []string{"odd", "NoSuchOperator"}},
		{"operator without gradient", func(w workshop) []string {
			w.model("stuck.onnx", "IsNaN")
			w.write("study.yaml", twoTables+"model: {files: [stuck.onnx]}\n")
			return []string{"run", w.path("study.yaml")}
		}, exitInput, []string{"stuck"}},
		{"two runs at once", func(w workshop) []string {
			lock, err := layout.Folder(w.path("out")).Lock()
			if err != nil {
				w.t.Fatal(err)
			}
			w.t.Cleanup(func() { lock.Unlock() })
			return []string{"run", w.path("study.yaml")}
		}, exitFailure, []string{"in use by process", fmt.Sprint(os.Getpid())}},
		{"full disk", func(w workshop) []string {
			return []string{"run", w.path("study.yaml"), "-o", w.fullDisk()}
		}, exitFailure, []string{"no space left"}},
	}
	for _, test := range tests {
		t.Run(strings.ReplaceAll(test.name, " ", "-"), func(t *testing.T) {
			w := newWorkshop(t)
			args := test.make(workshop{t, w.dir})
			code, out := w.run(args...)
			if code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			for _, s := range test.says {
				if !strings.Contains(out, s) {
					t.Errorf("the message lacks %q", s)
				}
			}
			t.Log(out)
		})
	}
}

// TestSkipBad trains on what is left of a damaged table, and says what is not.
func TestSkipBad(t *testing.T) {
	requireRuntime(t)
	w := newWorkshop(t)
	w.write("north.csv", table("a,b,class", 80, "good", "bad")+"0.5,abc,good\n")
	code, out := w.run("run", w.path("study.yaml"), "--skip-bad", "--report")
	if code != exitDone || !strings.Contains(out, "north: 1 left out") || strings.Contains(out, "no pictures") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// run is the exit code and all output of a command.
func (w workshop) run(args ...string) (int, string) {
	out, err := sharewise(args...).CombinedOutput()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return exit.ExitCode(), string(out)
	case err != nil:
		w.t.Fatal(err)
	}
	return 0, string(out)
}

// model writes a trunk of one linear layer and one node of the operator.
func (w workshop) model(name, op string) {
	w.t.Helper()
	g := &onnxio.Graph{Name: "trunk"}
	shape := onnxio.Shape{onnxio.Sym("N"), {Size: 2}}
	g.Inputs = []*onnxio.Value{{Name: "x", Type: onnxio.Float32, Shape: shape}}
	g.Initializers = []*onnxio.Tensor{onnxio.NewFloat32("w", []int64{2, 2}, []float32{1, 2, 3, 4})}
	g.Nodes = []*onnxio.Node{
		{Name: "linear", Op: "MatMul", Inputs: []string{"x", "w"}, Outputs: []string{"h"}},
		{Name: "odd", Op: op, Inputs: []string{"h"}, Outputs: []string{"features"}},
	}
	g.Outputs = []*onnxio.Value{{Name: "features", Type: onnxio.Float32, Shape: shape}}
	m := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g}
	if err := onnxio.Save(w.path(name), m); err != nil {
		w.t.Fatal(err)
	}
}

// fullDisk returns a folder on a file system with hardly any room.
func (w workshop) fullDisk() string {
	w.t.Helper()
	dir := w.path("small")
	if err := os.Mkdir(dir, 0o755); err != nil {
		w.t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", dir).CombinedOutput(); err != nil {
		w.t.Skipf("cannot mount a small file system here: %v: %s", err, out)
	}
	w.t.Cleanup(func() { exec.Command("umount", dir).Run() })
	return filepath.Join(dir, "out")
}
