package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

// forge writes a ledger in which a file is stale and was made by other settings, with the
// sum that it would have if a command had written it.
func forge(t *testing.T, folder layout.Folder, whole *layout.Ledger, file, settings string) {
	t.Helper()
	l := &layout.Ledger{Version: whole.Version, Files: maps.Clone(whole.Files)}
	r := l.Files[file]
	r.From, r.Settings = maps.Clone(r.From), json.RawMessage(settings)
	for from := range r.From {
		r.From[from] = strings.Repeat("0", 64)
	}
	l.Files[file] = r
	seal(t, folder, l)
}

// seal writes a ledger with its sum.
func seal(t *testing.T, folder layout.Folder, l *layout.Ledger) {
	t.Helper()
	text, err := json.Marshal(struct {
		Version int
		Files   map[string]layout.Record
	}{l.Version, l.Files})
	must(t, err)
	sum := sha256.Sum256(text)
	l.SHA256 = hex.EncodeToString(sum[:])
	must(t, layout.WriteJSON(folder.Custody(), l))
}

// TestForgedSettings has a report made of folders whose ledger says that files were made by
// settings that no command writes: by these it makes them again.
func TestForgedSettings(t *testing.T) {
	requireRuntime(t)
	dir := t.TempDir()
	study := writeTinyStudy(t, filepath.Join(dir, "study"), "0.003")
	folder := layout.Folder(filepath.Join(dir, "out"))
	mustRun(t, "run", study, "-o", string(folder), "--report", "--jobs", "2", "--quiet")
	mustRun(t, "subgroups", string(folder))
	mustRun(t, "value", string(folder))
	whole, err := folder.ReadLedger()
	must(t, err)
	before := filepath.Join(dir, "before")
	must(t, os.Mkdir(before, 0o755))
	restore(t, before, string(folder))
	for file, forged := range map[string][]string{
		"groups.json":    {`{"Seed": 1}`, `{"Draws": -1}`, `{"Draws": 1000000000000}`, `{"Draws": "a"}`, `{"Values": {"digits": 1e308}}`, `{"Values": {"nobody": 1}}`, `{"Constraints": {"MustLink": [["digits", "nobody"]]}}`, `[]`, `"x"`, `{"Selection": {"Rung": "none"}}`, `{"Tolerance": -1}`},
		"subgroups.json": {`{}`, `{"least": -1}`, `{"clusters": -1}`, `{"clusters": 1000000000000}`, `{"columns": ["nobody"]}`, `{"metadata": "/dev/zero"}`, `{"arms": ["none"]}`},
		"economics.json": {`{}`, `{"Draws": -1}`, `{"Draws": 1000000000000}`, `{"Prices": {"horizon": -1}}`, `{"Prices": {"horizon": 1000000000}}`, `{"Fewer": ["/dev"]}`},
	} {
		for i, settings := range forged {
			restore(t, string(folder), before)
			forge(t, folder, whole, file, settings)
			out, code, err := limited(t, dir, "report", string(folder))
			if raw := alteration.Raw.FindString(out); raw != "" || code != exitDone && code != exitInput {
				t.Errorf("%s by %s: exit code %d, %v, %q: %.600s", file, settings, code, err, raw, out)
			}
			if !strings.Contains(out, file+": stale") || i == 0 && code != exitDone {
				t.Errorf("%s by %s: exit code %d, and it was not stale: %.600s", file, settings, code, out)
			}
		}
	}
}

// TestAlteredSettings has `check --repair` make files again by settings of which one value is
// another than any command writes: one in 120 of all that may be, or every one with
// SHAREWISE_TESTS=exhaustive.
func TestAlteredSettings(t *testing.T) {
	requireRuntime(t)
	dir := t.TempDir()
	study := writeTinyStudy(t, filepath.Join(dir, "study"), "0.003")
	folder := layout.Folder(filepath.Join(dir, "out"))
	mustRun(t, "run", study, "-o", string(folder), "--report", "--jobs", "2", "--quiet")
	for _, args := range []string{
		"merge OUT", "linearise OUT", "similarity OUT --samples 20", "affinity OUT", "subgroups OUT --clusters 2", "suspects OUT", "influence OUT", "imbalance OUT",
		"value OUT", "remedies OUT", "report OUT",
	} {
		mustRun(t, strings.Fields(strings.Replace(args, "OUT", string(folder), 1))...)
	}
	whole, err := folder.ReadLedger()
	must(t, err)
	before := filepath.Join(dir, "before")
	must(t, os.Mkdir(before, 0o755))
	restore(t, before, string(folder))
	oneOf := 120
	if os.Getenv("SHAREWISE_TESTS") == "exhaustive" {
		oneOf = 1
	}
	for _, file := range slices.Sorted(maps.Keys(whole.Files)) {
		settings := whole.Files[file].Settings
		if len(settings) == 0 || strings.Contains(file, "/") {
			continue // tables are made with their files
		}
		forge(t, folder, whole, file, string(settings))
		if out, code, err := limited(t, dir, "check", string(folder), "--repair"); code != exitDone || !strings.Contains(out, file) {
			t.Errorf("%s by its own settings: %v\n%s", file, err, out)
		}
		tried, refused := 0, 0
		alteration.Each(t, settings, oneOf, func(text []byte, what string) {
			restore(t, string(folder), before)
			forge(t, folder, whole, file, string(text))
			out, code, err := limited(t, dir, "check", string(folder), "--repair")
			tried++
			if code != exitDone {
				refused++
			}
			if raw := alteration.Raw.FindString(out); raw != "" || code != exitDone && code != exitAnswerNo && code != exitInput {
				t.Errorf("%s by settings with %s: exit code %d, %v, %q: %.600s", file, what, code, err, raw, out)
			}
		})
		t.Logf("%s: %d settings, %d refused", file, tried, refused)
	}
}

