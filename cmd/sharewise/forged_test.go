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
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			cmd := sharewise("report", string(folder))
			limited := exec.CommandContext(ctx, cmd.Path, cmd.Args[1:]...)
			limited.Env = append(cmd.Environ(), "GOMEMLIMIT=2GiB")
			out, err := limited.CombinedOutput()
			code := limited.ProcessState.ExitCode()
			cancel()
			if raw := alteration.Raw.FindString(string(out)); raw != "" || code != exitDone && code != exitInput {
				t.Errorf("%s by %s: exit code %d, %v, %q: %.600s", file, settings, code, err, raw, out)
			}
			if !strings.Contains(string(out), file+": stale") || i == 0 && code != exitDone {
				t.Errorf("%s by %s: exit code %d, and it was not stale: %.600s", file, settings, code, out)
			}
		}
	}
}
