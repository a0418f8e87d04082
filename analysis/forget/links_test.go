package forget

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
)

// must is for steps of tests that do not fail.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// moveTo moves an entry of the folder to a disk, under its name, and leaves a link.
func moveTo(t *testing.T, disk, entry string) {
	t.Helper()
	to := filepath.Join(disk, filepath.Base(filepath.Dir(entry)), filepath.Base(entry))
	must(t, os.MkdirAll(filepath.Dir(to), 0o755))
	must(t, os.Rename(entry, to))
	must(t, os.Symlink(to, entry))
}

// leadTo lays a link in the place of an entry.
func leadTo(t *testing.T, target, entry string) {
	t.Helper()
	must(t, os.RemoveAll(entry))
	must(t, os.MkdirAll(filepath.Dir(entry), 0o755))
	must(t, os.Symlink(target, entry))
}

// runOf is the first run whose ID begins like that.
func runOf(t *testing.T, out layout.Folder, begins string) layout.RunFolder {
	t.Helper()
	runs, _, err := out.Runs()
	must(t, err)
	i := slices.IndexFunc(runs, func(id string) bool { return strings.HasPrefix(id, begins) })
	if i < 0 {
		t.Fatalf("no run %s in %v", begins, runs)
	}
	return out.Run(runs[i])
}

// files are those below a folder.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, strings.TrimPrefix(path, dir+string(filepath.Separator)))
		}
		return err
	}))
	return out
}

