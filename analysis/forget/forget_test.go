package forget

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/onnxio/reference"
)

const file = `version: 1
name: plants
seeds: 2
defaults: {columns: {label: y}}
domains:
  - {name: a, data: a.csv}
  - {name: b, data: b.csv}
  # leaves
  - {name: c, data: c.csv}
model: {trunk: mlp, widths: [0.02]}
training: {epochs: 1, batch: 8}
`

// plants writes the study and tables of equal size, but for c's, which has rows more.
func plants(t *testing.T, dir string, more int) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 1))
	for _, name := range []string{"a", "b", "c"} {
		var b strings.Builder
		b.WriteString("x,z,y\n")
		rows := 50
		if name == "c" {
			rows += more
		}
		for i := range rows {
			fmt.Fprintf(&b, "%.3f,%.3f,%s\n", random.NormFloat64(), random.NormFloat64(), []string{"no", "yes"}[i%2])
		}
		write(t, filepath.Join(dir, name+".csv"), b.String())
	}
	write(t, filepath.Join(dir, "study.yaml"), file)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// run trains the study and analyses it.
func run(t *testing.T, dir string) {
	t.Helper()
	s, err := dataset.ParseStudy(filepath.Join(dir, "study.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := project.Open(t.Context(), s, project.Options{})
	if err != nil {
		t.Fatal(err)
	}
	folder := layout.Folder(filepath.Join(dir, "out"))
	if _, err := p.Train(t.Context(), reference.Backend(), folder, project.TrainOptions{Jobs: 1}); err != nil {
		t.Fatal(err)
	}
	if _, err := analysis.AnalyzeFolder(folder, ""); err != nil {
		t.Fatal(err)
	}
}

// tree are the hashes of all files below a folder, less those that say how long
// something took.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "done.json" || strings.HasSuffix(d.Name(), ".lock") {
			return err
		}
		data, err := os.ReadFile(path)
		out[strings.TrimPrefix(path, dir)] = fmt.Sprintf("%x", sha256.Sum256(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestForget forgets a domain, goes on training, and comes to the bytes of a study that
// never had it, whether runs may stay or not.
func TestForget(t *testing.T) {
	for _, more := range []int{0, 13} {
		dir := t.TempDir()
		plants(t, dir, more)
		without := strings.Replace(file, "  - {name: c, data: c.csv}\n", "", 1)
		write(t, filepath.Join(dir, "study.yaml"), without)
		run(t, dir)
		never := tree(t, dir)
		if err := os.RemoveAll(filepath.Join(dir, "out")); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, "study.yaml"), file)
		run(t, dir)
		folder := layout.Folder(filepath.Join(dir, "out"))
		write(t, filepath.Join(string(folder), "notes.txt"), "mine")
		// A recommendation that was held to its promise has further models, and so have
		// comparisons of weightings and trials of remedies.
		further := []layout.Folder{folder.Verification(), folder.Refit(), folder.WeightingRuns(), folder.MixtureRuns(), folder.RemedyRuns()}
		for _, f := range further {
			model := f.Run("independent-c_w1_s3").Model()
			if err := os.MkdirAll(filepath.Dir(model), 0o755); err != nil {
				t.Fatal(err)
			}
			write(t, model, "sharewise.deploy/c")
		}
		for _, path := range []string{folder.Promises(), folder.Weightings(), folder.Mixtures(), folder.Remedies(), folder.Suspects(), folder.Influence(), folder.Imbalance()} {
			write(t, path, `{"domains": ["sharewise.deploy/c"]}`)
		}
		before := tree(t, dir)
		c, err := Look(t.Context(), filepath.Join(dir, "study.yaml"), "c", folder, project.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if after := tree(t, dir); !maps.Equal(before, after) {
			t.Error("looking changes something")
		}
		// With equal tables a, b and their pair stay: the pair was a pool of three
		// domains, and is the joint model of two, so that it goes.
		kept, outdated, train := 4, 2, 2
		if more > 0 {
			kept, outdated, train = 0, 6, 6
		}
		if len(c.Learned) != 8 || len(c.Outdated) != outdated || len(c.Kept) != kept || c.Train != train || c.FLOPs <= 0 || len(c.Others) != 1 {
			t.Errorf("%d more rows: %d learned, %d outdated, %d kept, %d to train, others %q", more, len(c.Learned), len(c.Outdated), len(c.Kept), c.Train, c.Others)
		}
		for _, f := range further {
			busy, err := f.Lock()
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Apply(); !errors.Is(err, layout.ErrInUse) {
				t.Errorf("taken out while others work in %s: %v", f, err)
			}
			busy.Unlock()
		}
		if err := c.Apply(); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(dir, "study.yaml"))
		if err != nil || string(text) != without {
			t.Errorf("study file %s, %v", text, err)
		}
		for path := range tree(t, string(folder)) {
			if data, err := os.ReadFile(string(folder) + path); err != nil || strings.Contains(path, "baseline/c") || strings.Contains(string(data), "sharewise.deploy/c") {
				t.Errorf("%s is left: %v", path, err)
			}
		}
		if err := os.Remove(filepath.Join(string(folder), "notes.txt")); err != nil {
			t.Error(err)
		}
		run(t, dir)
		now := tree(t, dir)
		for path, sum := range never {
			if now[path] != sum {
				t.Errorf("%d more rows: %s differs from that of a study that never had c, or is missing", more, path)
			}
		}
		for path := range now {
			if never[path] == "" {
				t.Errorf("%d more rows: %s is too much", more, path)
			}
		}
	}
}

// TestInterrupted is stopped after each of the steps, and goes on.
func TestInterrupted(t *testing.T) {
	dir := t.TempDir()
	plants(t, dir, 0)
	run(t, dir)
	var whole map[string]string
	for stop := 0; ; stop++ {
		copied := filepath.Join(t.TempDir(), "copy")
		if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		folder := layout.Folder(filepath.Join(copied, "out"))
		c, err := Look(t.Context(), filepath.Join(copied, "study.yaml"), "c", folder, project.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if whole == nil {
			if err := c.Apply(); err != nil {
				t.Fatal(err)
			}
			whole = tree(t, copied)
			continue
		}
		// The first steps, as Apply takes them.
		if err := folder.WriteForgetting(&layout.Forgetting{Domain: "c", File: c.file, Keep: c.Kept}); err != nil {
			t.Fatal(err)
		}
		gone := slices.Concat(c.Derived, runsOf(folder, c.Learned), runsOf(folder, c.Outdated))
		for _, path := range gone[:min(stop-1, len(gone))] {
			if err := os.RemoveAll(path); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := folder.ReadPlan(); !errors.Is(err, layout.ErrForgetting) {
			t.Errorf("the plan is read meanwhile: %v", err)
		}
		if _, err := folder.Lock(); !errors.Is(err, layout.ErrForgetting) {
			t.Errorf("the folder is taken meanwhile: %v", err)
		}
		if domain, err := Resume(folder, filepath.Join(copied, "study.yaml")); err != nil || domain != "c" {
			t.Fatal(domain, err)
		}
		if now := tree(t, copied); !maps.Equal(now, whole) {
			t.Errorf("stopped after %d steps: other files are left", stop)
		}
		if domain, err := Resume(folder, filepath.Join(copied, "study.yaml")); err != nil || domain != "" {
			t.Errorf("nothing is left to do: %q, %v", domain, err)
		}
		if stop > len(gone) {
			return
		}
	}
}

func runsOf(f layout.Folder, ids []string) []string {
	var out []string
	for _, id := range ids {
		out = append(out, string(f.Run(id)))
	}
	return out
}

// TestRefused says why a domain cannot be forgotten, and changes nothing.
func TestRefused(t *testing.T) {
	dir := t.TempDir()
	plants(t, dir, 0)
	name := filepath.Join(dir, "study.yaml")
	for text, want := range map[string]string{
		file + "arms: {pools: [[b, c]]}\n":                           "other keys speak of domain c",
		strings.Replace(file, "  - {name: b, data: b.csv}\n", "", 1): ErrNotLast.Error(),
		strings.Replace(file, "{name: c, data", "{name: d, data", 1): `no domain "c"`,
		strings.Replace(file, "  - {name: c", "  - {nam: c", 1):      "unknown key",
	} {
		write(t, name, text)
		_, err := Look(t.Context(), name, "c", layout.Folder(filepath.Join(dir, "out")), project.Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