// limited runs a command in a folder; it gets a minute and two gigabytes.
func limited(t *testing.T, dir string, args ...string) (out string, code int, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := sharewise(args...)
	process := exec.CommandContext(ctx, cmd.Path, cmd.Args[1:]...)
	process.Dir, process.Env = dir, append(cmd.Environ(), "GOMEMLIMIT=2GiB")
	text, err := process.CombinedOutput()
	return string(text), process.ProcessState.ExitCode(), err
}

// TestForgedNames gives a folder names that lead out of it, in files that commands follow when
// they repair, forget or go on: nothing beside the folder changes.
func TestForgedNames(t *testing.T) {
	requireRuntime(t)
	dir := t.TempDir()
	study := writeTinyStudy(t, filepath.Join(dir, "study"), "0.003")
	folder := layout.Folder(filepath.Join(dir, "out"))
	mustRun(t, "run", study, "-o", string(folder), "--report", "--jobs", "2", "--quiet")
	victim := filepath.Join(dir, "victim")
	must(t, os.Mkdir(victim, 0o755))
	must(t, os.WriteFile(filepath.Join(victim, "losses.parquet"), []byte("of somebody else"), 0o644)) // as of a run without done.json
	other := filepath.Join(dir, "other.yaml")
	text, err := os.ReadFile(study)
	must(t, err)
	must(t, os.WriteFile(other, text, 0o644))
	ledger, err := folder.ReadLedger()
	must(t, err)
	plan, err := folder.ReadPlan()
	must(t, err)
	done, err := folder.Run(plan.Runs[0].ID).ReadAnyDone()
	must(t, err)
	before := filepath.Join(t.TempDir(), "before")
	must(t, os.Mkdir(before, 0o755))
	restore(t, before, dir)
	whole := filesOf(t, dir)
	vouch := func(from, sum string, files ...string) func() {
		return func() {
			l := &layout.Ledger{Version: ledger.Version, Files: maps.Clone(ledger.Files)}
			for _, f := range files {
				r := ledger.Files["results.json"]
				r.From = maps.Clone(r.From)
				if from != "" {
					r.From[from] = sum
				}
				if f != "results.json" {
					r.SHA256 = sum
				}
				l.Files[f] = r
			}
			seal(t, folder, l)
		}
	}
	wrong := strings.Repeat("0", 64)
	forget := func(g layout.Forgetting) func() {
		return func() { must(t, layout.WriteJSON(filepath.Join(string(folder), "forget.json"), g)) }
	}
	repair := []string{"check", string(folder), "--repair"}
	forgetting := []string{"forget", study, "digits", "-o", string(folder)}
	for name, c := range map[string]struct {
		plant func()
		args  []string
		says  string
	}{
		"a file of the ledger": {vouch("", wrong, "../victim/losses.parquet"), repair, "custody.json"},
		"an absolute file":     {vouch("", wrong, filepath.ToSlash(victim)+"/losses.parquet"), repair, "custody.json"},
		"a run of the ledger":  {vouch("weightings/runs/../../../victim", wrong, "results.json"), repair, ""},
		"the folder of runs":   {vouch("weightings/runs/..", wrong, "results.json"), repair, ""},
		"a file of a run": {func() {
			d := *done
			d.Files = map[string]string{"../../../victim/losses.parquet": wrong}
			must(t, folder.Run(plan.Runs[0].ID).WriteDone(&d))
		}, repair, "set aside"},
		"a domain to forget":         {forget(layout.Forgetting{Domain: "../../victim", File: study}), forgetting, "is no name of a domain"},
		"a run to keep":              {forget(layout.Forgetting{Domain: "digits", File: study, Keep: []string{"../x"}}), forgetting, "is no name of a domain or a run"},
		"another study to forget in": {forget(layout.Forgetting{Domain: "digits", File: other}), forgetting, "give that file"},
		"a rung of the plan":         {func() { p := *plan; p.Rungs = []string{"../../../victim"}; must(t, layout.WriteJSON(folder.Plan(), p)) }, []string{"cross", string(folder)}, "is no name of a rung"},
		"a rung of a run": {func() {
			p := *plan
			p.Runs = slices.Clone(plan.Runs)
			p.Runs[0].Rung.Name = "../../../victim"
			must(t, layout.WriteJSON(folder.Plan(), p))
		}, []string{"cross", string(folder)}, "is no name of a rung"},
	} {
		t.Run(name, func(t *testing.T) {
			restore(t, dir, before)
			c.plant()
			out, code, _ := limited(t, dir, c.args...)
			if code != exitDone && code != exitAnswerNo && code != exitInput || !strings.Contains(out, c.says) {
				t.Errorf("exit code %d: %s", code, out)
			}
			now := filesOf(t, dir)
			for path, text := range whole {
				if !strings.HasPrefix(path, "out/") && string(now[path]) != string(text) {
					t.Errorf("%s has changed: %s", path, out)
				}
			}
			for path := range now {
				if _, was := whole[path]; !was && !strings.HasPrefix(path, "out/") {
					t.Errorf("%s is new: %s", path, out)
				}
			}
		})
	}
}