// TestLinks forgets a domain whose files lie on another disk, behind links, and one whose
// folder has links to what is not sharewise's.
func TestLinks(t *testing.T) {
	dir := t.TempDir()
	plants(t, dir, 0)
	run(t, dir)
	// Of a home folder, with what has the names of sharewise's files.
	homely := map[string]string{
		".profile": "mine", "results.json": "{}", "report.html": "mine", "tables/exemplars.json": "{}", "tables/matrix.parquet": "mine",
		"spec.json": "{}", "done.json": `{"hash": "x"}`, "model.onnx": "mine", "work/thesis.txt": "mine", "checkpoint.bin": "mine", "runs/letters/draft.txt": "mine",
	}
	for _, test := range []struct {
		name string
		// link changes the folder; home is that of somebody, disk another disk.
		link func(t *testing.T, out layout.Folder, home, disk string)
		// named are files of home, or of the disk, where they stay, that are named.
		named []string
	}{
		{"a run", func(t *testing.T, out layout.Folder, _, disk string) {
			moveTo(t, disk, string(runOf(t, out, "independent-c_")))
		}, nil},
		{"all runs, one by one", func(t *testing.T, out layout.Folder, _, disk string) {
			runs, _, err := out.Runs()
			must(t, err)
			for _, id := range runs {
				moveTo(t, disk, string(out.Run(id)))
			}
		}, nil},
		{"a stopped run", func(t *testing.T, out layout.Folder, _, disk string) {
			dir := runOf(t, out, "joint_")
			must(t, os.Remove(dir.Done()))
			must(t, os.WriteFile(dir.Checkpoint(), []byte(layout.CheckpointMagic), 0o600))
			must(t, os.MkdirAll(filepath.Join(dir.Work(), "samples"), 0o755))
			write(t, filepath.Join(dir.Work(), "samples", "c.csv"), "1,2")
			moveTo(t, disk, string(dir))
		}, nil},
		{"runs as a whole", func(t *testing.T, out layout.Folder, _, disk string) {
			moveTo(t, disk, filepath.Join(string(out), "runs"))
		}, nil},
		{"baselines as a whole", func(t *testing.T, out layout.Folder, _, disk string) {
			moveTo(t, disk, filepath.Join(string(out), "baseline"))
		}, nil},
		{"a baseline", func(t *testing.T, out layout.Folder, _, disk string) { moveTo(t, disk, string(out.Baseline("c"))) }, nil},
		{"files of a run", func(t *testing.T, out layout.Folder, _, disk string) {
			dir := runOf(t, out, "independent-c_")
			for _, file := range []string{dir.Model(), dir.Losses(), dir.History(), dir.Spec(), dir.Done()} {
				moveTo(t, disk, file)
			}
		}, nil},
		{"derived files", func(t *testing.T, out layout.Folder, _, disk string) {
			for _, file := range []string{out.Tables(), out.Results(), out.Plan(), out.Custody()} {
				moveTo(t, disk, file)
			}
		}, nil},
		{"further runs", func(t *testing.T, out layout.Folder, _, disk string) {
			further := out.WeightingRuns()
			dir := runOf(t, out, "independent-c_")
			must(t, os.CopyFS(string(further.Run(filepath.Base(string(dir)))), os.DirFS(string(dir))))
			text, err := os.ReadFile(out.Plan())
			must(t, err)
			write(t, further.Plan(), string(text))
			write(t, filepath.Join(string(further), "times.json"), "{}")
			write(t, filepath.Join(string(further), ".lock"), "1")
			moveTo(t, disk, string(out.WeightingRuns()))
		}, nil},
		{"a run with a file of somebody", func(t *testing.T, out layout.Folder, _, disk string) {
			dir := runOf(t, out, "independent-c_")
			write(t, filepath.Join(string(dir), "notes.txt"), "mine")
			moveTo(t, disk, string(dir))
		}, []string{"DISK/runs/independent-c_*/notes.txt"}},
		{"tables with a file of somebody", func(t *testing.T, out layout.Folder, _, disk string) {
			write(t, filepath.Join(out.Tables(), "notes.txt"), "mine")
			moveTo(t, disk, out.Tables())
		}, []string{"DISK/out/tables/notes.txt"}},
		{"an edited file", func(t *testing.T, out layout.Folder, _, disk string) {
			write(t, out.Results(), "edited")
			moveTo(t, disk, out.Results())
		}, []string{"DISK/out/results.json"}},
		{"home as a run", func(t *testing.T, out layout.Folder, home, _ string) {
			leadTo(t, home, string(runOf(t, out, "independent-c_")))
		}, []string{"HOME"}},
		{"home as runs", func(t *testing.T, out layout.Folder, home, _ string) {
			leadTo(t, home, filepath.Join(string(out), "runs"))
		}, []string{"HOME/tables", "HOME/runs", "HOME/work", "HOME/.profile"}},
		{"home as tables", func(t *testing.T, out layout.Folder, home, _ string) { leadTo(t, home, out.Tables()) }, []string{"HOME"}},
		{"home as everything", func(t *testing.T, out layout.Folder, home, _ string) {
			for _, path := range []string{string(out.Refit()), out.Custody(), out.Results(), out.Report(), out.Tables(), filepath.Join(string(out), "damaged"), filepath.Join(string(out), "models"), out.CrossTables()} {
				leadTo(t, home, path)
			}
		}, []string{"HOME"}},
		{"files of home", func(t *testing.T, out layout.Folder, home, _ string) {
			dir := runOf(t, out, "independent-c_")
			for from, to := range map[string]string{
				dir.Model(): "model.onnx", dir.Spec(): "spec.json", dir.Checkpoint(): "checkpoint.bin", dir.Work(): "work", dir.Losses(): ".profile",
				out.Results(): "results.json", out.Report(): "report.html", out.Exemplars(): "tables/exemplars.json", filepath.Join(out.Tables(), "matrix.parquet"): "tables/matrix.parquet",
			} {
				leadTo(t, filepath.Join(home, filepath.FromSlash(to)), from)
			}
		}, []string{"HOME/model.onnx", "HOME/spec.json", "HOME/checkpoint.bin", "HOME/.profile", "HOME/results.json", "HOME/report.html", "HOME/tables/exemplars.json", "HOME/tables/matrix.parquet"}},
		{"links to nothing and to each other", func(t *testing.T, out layout.Folder, _, _ string) {
			leadTo(t, "none", out.Results())
			leadTo(t, "report.html", out.Report())
		}, []string{"report.html"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			// Paths are compared as the system resolves them.
			top, err := filepath.EvalSymlinks(t.TempDir())
			must(t, err)
			copied, home, disk := filepath.Join(top, "copy"), filepath.Join(top, "home"), filepath.Join(top, "disk")
			must(t, os.CopyFS(copied, os.DirFS(dir)))
			must(t, os.MkdirAll(disk, 0o755))
			for name, text := range homely {
				must(t, os.MkdirAll(filepath.Dir(filepath.Join(home, name)), 0o755))
				write(t, filepath.Join(home, name), text)
			}
			folder := layout.Folder(filepath.Join(copied, "out"))
			test.link(t, folder, home, disk)
			house, outside := tree(t, home), files(t, disk)
			study := filepath.Join(copied, "study.yaml")
			c, err := Look(t.Context(), study, "c", folder, project.Options{})
			must(t, err)
			if now := files(t, disk); !slices.Equal(now, outside) {
				t.Errorf("looking left %v of %v", now, outside)
			}
			err = c.Apply()
			var left *layout.LeftError
			if err != nil && !errors.As(err, &left) {
				t.Fatal(err)
			}
			if now := tree(t, home); !maps.Equal(now, house) {
				t.Errorf("a home folder: %v became %v", house, now)
			}
			var stays []string
			for _, name := range test.named {
				name = strings.ReplaceAll(strings.ReplaceAll(name, "DISK", disk), "HOME", home)
				if found, err := filepath.Glob(name); err == nil && len(found) == 1 {
					name = found[0] // with the hash of a run
				}
				if name = filepath.FromSlash(name); left == nil || !slices.Contains(left.Paths, name) && !slices.Contains(left.Paths, strings.Replace(name, home, filepath.Join(string(folder), "runs"), 1)) {
					t.Errorf("%s is not named: %v", name, err)
				}
				if strings.HasPrefix(name, disk) {
					stays = append(stays, strings.TrimPrefix(name, disk+string(filepath.Separator)))
				}
			}
			if len(test.named) == 0 && err != nil {
				t.Error(err)
			}
			if left != nil && !slices.Equal(slices.Sorted(slices.Values(c.Left)), left.Paths) {
				t.Errorf("%v was said to stay, and %v does", c.Left, left.Paths)
			}
			kept := func(name string) bool { // what has nothing of the domain
				return slices.ContainsFunc(c.Kept, func(id string) bool {
					return strings.HasPrefix(name, filepath.Join("out", "runs", id)+string(filepath.Separator)) || strings.HasPrefix(name, filepath.Join("runs", id)+string(filepath.Separator))
				}) ||
					strings.HasPrefix(name, filepath.Join("out", "baseline")) && !strings.Contains(name, filepath.Join("baseline", "c"))
			}
			if now := slices.DeleteFunc(files(t, disk), kept); !slices.Equal(now, stays) {
				t.Errorf("%v stays on the other disk, want %v", now, stays)
			}
			if domain, err := Resume(folder, study); domain != "" || err != nil {
				t.Errorf("afterwards: %q, %v", domain, err)
			}
		})
	}
}
